"""Letters: four kinds apart, a rate per head, a backlog, and the legal time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, PROVINCE, complaint, marts

from metrics.answer import Row, ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR


def d(text: str) -> date:
    return date.fromisoformat(text)


def one(metric: str, rows: list[dict[str, Any]], period: str = "2026-Q3", **tables: Any) -> Row:
    """Return the metric's row for Lao Bảo."""
    (row,) = ask(Query((metric,), "commune", LAO_BAO, period), OPERATOR, marts(complaints=rows, **tables))
    return row


def test_the_four_kinds_are_never_added_up() -> None:
    kinds = {"complaint": 4, "denunciation": 3, "petition": 2, "feedback": 1}
    rows = [complaint(kind=k, received_on=d("2026-07-06")) for k, n in kinds.items() for _ in range(n)]
    for kind, n in kinds.items():
        name = f"{kind}s_received" if kind != "feedback" else "feedback_received"
        assert one(name, rows).value == n


def test_complaints_per_10k_counts_complaints_only_in_the_period_and_is_not_annualised() -> None:
    rows = [complaint(received_on=d("2026-07-06")) for _ in range(12)]
    rows += [complaint(kind="petition", received_on=d("2026-07-06")), complaint(received_on=d("2026-06-30"))]
    people = [{"unit_id": LAO_BAO, "valid_from": d("2025-07-01"), "population": 24_000}]
    row = one("complaints_per_10k", rows, dim_population=people)
    assert (row.numerator, row.denominator, row.method) == (12, 24_000, "byar")
    assert row.value == pytest.approx(10_000 * 12 / 24_000)
    assert row.lower is not None and row.upper is not None and row.lower < 5 < row.upper


def test_under_ten_complaints_the_interval_is_exact_and_without_population_there_is_no_rate() -> None:
    rows = [complaint(received_on=d("2026-07-06")) for _ in range(3)]
    people = [{"unit_id": LAO_BAO, "valid_from": d("2025-07-01"), "population": 10_000}]
    assert one("complaints_per_10k", rows, dim_population=people).method == "exact_poisson"
    row = one("complaints_per_10k", rows)
    assert (row.value, row.numerator, row.note) == (None, 3, "Chưa có số dân")


def test_a_provinces_population_is_the_sum_of_its_communes_when_all_are_known() -> None:
    rows = [complaint(received_on=d("2026-07-06"))]
    people = [
        {"unit_id": u, "valid_from": d("2025-07-01"), "population": n} for u, n in ((LAO_BAO, 1000), (DONG_HA, 4000))
    ]
    query = Query(("complaints_per_10k",), "province", PROVINCE, "2026-Q3")
    (row,) = ask(query, OPERATOR, marts(complaints=rows, dim_population=people))
    assert row.denominator == 1000 + 4000
    (row,) = ask(query, OPERATOR, marts(complaints=rows, dim_population=people[:1]))
    assert (row.denominator, row.value) == (None, None)


def test_the_backlog_is_what_is_neither_settled_nor_transferred_on_the_last_day() -> None:
    rows = [
        complaint(received_on=d("2026-07-06")),
        complaint(received_on=d("2026-01-06"), settled_on=d("2026-10-01")),
        complaint(received_on=d("2026-07-06"), settled_on=d("2026-09-30")),
        complaint(received_on=d("2026-07-06"), transferred_on=d("2026-07-08")),
        complaint(received_on=d("2026-10-01")),
        complaint(received_on=d("2026-07-06"), kind="petition"),
    ]
    assert one("complaint_backlog", rows).value == 1 + 1


def test_the_legal_time_is_judged_on_settled_complaints_with_a_known_term() -> None:
    settled = {"received_on": d("2026-07-06"), "settled_on": d("2026-08-10")}
    rows = [
        complaint(**settled, settle_due_on=d("2026-08-10")),
        complaint(**settled, settle_due_on=d("2026-08-09")),
        complaint(**settled),
        complaint(received_on=d("2026-07-06"), settle_due_on=d("2026-08-09")),
        complaint(kind="denunciation", **settled, settle_due_on=d("2026-08-10")),
    ]
    row = one("complaint_on_time_rate", rows)
    assert (row.numerator, row.denominator) == (1, 1 + 1)
