"""Series across 01/07/2025: on today's boundaries nothing is lost, nothing counted twice, nothing guessed."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

import pytest
import reference
import reference_rules
from draw import DATA_ON, cases
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marts import DONG_HA, LAO_BAO, OLD_PROVINCE, OLD_SPLIT, PROVINCE, UNALLOCATED, case, marts

from metrics.answer import ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR

FLOWS = (
    "received_in_period", "received_online", "settled", "settled_early", "settled_on_time", "settled_late", "on_time_rate",
    "on_time_rate_strict", "returned_rate", "apology_rate", "supplement_rate", "e_result_rate", "moved_due_count",
)  # fmt: skip
EVERYTHING = (
    *reference.COUNTS, *reference.RATES, *reference.QUANTILES, *reference.MEANS, *reference_rules.SHARES,
    *reference_rules.COUNTS,
)  # fmt: skip
many = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(rows=cases, period=st.sampled_from(["2025-05", "2025-06", "2025-Q2", "2025-06-YTD"]))
def test_the_province_of_today_has_all_that_its_predecessor_had_before_it(
    rows: list[dict[str, Any]], period: str
) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    asked = {"period": period, "level": "province"}
    dated = ask(Query(EVERYTHING, unit=OLD_PROVINCE, **asked), OPERATOR, snapshot)
    today = ask(Query(EVERYTHING, unit=PROVINCE, boundaries="today", **asked), OPERATOR, snapshot)
    for before, now in zip(dated, today, strict=True):
        assert (before.numerator, before.denominator, before.value) == (now.numerator, now.denominator, now.value)


@many
@given(rows=cases, period=st.sampled_from(["2025", "2025-Q3", "2025-09-YTD", "2025-9M"]), calendar=st.sampled_from(["calendar", "report"]))  # fmt: skip
def test_both_sides_of_the_change_add_up_to_the_period_on_todays_boundaries(
    rows: list[dict[str, Any]], period: str, calendar: Any
) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    dated = ask(Query(FLOWS, "province", period=period, calendar=calendar), OPERATOR, snapshot)
    today = ask(Query(FLOWS, "province", PROVINCE, period, calendar=calendar, boundaries="today"), OPERATOR, snapshot)
    for row in today:
        sides = [r for r in dated if r.metric == row.metric]
        assert {r.unit_id for r in sides} <= {OLD_PROVINCE, PROVINCE}
        assert sum(r.numerator or 0 for r in sides) == row.numerator
        assert sum(r.denominator or 0 for r in sides) == row.denominator


@many
@given(rows=cases, metric=st.sampled_from(FLOWS))
def test_communes_agencies_and_the_unallocated_line_add_up_to_the_province(
    rows: list[dict[str, Any]], metric: str
) -> None:
    snapshot = marts(rows, data_on=DATA_ON)
    asked = {"period": "2025-08", "boundaries": "today"}
    (whole,) = ask(Query((metric,), "province", PROVINCE, **asked), OPERATOR, snapshot)
    parts = [r for level in ("commune", "agency") for r in ask(Query((metric,), level, **asked), OPERATOR, snapshot)]
    assert sum(r.numerator or 0 for r in parts) == whole.numerator
    assert sum(r.denominator or 0 for r in parts) == whole.denominator


@pytest.mark.parametrize(
    "metric", ["settled", "on_time_rate", "on_time_rate_766", "on_time_rate_strict", "apology_rate"]
)
def test_a_commune_that_took_in_a_part_of_another_has_no_figure_before_its_first_day_and_says_why(metric: str) -> None:
    snapshot = marts([case(unit_id=LAO_BAO)])
    query = Query((metric,), "commune", period="2025-06", boundaries="today")
    rows = {r.unit_id: r for r in ask(query, OPERATOR, snapshot)}
    for unit_id in (LAO_BAO, DONG_HA):
        assert (rows[unit_id].value, rows[unit_id].is_shown, rows[unit_id].status) == (None, False, "not_available")
        assert "không so sánh được" in rows[unit_id].note


def test_what_a_split_body_left_open_stands_on_one_line_of_the_province() -> None:
    left = case(unit_id=OLD_SPLIT, received_on=DATA_ON.replace(month=6, day=2), due_on=DATA_ON.replace(month=6, day=20))
    snapshot = marts([left], data_on=DATA_ON)
    rows = {r.unit_id: r for r in ask(Query(("pending_overdue",), "agency", period="2025-07"), OPERATOR, snapshot)}
    assert (rows[UNALLOCATED].value, rows[UNALLOCATED].unit_name) == (1, "Chưa phân bổ")
