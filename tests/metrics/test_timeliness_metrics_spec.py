"""Rates beyond form II.06a: small drawn tables, the parts a reader can count by eye."""

# ruff: noqa: E501
from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from marts import LAO_BAO, PROVINCE, case, marts

from metrics import sums
from metrics.answer import Row, ask, cases
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR


def d(text: str) -> date:
    """Return a day of October 2026 ("05") or any day ("2026-09-30")."""
    return date.fromisoformat(text if len(text) > 2 else f"2026-10-{text}")


def october(metric: str, rows: list[dict[str, Any]], level: str = "commune", **tables: Any) -> Row:
    """Return the row of October 2026 in Lao Bảo, of data that reach into November."""
    unit = LAO_BAO if level == "commune" else PROVINCE
    snapshot = marts(rows, data_on=d("2026-11-15"), **tables)
    (row,) = ask(Query((metric,), level, unit, "2026-10"), OPERATOR, snapshot)
    return row


DONE = {"completed_on": d("20"), "due_on": d("21"), "status": "completed"}
LATE = {"completed_on": d("22"), "due_on": d("21"), "status": "completed"}
OPEN = {"due_on": d("2026-11-20")}
OVERDUE = {"due_on": d("21")}
ONLINE = {"channel": "online_full"}


@pytest.mark.parametrize(
    ("metric", "rows", "numerator", "denominator"),
    [
        # 766: settled in time and pending in time, over settled and pending.
        ("on_time_rate_766", [DONE, LATE, OPEN, OVERDUE], 1 + 1, 2 + 2),
        ("on_time_rate_766", [{**DONE, "n_supplements": 1}, {**DONE, "n_supplements": 2}], 1, 2),
        ("on_time_rate_766", [{**OPEN, "n_supplements": 2}, {**OVERDUE, "status": "suspended"}], 0 + 1, 2),
        ("on_time_rate_766", [{**LATE, "status": "returned"}], 1, 1),
        # First promise: completed cases only; undated counts as met, re-appointed never.
        ("on_time_rate_strict", [DONE, LATE, {"completed_on": d("20"), "status": "completed"}], 1 + 1, 3),
        ("on_time_rate_strict", [{**DONE, "due_original_on": d("19")}, {**LATE, "due_original_on": d("22")}], 0 + 1, 2),
        ("on_time_rate_strict", [{**DONE, "n_reappointments": 1}, {**DONE, "n_reappointments": 0}], 1, 2),
        ("on_time_rate_strict", [{**DONE, "status": s} for s in ("returned", "withdrawn", "refused", "processing")], 0, 0),
        ("reappointed_rate", [{**DONE, "n_reappointments": 1}, DONE, {**OPEN, "reappointed_on": d("20")}, OPEN], 1 + 1, 2 + 2),
        # Apologies: owed once the first promised day has passed, by the body, unless exempt or waiting for the applicant.
        ("apology_rate", [LATE, {**LATE, "apology_on": d("20")}, {**LATE, "apology_on": d("25")}, DONE], 2, 3),
        ("apology_timely_rate", [LATE, {**LATE, "apology_on": d("20")}, {**LATE, "apology_on": d("21")}], 1, 3),
        ("apology_rate", [OVERDUE, {**OVERDUE, "status": "suspended"}, {**OVERDUE, "is_apology_exempt": True}], 0, 1),
        ("apology_rate", [{**OVERDUE, "supplement_requested_on": d("15")}], 0, 0),
        ("apology_rate", [{**LATE, "is_apology_recorded": False}], 0, 0),
        ("apology_rate", [{**DONE, "due_original_on": d("19"), "apology_on": d("18")}], 1, 1),  # kept the later date, missed the first
        ("moved_due_count", [{"is_due_moved": True}, {"is_due_moved": False}], 1, 1),
        ("intake_late_rate", [{**ONLINE, "is_intake_late": True}, {**ONLINE, "is_intake_late": False}, ONLINE, {"is_intake_late": True}], 1, 2),
        ("supplement_rate", [{"n_supplements": 0}, {"n_supplements": 1}, {"supplement_requested_on": d("09")}], 2, 3),
        ("supplement_rate", [{"n_supplements": 1, "is_supplement_recorded": False}], 0, 0),
        ("multi_supplement_rate", [{"n_supplements": 0}, {"n_supplements": 1}, {"n_supplements": 2}], 1, 3),
        ("returned_rate", [DONE, {**DONE, "status": "returned"}, {**DONE, "status": "withdrawn"}, {**DONE, "status": "refused"}], 2, 4),
        ("full_online_rate", [ONLINE, {"channel": "online_partial"}, {"channel": "counter"}], 1, 2),
        ("online_payment_rate", [{"is_fee_bearing": True, "is_paid_online": True}, {"is_fee_bearing": True, "is_paid_online": False}, {"is_fee_bearing": False, "is_paid_online": False}, {"is_fee_bearing": True}], 1, 2),
        ("e_result_rate", [{**DONE, "has_e_result": True}, {**DONE, "has_e_result": False}, DONE, {"has_e_result": True}], 1, 2),
        # Both, not either; where no result is due, the components alone.
        ("digitised_rate", [{**DONE, "is_digitised": True, "has_e_result": True}, {**DONE, "is_digitised": True, "has_e_result": False}, {**DONE, "is_digitised": True}, {**DONE, "is_digitised": False}], 2, 4),
        ("reuse_rate", [{"is_reused": True}, {"is_reused": False}, {}], 1, 2),
    ],
)  # fmt: skip
def test_a_share_of_cases_counts_what_its_definition_says(
    metric: str, rows: list[dict[str, Any]], numerator: int, denominator: int
) -> None:
    drawn = [case(**row) for row in rows]
    row = october(metric, drawn)
    assert (row.numerator, row.denominator) == (numerator, denominator)
    assert row.value == (pytest.approx(numerator / denominator) if denominator else None) or metric == "moved_due_count"
    for part, n in (("numerator", numerator), ("denominator", denominator)):
        listed = cases(
            Query((metric,), "commune", LAO_BAO, "2026-10"), part, OPERATOR, marts(drawn, data_on=d("2026-11-15"))
        )  # type: ignore[arg-type]
        assert len(listed) == n


