"""Published scores: the latest document wins, zeros are no scores, no line across a break; the portal beside ours."""

from __future__ import annotations

import csv
import doctest
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, OLD_PROVINCE, PROVINCE, case, marts

from metrics import indices
from metrics.analysis import published
from metrics.analysis.published import Document, changes, listed, portal, portal_periods, scores
from metrics.model import Query
from metrics.viewer import PROVINCE as VIEWER
from metrics.viewer import Viewer

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_rows = count(1)


def score(value: float | None, **given: Any) -> dict[str, Any]:
    """Return a row of `fct_official_score`: the total of the old province's PAPI of 2019, unless said otherwise."""
    year = int(given.get("period", "2019")[:4])
    number = next(_rows)
    return {
        "index_id": "PAPI", "unit_id": OLD_PROVINCE, "component_id": "TOTAL", "period": "2019",
        "period_start": date(year, 1, 1), "period_end": date(year, 12, 31), "document_no": "BC-2020",
        "published_on": date(2020, 4, 28), "score": value, "load_no": number, "source_file": "t.csv",
        "source_row": number, **given,
    }  # fmt: skip


def asked(rows: list[dict[str, Any]], index: str = "PAPI", *units: str, viewer: Viewer = VIEWER) -> Any:
    return scores(index, units or (OLD_PROVINCE,), viewer, marts(fct_official_score=rows))


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(indices) == (0, 1)


def test_the_latest_document_wins_and_the_older_ones_stay_listed() -> None:
    rows = [
        score(43.0, document_no="BC-2020", published_on=date(2020, 4, 28)),
        score(43.5, document_no="DC-2021", published_on=date(2021, 1, 5)),
        score(42.0, document_no="Nháp", published_on=None),
    ]
    (found,) = asked(rows).scores
    assert (found.value, found.document) == (43.5, Document("DC-2021", date(2021, 1, 5)))
    assert [(d.number, v) for d, v in found.older] == [("BC-2020", 43.0), ("Nháp", 42.0)]


def test_a_part_is_the_same_whatever_name_its_document_gave_it() -> None:
    rows = [
        score(15.0, index_id="766", component_id="transparency", published_on=date(2020, 5, 1)),
        score(16.0, index_id="766", component_id="Openness", published_on=date(2020, 6, 1)),
        score(9.0, index_id="766", component_id="online"),
    ]
    found = asked(rows, "766")
    assert {s.component_id: s.value for s in found.scores} == {"openness": 16.0, "online": 9.0}


def test_a_zero_where_a_province_is_missing_is_no_score_and_a_zero_of_the_service_index_is_one() -> None:
    (papi,) = asked([score(0.0)]).scores
    assert papi.value is None and papi.lower is None
    assert not asked([score(0.0)])
    (service,) = asked([score(0.0, index_id="766", component_id="payment")], "766").scores
    assert service.value == 0.0


def test_an_interval_is_of_95_per_cent_whatever_the_workbook_prints() -> None:
    (found,) = asked([score(41.533, standard_error=0.25675)]).scores
    assert (found.lower, found.upper) == (pytest.approx(41.0298, abs=1e-4), pytest.approx(42.0362, abs=1e-4))
    (bare,) = asked([score(41.533)]).scores
    assert bare.lower is None and bare.upper is None


def test_no_difference_is_told_across_a_break_of_the_series() -> None:
    rows = [score(40.0 + i, period=str(year), standard_error=0.3) for i, year in enumerate(range(2017, 2023))]
    series = asked(rows).series("total", OLD_PROVINCE)
    assert [s.side for s in series] == [0, 1, 2, 2, 3, 3]
    assert [(c.before.period, c.after.period) for c in changes(series)] == [("2019", "2020"), ("2021", "2022")]


def test_a_change_within_the_errors_of_both_years_is_not_clear() -> None:
    near = [score(42.0, period="2019", standard_error=0.4), score(42.9, period="2020", standard_error=0.4)]
    far = [score(42.0, period="2019", standard_error=0.2), score(42.9, period="2020", standard_error=0.2)]
    bare = [score(42.0, period="2019"), score(42.9, period="2020")]
    verdicts = [changes(asked(rows).series("total", OLD_PROVINCE))[0].is_clear for rows in (near, far, bare)]
    assert verdicts == [False, True, None]


def test_a_year_without_a_score_is_a_gap_and_not_a_fall_to_zero() -> None:
    rows = [score(42.0, period="2019"), score(0.0, period="2020")]
    assert changes(asked(rows).series("total", OLD_PROVINCE)) == ()


def test_the_newest_period_is_shown_with_its_total_first() -> None:
    rows = [score(40.0, period="2018"), score(5.0, component_id="D2"), score(4.0, component_id="D1"), score(42.0),
            score(1.5, component_id="1.1")]  # fmt: skip
    found = asked(rows)
    assert [s.component_id for s in found.latest(OLD_PROVINCE)] == ["total", "d1", "d2", "1.1"]
    assert [s.value for s in found.latest(OLD_PROVINCE, until=date(2018, 12, 31))] == [40.0]
    assert found.latest(OLD_PROVINCE, until=date(2017, 12, 31)) == ()


