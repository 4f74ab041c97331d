"""What each viewer may see, and what nobody may (product.md §6)."""

from __future__ import annotations

from datetime import date

import pytest
from marts import DONG_HA, LAO_BAO, PROVINCE, case, complaint, marts

from metrics import catalogue
from metrics.answer import ask, cases
from metrics.model import Query
from metrics.scope import NotAllowed
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer

LAO_BAO_ACCOUNT = Viewer("unit", frozenset({LAO_BAO}))
AUDITOR = Viewer("auditor")
VIEWER = Viewer("viewer")
LETTERS = tuple(m.name for m in catalogue.metrics().values() if m.source == "fct_complaint")


def shown(metric: str, viewer: Viewer, level: str = "commune", period: str = "2026-Q3") -> dict[str, object]:
    """Return the value per unit that is shown to a viewer."""
    snapshot = marts(
        [case(unit_id=u, received_on=date(2026, 8, 3), completed_on=date(2026, 8, 5)) for u in (LAO_BAO, DONG_HA)],
        [
            complaint(unit_id=u, kind=k, received_on=date(2026, 8, 3))
            for u in (LAO_BAO, DONG_HA)
            for k in ("complaint", "denunciation", "petition", "feedback")
        ],
    )
    table = ask(Query((metric,), level, period=period), viewer, snapshot)
    for row in table:
        if not row.is_shown:
            assert (row.value, row.numerator, row.denominator, row.lower) == (None, None, None, None)
            assert row.note and row.note_in("en")
    return {r.unit_id: r.value for r in table if r.is_shown}


def test_a_unit_sees_case_counts_and_the_form_rate_of_others_by_name() -> None:
    assert shown("settled", LAO_BAO_ACCOUNT) == {LAO_BAO: 1, DONG_HA: 1}
    assert shown("on_time_rate", LAO_BAO_ACCOUNT) == {LAO_BAO: 1.0, DONG_HA: 1.0}


def test_a_unit_sees_other_case_rates_and_times_only_of_itself_and_of_the_province() -> None:
    assert set(shown("processing_days_median", LAO_BAO_ACCOUNT)) == {LAO_BAO}
    assert set(shown("processing_days_median", LAO_BAO_ACCOUNT, "province")) == {PROVINCE}


@pytest.mark.parametrize("metric", LETTERS)
def test_a_unit_sees_no_letters_of_others_and_none_of_the_whole_province(metric: str) -> None:
    assert set(shown(metric, LAO_BAO_ACCOUNT)) <= {LAO_BAO}
    assert shown(metric, LAO_BAO_ACCOUNT, "province") == {}


@pytest.mark.parametrize("viewer", [LAO_BAO_ACCOUNT, VIEWER])
@pytest.mark.parametrize("level", ["commune", "province"])
def test_denunciations_are_never_shown_to_a_unit_not_even_its_own(viewer: Viewer, level: str) -> None:
    assert shown("denunciations_received", viewer, level) == {}


def test_the_province_sees_denunciations_by_unit_and_whole_quarter_only() -> None:
    assert shown("denunciations_received", OPERATOR) == {LAO_BAO: 1, DONG_HA: 1}
    for finer in ("2026-08", "2026-08-YTD", "2026-07"):
        assert shown("denunciations_received", OPERATOR, period=finer) == {}
    assert shown("denunciations_received", OPERATOR, period="2026-9M") == {LAO_BAO: 1, DONG_HA: 1}


@pytest.mark.parametrize("viewer", [OPERATOR, AUDITOR, LAO_BAO_ACCOUNT, VIEWER])
@pytest.mark.parametrize("metric", [m.name for m in catalogue.metrics().values() if m.rows == "none"])
def test_rows_behind_denunciations_and_survey_figures_are_refused_to_everyone(metric: str, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed):
        cases(Query((metric,), "commune", LAO_BAO, "2026-Q3"), "numerator", viewer, marts())


def test_letters_are_listed_for_the_settling_unit_and_the_province_only() -> None:
    snapshot = marts(complaints=[complaint(), complaint(unit_id=DONG_HA)])
    query = Query(("complaints_received",), "commune", LAO_BAO, "2026-10")
    assert len(cases(query, "numerator", OPERATOR, snapshot)) == 1
    assert len(cases(query, "numerator", LAO_BAO_ACCOUNT, snapshot)) == 1
    for viewer, unit in ((AUDITOR, LAO_BAO), (VIEWER, LAO_BAO), (LAO_BAO_ACCOUNT, DONG_HA), (LAO_BAO_ACCOUNT, None)):
        with pytest.raises(NotAllowed):
            cases(query.at(unit=unit), "numerator", viewer, snapshot)


def test_cases_of_another_unit_are_not_listed_for_a_unit() -> None:
    snapshot = marts([case(), case(unit_id=DONG_HA)])
    query = Query(("received",), "commune", LAO_BAO, "2026-10")
    assert len(cases(query, "numerator", LAO_BAO_ACCOUNT, snapshot)) == 1
    assert len(cases(query, "numerator", AUDITOR, snapshot)) == 1
    for wider in (query.at(unit=DONG_HA), query.at(unit=None), query.at(level="province", unit=None)):
        with pytest.raises(NotAllowed):
            cases(wider, "numerator", LAO_BAO_ACCOUNT, snapshot)


def test_numbers_of_letters_have_no_direction() -> None:
    counts = [catalogue.metric(name) for name in LETTERS if catalogue.metric(name).kind in ("count", "stock", "rate")]
    assert {m.direction for m in counts} == {"neutral"}


def test_an_account_of_a_unit_hears_of_no_field_that_only_others_have() -> None:
    snapshot = marts([case(field_name="Đất đai"), case(unit_id=DONG_HA, field_name="Hộ tịch")])
    query = Query(("received_in_period",), "commune", period="2026-10", by="field_name")
    assert {r.split_value for r in ask(query, LAO_BAO_ACCOUNT, snapshot) if r.unit_id == LAO_BAO} == {"Đất đai"}