def test_a_mean_divides_the_days_of_all_cases_by_their_number() -> None:
    rows = [case(received_on=d("05"), completed_on=d("06"), status="completed"), case(received_on=d("05"), completed_on=d("12"), status="completed")]  # fmt: skip
    row = october("processing_days_mean", rows)
    assert (row.numerator, row.denominator, row.value, row.method) == (1 + 5, 2, 3.0, "linearized")


def test_one_case_has_a_mean_and_no_interval() -> None:
    row = october("days_late_mean", [case(**LATE)])
    assert (row.value, row.lower, row.method) == (1.0, None, "none")


PROCEDURES = [
    {"procedure_code": code, "procedure_name": code, "level": level, "is_online": online, "valid_from": date(2020, 1, 1), "valid_to": end}
    for code, level, online, end in (
        ("1.000001", "commune", True, None),
        ("1.000002", "commune", False, None),
        ("1.000003", "province", True, None),
        ("1.000004", "commune", True, date(2026, 10, 1)),  # no longer in force
    )
]  # fmt: skip


def test_services_are_counted_in_the_catalogue_of_the_last_day() -> None:
    offered = october("services_online_rate", [], "province", dim_procedure=PROCEDURES)
    assert (offered.numerator, offered.denominator, offered.status) == (2, 3, "ok")
    of_communes = october("services_online_rate", [], dim_procedure=PROCEDURES)
    assert (of_communes.numerator, of_communes.denominator) == (1, 2)


def test_a_service_is_used_once_however_many_cases_it_has_and_only_if_the_catalogue_offers_it() -> None:
    online = [
        case(channel="online_partial", procedure_code=c) for c in ("1.000001", "1.000001", "1.000002", "1.000004", None)
    ]
    counter = case(channel="counter", procedure_code="1.000003")
    row = october("services_used_rate", [*online, counter], "province", dim_procedure=PROCEDURES)
    assert (row.numerator, row.denominator) == (1, 2)


def test_without_a_catalogue_services_have_no_rate_and_say_why() -> None:
    row = october("services_online_rate", [], "province")
    assert (row.value, row.status, row.note) == (None, "no_denominator", "Chưa có danh mục thủ tục hành chính")


def test_procedures_used_in_two_months_count_once_in_the_quarter_by_sums_and_marts() -> None:
    rows = [
        case(channel="online_full", procedure_code="1.000001", received_on=day) for day in (d("05"), d("2026-11-03"))
    ]
    snapshot = marts(rows, data_on=d("2026-12-31"), dim_procedure=PROCEDURES)
    sums.build(snapshot.con)
    query = Query(("services_used",), "province", PROVINCE, "2026-Q4")
    stored = ask(query, OPERATOR, snapshot)
    assert [r.value for r in stored] == [1] == [r.value for r in ask(query, OPERATOR, snapshot, use_sums=False)]
    assert "sum_case_key" in stored.statements[0]
