"""Waiting at the counters on small drawn tables."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, PROVINCE, marts, queue_ticket

from metrics.answer import Row, ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR

METRICS = ("waiting_minutes_median", "waiting_minutes_p90", "service_minutes_median")
COVERED = [
    {"dataset": "queue_ticket", "unit_id": u, "first_on": date(2026, 1, 1), "last_on": date(2026, 10, 31), "load_no": 1}
    for u in (PROVINCE, LAO_BAO, DONG_HA)
]


def ticket(waiting: int | None, service: int | None = 5, taken_on: str = "2026-10-05", unit: str = LAO_BAO) -> Any:
    day = date.fromisoformat(taken_on)
    return queue_ticket(unit_id=unit, taken_on=day, waiting_minutes=waiting, service_minutes=service)


def asked(rows: list[dict[str, Any]], unit: str = LAO_BAO, level: str = "commune") -> dict[str, Row]:
    snapshot = marts(fct_queue_ticket=rows, coverage=COVERED)
    return {r.metric: r for r in ask(Query(METRICS, level, unit, "2026-10"), OPERATOR, snapshot)}


def test_the_median_and_the_90th_percentile_are_read_off_the_waits_of_the_period() -> None:
    rows = [ticket(minutes) for minutes in range(21)] + [ticket(500, taken_on="2026-09-30")]
    found = asked(rows)
    assert found["waiting_minutes_median"].value == 10
    assert found["waiting_minutes_p90"].value == 18
    assert (found["waiting_minutes_median"].denominator, found["waiting_minutes_median"].method) == (
        21,
        "order_statistic",
    )
    lower, upper = found["waiting_minutes_median"].lower, found["waiting_minutes_median"].upper
    assert lower is not None and upper is not None and lower < 10 < upper


def test_a_number_that_was_never_called_is_no_wait_of_zero_minutes() -> None:
    found = asked([ticket(4), ticket(6), ticket(None, None)])
    assert (found["waiting_minutes_median"].value, found["waiting_minutes_median"].denominator) == (5, 2)
    assert found["service_minutes_median"].denominator == 2


def test_clocks_that_run_backwards_are_left_out() -> None:
    found = asked([ticket(4, -3), ticket(-2, 8)])
    assert found["waiting_minutes_median"].value == 4
    assert found["service_minutes_median"].value == 8


def test_the_provinces_median_is_over_its_tickets_not_over_its_communes() -> None:
    rows = [ticket(2) for _ in range(9)] + [ticket(30, unit=DONG_HA)]
    assert asked(rows, PROVINCE, "province")["waiting_minutes_median"].value == 2


@pytest.mark.parametrize("n", [3, 9])
def test_few_tickets_are_not_judged(n: int) -> None:
    assert asked([ticket(5)] * n)["waiting_minutes_median"].is_small


def test_no_ticket_in_a_month_that_was_sent_has_no_median() -> None:
    row = asked([])["waiting_minutes_median"]
    assert (row.value, row.status) == (None, "no_denominator")
