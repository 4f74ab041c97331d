"""Units that send form II.06a as a table instead of a log: their counts add up, their cases cannot be listed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import AGENCY, DONG_HA, LAO_BAO, PROVINCE, case, marts

from metrics.analysis.ageing import ageing
from metrics.answer import Row, ask, cases
from metrics.model import Query
from metrics.summaries import can_tell
from metrics.viewer import PROVINCE as OPERATOR

COLUMNS = (
    "received_online", "received_counter_post", "carried_in", "settled", "settled_early", "settled_on_time",
    "settled_late", "pending", "pending_in_time", "pending_overdue",
)  # fmt: skip
METRICS = ("received", *COLUMNS, "on_time_rate", "pending_overdue_rate", "online_rate")


def table(start: date, end: date, **given: Any) -> dict[str, Any]:
    """Return a row of the form for Đông Hà that keeps its identities: 4 online, 6 at the counter, 2 carried in."""
    counts = {
        "received_online": 4, "received_counter_post": 6, "carried_in": 2, "received": 12, "settled_early": 3,
        "settled_on_time": 4, "settled_late": 1, "settled": 8, "pending_in_time": 3, "pending_overdue": 1, "pending": 4,
    }  # fmt: skip
    row = {"unit_id": DONG_HA, "period_start": start, "period_end": end, "is_superseded": False, **counts}
    return {**row, **given}


OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
SENT = [LAO_BAO, AGENCY]


def asked(rows: list[dict[str, Any]], period: str = "2026-10", level: str = "commune", **more: Any) -> dict[str, Row]:
    unit = {"commune": DONG_HA, "province": PROVINCE}[level]
    log = [case(completed_on=date(2026, 10, 20), due_on=date(2026, 10, 21), status="completed")]
    snapshot = marts(log, covered=SENT, fct_settlement_summary=rows)
    return {r.metric: r for r in ask(Query(METRICS, level, unit, period, **more), OPERATOR, snapshot)}


def test_a_table_speaks_for_a_unit_without_a_log() -> None:
    found = asked([table(*OCTOBER)])
    assert {n: found[n].value for n in COLUMNS} == {n: table(*OCTOBER)[n] for n in COLUMNS}
    assert found["received"].value == 4 + 6 + 2
    assert (found["on_time_rate"].numerator, found["on_time_rate"].denominator) == (3 + 4, 8)
    assert {r.status for r in found.values()} == {"ok"}
    assert all(r.note.endswith("Theo biểu II.06a do đơn vị gửi, không có danh sách hồ sơ") for r in found.values())


def test_the_province_adds_logs_and_tables_and_says_so() -> None:
    found = asked([table(*OCTOBER)], level="province")
    assert (found["settled"].value, found["settled_early"].value) == (1 + 8, 1 + 3)
    assert (found["on_time_rate"].numerator, found["on_time_rate"].denominator) == (1 + 7, 1 + 8)
    assert "Có đơn vị chỉ gửi biểu II.06a" in found["settled"].note
    assert found["settled"].status == "ok"


def test_what_has_no_list_is_told_apart_from_what_has_one() -> None:
    found = asked([table(*OCTOBER)], level="province")
    assert found["settled"].unlisted == (8, 8) and found["on_time_rate"].unlisted == (7, 8)
    log = [case(due_on=date(2026, 10, 21))]
    snapshot = marts(log, covered=SENT, fct_settlement_summary=[table(*OCTOBER)])
    ages = ageing(Query(("pending",), "province", PROVINCE, "2026-10"), OPERATOR, snapshot)
    assert ages is not None
    assert (ages.n_overdue, ages.n_untold, ages.n_pending) == (1, 4, 5)
    query = Query(("on_time_rate_766", "processing_days_median"), "province", PROVINCE, "2026-10")
    for row in ask(query, OPERATOR, snapshot):
        assert "Không gồm đơn vị chỉ gửi biểu II.06a" in row.note


def test_months_add_up_to_a_quarter_with_the_stocks_of_its_edges_and_a_missing_one_makes_it_provisional() -> None:
    july = (date(2026, 7, 1), date(2026, 7, 31))
    august = (date(2026, 8, 1), date(2026, 8, 31))
    months = [table(*july, carried_in=5), table(*august), table(*SEPTEMBER, pending=9)]
    found = asked(months, "2026-Q3")
    assert (found["settled"].value, found["carried_in"].value, found["pending"].value) == (3 * 8, 5, 9)
    broken = asked([months[0], months[2]], "2026-Q3")
    assert (broken["settled"].value, broken["settled"].status) == (2 * 8, "provisional")
    assert "08/2026" in broken["settled"].note
    assert asked([*months, table(date(2026, 7, 1), date(2026, 9, 30), settled=20)], "2026-Q3")["settled"].value == 20


def test_a_table_of_a_quarter_says_nothing_of_one_of_its_months() -> None:
    found = asked([table(date(2026, 7, 1), date(2026, 9, 30))], "2026-08")
    assert (found["settled"].value, found["settled"].status) == (None, "not_sent")


def test_fields_add_up_and_a_total_row_is_not_added_to_them() -> None:
    fields = [table(*OCTOBER, field_name="Đất đai"), table(*OCTOBER, field_name="Hộ tịch")]
    assert asked(fields)["settled"].value == 16
    assert asked([*fields, table(*OCTOBER, settled=17)])["settled"].value == 17
    land = asked([*fields, table(*OCTOBER)], by="field_name", split_value="Đất đai")
    assert land["settled"].value == 8


def test_a_table_that_the_log_superseded_is_not_counted() -> None:
    assert asked([table(*OCTOBER, is_superseded=True)])["settled"].status == "not_sent"


def test_a_table_that_lacks_a_count_tells_nothing_and_least_of_all_zero() -> None:
    found = asked([table(*OCTOBER, settled_late=None)])
    assert {r.status for r in found.values()} == {"not_sent"}


@pytest.mark.parametrize(
    "name", ["on_time_rate_766", "processing_days_median", "supplement_rate", "services_used_rate"]
)
def test_what_the_form_does_not_hold_is_not_told_from_it(name: str) -> None:
    assert not can_tell(name)
    snapshot = marts([], covered=SENT, fct_settlement_summary=[table(*OCTOBER)])
    level, unit = ("commune", DONG_HA)
    (row,) = ask(Query((name,), level, unit, "2026-10"), OPERATOR, snapshot)
    assert row.value is None and row.status in ("not_sent", "no_denominator")


def test_there_are_no_cases_behind_a_table() -> None:
    snapshot = marts([], covered=SENT, fct_settlement_summary=[table(*OCTOBER)])
    assert len(cases(Query(("settled",), "commune", DONG_HA, "2026-10"), "numerator", OPERATOR, snapshot)) == 0
