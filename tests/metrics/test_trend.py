"""Control charts asked of drawn snapshots: planted changes, gaps, provisional months, breaks, Tết."""

from __future__ import annotations

import doctest
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from marts import CHANGE, DONG_HA, LAO_BAO, OLD_WHOLE, PROVINCE, SUCCESSION, UNITS, case, complaint, marts

from metrics.analysis import events, months, trend
from metrics.model import Query
from metrics.notes import reason
from metrics.plan import Plan, Target
from metrics.viewer import PROVINCE as ALL
from metrics.viewer import Viewer
from warehouse.calendar import WorkingCalendar
from warehouse.paths import REPOSITORY, DataDir

CALENDAR = list(WorkingCalendar.load(DataDir(REPOSITORY / "data")).table())
DATES = [
    {"date": d.date, "is_working_day": d.is_working_day, "working_day_number": d.working_day_number} for d in CALENDAR
]
QUERY = Query(("on_time_rate",), "commune", LAO_BAO, "2026-10", boundaries="today")
STEADY = (3, 2, 4, 3, 2, 3, 4, 2, 3, 3, 4, 2)
"""Late cases of sixty a month: 95 % on time, as chance moves it."""


def month(back: int, last: tuple[int, int] = (2026, 10)) -> date:
    """Return the first day of the month so many months before the last one."""
    at = 12 * last[0] + last[1] - 1 - back
    return date(at // 12, at % 12 + 1, 1)


def cases(late: Sequence[int | None], n: int = 60) -> list[dict[str, Any]]:
    """Return n settled cases a month, so many of them late, the last month being October 2026; None: no cases."""
    rows = []
    for back, count in zip(range(len(late) - 1, -1, -1), late, strict=True):
        start = month(back)
        unit = LAO_BAO if start >= CHANGE else OLD_WHOLE
        for i in range(n if count is not None else 0):
            done = start + timedelta(days=9)
            due = done - timedelta(days=int(i < (count or 0)))
            rows.append(case(unit_id=unit, received_on=start, due_on=due, completed_on=done))
    return rows


def world(rows: Sequence[dict[str, Any]] = (), last: date = date(2026, 10, 31), **given: Any) -> Any:
    """Return a snapshot in which Lao Bảo took one unit over whole, and everyone has sent since 2024."""
    sent = [
        {"dataset": d, "unit_id": u["unit_id"], "first_on": date(2024, 1, 1), "last_on": last, "load_no": 1}
        for u in UNITS
        for d in ("case", "complaint")
    ]
    whole = [s for s in SUCCESSION if s["relation"] == "whole"]
    return marts(rows, data_on=last, **{"dim_date": DATES, "coverage": sent, "unit_succession": whole, **given})


def asked(late: Sequence[int | None], query: Query = QUERY, n: int = 60, **given: Any) -> trend.ControlChart:
    """Return the chart of drawn cases."""
    return trend.chart(query, ALL, world(cases(late, n), **given))


def words(found: trend.ControlChart) -> list[str]:
    return [p.word for p in found.points]


@pytest.fixture(autouse=True)
def own_reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder without logged events, so that a test plants its own."""
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "events.csv").write_text("metric,level,unit_id,day,reason_vi,reason_en,cite,is_confirmed\n")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    return folder


def log(folder: Path, *rows: str) -> None:
    with (folder / "events.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"{row}\n" for row in rows))


def test_the_examples_of_months_hold() -> None:
    assert doctest.testmod(months).failed == 0


def test_a_stable_unit_has_ordinary_variation_and_no_marks() -> None:
    found = asked(STEADY * 2)
    assert (found.kind, found.variation, found.n_marked, found.n_judged) == ("p", "ordinary", 0, 24)
    assert found.points[0].token == "2024-11" and found.points[-1].token == "2026-10"
    assert found.points[-1].centre == pytest.approx(1 - sum(STEADY) / (12 * 60))


def test_a_planted_fall_is_a_concern_and_a_planted_rise_an_improvement() -> None:
    fall = asked((*STEADY, *STEADY[:10], 14, 15))
    assert fall.variation == "concern" and fall.points[-1].rule == 1 and fall.points[-1].side == -1
    assert [p.token for p in fall.run_of(fall.latest or 0)] == ["2026-09", "2026-10"]
    rise = asked((*(8, 7, 9, 8, 7, 8, 9, 7, 8, 9, 8, 7), *(8, 7, 9, 8, 8), *(1, 2, 1, 0, 1, 2, 1)))
    assert rise.variation == "improvement" and rise.points[-1].rule > 0
    late = asked((*STEADY, *STEADY[:10], 14, 15), QUERY.at(metrics=("late_rate",)))
    assert late.variation == "concern" and late.points[-1].side == 1


def test_chance_alone_would_mark_less_than_four_months_in_a_hundred_and_the_chart_says_how_many() -> None:
    found = asked(STEADY * 2, n=60)
    assert found.expected_marked is not None and 0 < found.expected_marked < 0.04 * 24


def test_fewer_than_twelve_months_give_trial_limits_and_no_verdict() -> None:
    found = asked((*STEADY[:9], 20))
    assert found.is_trial and found.variation == "none" and found.n_marked == 0 and found.assurance == "none"
    assert found.points[-1].lower is not None and found.expected_marked is None
    assert set(words(found)) == {"none"}


def test_few_cases_near_one_hundred_per_cent_get_no_chart_and_the_reason() -> None:
    found = asked((1, 0) * 12, n=20)
    assert found.why_none == "few_cases" and found.variation == "none"
    assert all(p.lower is None and p.value is not None for p in found.points)


def test_a_month_without_data_is_a_gap_and_breaks_nothing_else() -> None:
    found = asked((*STEADY, None, *STEADY[:11]))
    assert [p.value is None for p in found.points].index(True) == 12
    assert found.n_judged == 23 and found.variation == "ordinary"


def test_a_month_that_runs_on_is_kept_out_of_limits_and_verdicts() -> None:
    whole = asked(STEADY * 2)
    running = [*cases(STEADY * 2)[:-60], *cases((30,))]
    found = trend.chart(QUERY, ALL, world(running, date(2026, 10, 12)))
    last = found.points[-1]
    assert (last.token, last.is_provisional, last.rule, last.word) == ("2026-10", True, 0, "none")
    assert last.value == 0.5 and last.lower is not None and last.value < last.lower
    assert found.last_point is not None and found.last_point.token == "2026-09"
    assert found.variation == "ordinary" and found.n_judged == 23
    assert whole.points[0].centre != found.points[0].centre  # without October


def test_a_month_of_very_few_cases_is_not_judged() -> None:
    few = [*cases(STEADY * 2)[:-60], *cases((5,), n=8)]
    found = trend.chart(QUERY, ALL, world(few))
    assert found.points[-1].is_small and found.points[-1].word == "none" and found.variation == "ordinary"


def test_a_province_with_one_silent_commune_of_many_is_still_judged() -> None:
    base = asked(STEADY * 2)
    row = base.points[-1].row
    assert row is not None
    one, ten = reason("partial", n=1, total=78), reason("partial", n=10, total=78)
    for reasons, expected in (((one,), False), ((ten,), True), ((one, reason("cut_short", day=CHANGE)), True)):
        partial = trend.replace(row, status="provisional", reasons=reasons)
        assert months.is_provisional(partial) is expected


def test_dated_answers_break_at_the_change_of_units_and_todays_do_not() -> None:
    rows = cases(STEADY * 2)
    dated = trend.chart(QUERY.at(unit="19432", boundaries="dated"), ALL, world(rows))
    assert [s.opens for s in dated.segments] == ["start", "boundary"]
    assert dated.points[dated.segments[1].first].token == "2025-07"
    today = asked(STEADY * 2)
    assert [s.opens for s in today.segments] == ["start"]


def test_limits_begin_anew_only_at_a_logged_event_with_a_year_after_it(own_reference: Path) -> None:
    late = (9, 8, 10, 9, 8, 9, 10, 8, 9, 9, 10, 8, *STEADY)
    assert [s.opens for s in asked(late).segments] == ["start"]
    log(own_reference, f"on_time_rate,commune,{DONG_HA},2025-11-01,Khác,Other,,true")
    assert [s.opens for s in asked(late).segments] == ["start"]
    log(own_reference, "on_time_rate,,,2026-05-01,Phần mềm mới,New software,,true")
    early = asked(late)  # six months after it are too few for limits of their own
    assert [s.opens for s in early.segments] == ["start"] and [e.text("en") for e in early.events] == ["New software"]
    log(own_reference, f"on_time_rate,commune,{LAO_BAO},2025-11-01,Quy trình mới,New procedure,,true")
    found = asked(late)
    assert [s.opens for s in found.segments] == ["start", "event"]
    assert found.segments[1].event is not None and found.segments[1].event.text("vi") == "Quy trình mới"
    assert found.points[11].centre != found.points[12].centre and found.variation == "ordinary"


def test_the_logged_events_of_the_repository_have_days_and_reasons_in_both_languages() -> None:
    path = REPOSITORY / "data" / "reference" / "events.csv"
    found = events._events(path, 0)
    assert found and all(e.text("vi") and e.text("en") and e.cite for e in found)


def test_tet_is_no_collapse_of_a_count() -> None:
    per_day = 3
    rows = []
    for back in range(23, -1, -1):
        start = month(back)
        worked = [d.date for d in CALENDAR if d.is_working_day and d.date.replace(day=1) == start]
        unit = LAO_BAO if start >= CHANGE else OLD_WHOLE
        rows += [case(unit_id=unit, received_on=d) for d in worked for _ in range(per_day)]
    found = trend.chart(QUERY.at(metrics=("received_in_period",)), ALL, world(rows))
    assert found.nature == "count" and found.kind == "u" and found.n_marked == 0
    assert {p.value for p in found.points} == {3.0}
    tet = next(p for p in found.points if p.token == "2026-02")
    assert tet.of == 15 and tet.count == 45  # a week of Tết off


def test_a_surge_of_letters_is_high_and_not_a_concern() -> None:
    letters = [complaint(kind="feedback", received_on=month(b) + timedelta(days=i % 20))
               for b in range(16) for i in range(30 if b == 0 else 9 + b % 3)]  # fmt: skip
    query = QUERY.at(metrics=("feedback_received",), boundaries="dated")
    found = trend.chart(query, ALL, world(complaints=letters))
    assert found.variation == "high" and found.assurance == "none"
    assert found.points[-1].rule == 1


def test_the_same_month_last_year_is_told_where_a_season_explains_a_signal() -> None:
    seasonal = [3] * 24
    seasonal[0:2], seasonal[12:14] = [3, 16], [3, 15]  # December of both years
    found = asked((*seasonal[:14],))
    assert found.points[-1].side == -1 and found.last_year is not None
    assert found.last_year.token == "2025-10" and found.last_year.is_alike
    plain = asked((*STEADY, *STEADY[:11], 16))
    assert plain.last_year is not None and not plain.last_year.is_alike and plain.variation == "concern"


def test_the_target_tells_what_to_expect() -> None:
    targets = [{"metric": "on_time_rate", "level": "commune", "target": 0.80, "valid_from": date(2024, 1, 1)}]
    assert asked(STEADY * 2, dim_target=targets).assurance == "passing"
    assert asked(STEADY * 2, dim_target=[{**targets[0], "target": 0.95}]).assurance == "hit_and_miss"
    missed = asked(tuple(20 + x for x in STEADY * 2), dim_target=[{**targets[0], "target": 0.95}])
    assert missed.assurance == "failing"


def test_a_median_is_charted_by_its_own_values() -> None:
    found = asked(STEADY * 2, QUERY.at(metrics=("processing_days_median",)))
    assert found.kind == "xmr" and found.points[-1].value is not None


def test_another_units_hidden_figures_make_no_chart() -> None:
    account = Viewer("unit", frozenset({DONG_HA}))
    rows = cases(STEADY * 2)
    found = trend.chart(QUERY.at(metrics=("late_rate",)), account, world(rows))
    assert found.points == () and found.kind is None


def test_a_chart_is_of_one_unit() -> None:
    with pytest.raises(ValueError, match="one unit"):
        asked(STEADY * 2, QUERY.at(unit=None))
    with pytest.raises(ValueError, match="one value"):
        asked(STEADY * 2, QUERY.at(by="channel"))


def test_a_whole_province_and_a_quarter_are_asked_in_the_same_way() -> None:
    found = asked(STEADY * 2, QUERY.at(level="province", unit=PROVINCE, period="2026-Q3"))
    assert found.points[-1].token == "2026-09"


def noted(day: date, **more: Any) -> events.Event:
    """Return what somebody noted on the page."""
    return events.Event(day, (("vi", "Quy trình mới"),), who="analyst", number=1, **more)


def test_an_event_noted_on_the_page_begins_the_limits_anew_and_one_that_only_notes_does_not() -> None:
    late = (*(9, 8, 10, 9, 8, 9, 10, 8, 9, 9, 10, 8), *(2, 1, 2, 3, 1, 2, 2, 1, 2, 3, 1, 2))
    snapshot = world(cases(late))
    day = month(11) - timedelta(days=3)

    def chart(*found: events.Event) -> trend.ControlChart:
        return trend.chart(QUERY, ALL, snapshot, planned=Plan(events=found))

    before = chart()
    rebased = chart(noted(day))
    assert (len(before.segments), before.variation) == (1, "improvement")
    assert [s.first for s in rebased.segments] == [0, 12] and rebased.variation == "ordinary"
    assert rebased.points[12].token == "2025-11" and rebased.segments[1].event == noted(day)
    told = chart(noted(day, rebases=False))
    assert len(told.segments) == 1 and told.variation == "improvement" and told.events == (noted(day, rebases=False),)
    assert chart(noted(day, unit_id=DONG_HA)).events == () and chart(noted(day, metric="late_rate")).events == ()


def test_an_event_with_less_than_twelve_months_after_it_waits() -> None:
    found = trend.chart(QUERY, ALL, world(cases(STEADY * 2)), planned=Plan(events=(noted(month(10)),)))
    assert len(found.segments) == 1 and found.events == (noted(month(10)),)


def test_each_month_has_the_target_that_held_at_its_end_and_the_newest_says_who_set_it() -> None:
    begins = date(2026, 9, 15)
    own = Target("on_time_rate", "commune", LAO_BAO, 0.97, begins, source="12/QĐ", is_confirmed=True, who="analyst")
    file = [{"metric": "on_time_rate", "level": "commune", "target": 0.95, "valid_from": date(2026, 8, 1)}]
    snapshot = world(cases(STEADY * 2), dim_target=file)
    found = trend.chart(QUERY, ALL, snapshot, planned=Plan((own,)))
    assert found.targets == (None,) * 21 + (0.95, 0.97, 0.97)
    assert (found.target, found.is_target_confirmed, found.target_set) == (0.97, True, own)
    plain = trend.chart(QUERY, ALL, snapshot)
    assert plain.targets == (None,) * 21 + (0.95,) * 3 and not plain.is_target_confirmed