def test_every_account_sees_published_scores_by_name() -> None:
    rows = [score(91.0, index_id="766", unit_id=u, component_id="total") for u in (LAO_BAO, DONG_HA)]
    for viewer in (VIEWER, Viewer("unit", frozenset({LAO_BAO})), Viewer("viewer"), Viewer("auditor")):
        assert set(asked(rows, "766", LAO_BAO, DONG_HA, viewer=viewer).unit_ids) == {LAO_BAO, DONG_HA}


def test_an_index_that_nobody_described_is_still_shown_under_its_own_name() -> None:
    world = marts(fct_official_score=[score(7.0, index_id="ICT"), score(40.0)])
    assert listed([OLD_PROVINCE], VIEWER, world) == ("PAPI", "ICT")
    found = scores("ICT", [OLD_PROVINCE], VIEWER, world)
    assert found.index.label("vi") == "ICT" and found.scores[0].value == 7.0
    assert found.scores[0].unit_name == "Tỉnh Quảng Trị"


def test_nothing_published_is_empty_and_no_units_is_no_question() -> None:
    assert not scores("PAPI", [PROVINCE], VIEWER, marts())
    assert not scores("PAPI", [], VIEWER, marts())


# The portal's own figure -------------------------------------------------------------------------------------------

OCTOBER = {"period": "2026-10", "period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31)}
QUERY = Query((), level="commune", unit=LAO_BAO, period="2026-10")


def cases(on_time: int, late: int) -> list[dict[str, Any]]:
    due, done = date(2026, 10, 12), date(2026, 10, 14)
    return [
        case(due_on=due, completed_on=done if i < late else due) for i in range(on_time + late)
    ]  # fmt: skip


def portal_rows(rate: float, **counts: float) -> list[dict[str, Any]]:
    return [
        score(value, index_id="PORTAL", unit_id=LAO_BAO, component_id=name, **OCTOBER)
        for name, value in {"on_time_rate": rate, **counts}.items()
    ]


def test_without_counts_of_the_portal_the_difference_is_told_in_our_cases() -> None:
    found = portal(QUERY, VIEWER, marts(cases(180, 20), fct_official_score=portal_rows(95.0)))
    assert found is not None
    assert (found.rate, found.difference) == (0.95, pytest.approx(0.05))
    assert (found.cases, found.is_counted) == (10, False)  # 5 points of 200 settled cases


def test_with_counts_of_the_portal_the_difference_is_between_counts() -> None:
    rows = portal_rows(95.0, settled=240, settled_late=12)
    found = portal(QUERY, VIEWER, marts(cases(180, 20), fct_official_score=rows))
    assert found is not None
    assert (found.cases, found.is_counted, found.settled, found.late) == (228 - 180, True, 240, 12)


def test_a_portal_figure_of_other_days_is_none_for_this_period_but_is_listed() -> None:
    september = {"period": "2026-09", "period_start": date(2026, 9, 1), "period_end": date(2026, 9, 30)}
    rows = [{**row, **september} for row in portal_rows(95.0)]
    world = marts(cases(180, 20), fct_official_score=rows)
    assert portal(QUERY, VIEWER, world) is None
    assert [s.period for s in portal_periods([LAO_BAO], VIEWER, world)] == ["2026-09"]


def test_without_cases_of_ours_there_is_nothing_to_put_beside_the_portal() -> None:
    assert portal(QUERY, VIEWER, marts(fct_official_score=portal_rows(95.0))) is None


# Real figures ------------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_intervals_of_papi_2019_follow_from_its_standard_errors() -> None:
    """The workbook's own limits are ±1.64496 SE, a 90 % interval; ours are wider, of every province."""
    with (SHARED / "papi_published" / "2019" / "province_scores_2019.csv").open(encoding="utf-8") as file:
        sheet = list(csv.DictReader(file))
    rows = [
        score(float(r["total_unweighted"]), unit_id=f"P{r['gso_code']}", standard_error=float(r["total_unweighted_se"]))
        for r in sheet
    ]
    found = scores("PAPI", [r["unit_id"] for r in rows], VIEWER, marts(fct_official_score=rows))
    assert len(found.scores) == 63
    for row in sheet:
        (one,) = found.series("total", f"P{row['gso_code']}")
        printed = (float(row["total_unweighted_ci_high"]) - float(row["total_unweighted_ci_low"])) / 2
        assert one.half == pytest.approx(printed * 1.959964 / 1.64496, rel=1e-4)


def test_published_is_all_that_this_module_makes() -> None:
    assert not [n for n in dir(published) if "band" in n.lower() or "composite" in n.lower()]
