"""Trial calculation of Decision 766: per group, what is unknown kept unknown, nothing added up over groups."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, PROVINCE, case, marts

from metrics import answer, catalogue
from metrics import points as scale
from metrics.analysis import score766
from metrics.analysis.score766 import Trial, trial
from metrics.answer import AnswerTable
from metrics.model import Query
from metrics.notes import reason
from metrics.viewer import PROVINCE as VIEWER
from metrics.viewer import Viewer

QUERY = Query((), level="commune", unit=LAO_BAO, period="2026-10")
RATES = {
    "on_time_rate_766": 0.9,
    "services_online_rate": 0.4,
    "services_used_rate": 0.5,
    "online_rate": 0.25,
    "online_payment_rate": 0.45,
    "e_result_rate": 0.75,
    "digitised_rate": 0.8,
    "reuse_rate": 0.2,
}


def answered(rates: dict[str, float | None], reasons: dict[str, str] | None = None, status: str = "") -> Any:
    """Return an `ask` that answers with these rates; None is a rate with nothing to divide by."""
    real = answer.ask(Query(("settled",), level="commune", unit=LAO_BAO, period="2026-10"), VIEWER, marts([case()]))

    def ask(query: Query, *_: Any) -> AnswerTable:
        rows = []
        for name in query.metrics:
            if name not in rates:
                continue
            value, why = rates[name], (reasons or {}).get(name, "")
            rows.append(
                replace(
                    real.rows[0], metric=name, value=value, numerator=0 if value is None else value * 100,
                    denominator=0 if value is None else 100, is_shown=True,
                    status=status or ("ok" if value is not None else "no_denominator"),
                    reasons=(reason(why),) if why else (),
                )
            )  # fmt: skip
        return replace(real, rows=tuple(rows))

    return ask


@pytest.fixture(autouse=True)
def every_metric_is_defined(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rates themselves have tests of their own; here they are given, whichever are defined already."""
    known = catalogue.metrics()
    every = {**{name: replace(known["online_rate"], name=name) for name in RATES}, **known}
    monkeypatch.setattr(catalogue, "metrics", lambda: every)


def tried(rates: dict[str, float | None] | None = None, **more: Any) -> Trial:
    found = trial(QUERY, VIEWER, marts(), ask=answered(RATES if rates is None else rates, **more))
    assert found is not None
    return found


def test_each_group_has_the_points_that_its_rates_reach() -> None:
    reached = {g.group.group: g.reached for g in tried().groups}
    assert reached == {
        "openness": None,
        "progress": pytest.approx(0.9 * 20),
        "online": pytest.approx(0.4 / 0.8 * 2 + 0.5 * 4 + 0.25 / 0.5 * 6),
        "payment": pytest.approx(6.0),  # 45 % paid online is above the target of 30 %
        "digitisation": pytest.approx(0.75 * 6 + 4 + 0.2 / 0.8 * 2),
        "satisfaction": None,
    }


def test_what_can_be_computed_and_what_not_adds_up_to_the_maximum_of_every_group() -> None:
    for rates in (RATES, {**RATES, "online_rate": None}, {}):
        for group in tried(dict(rates)).groups if rates else tried({"on_time_rate_766": None}).groups:
            parts = group.computable + group.free + group.without_data + group.unknown
            assert parts == pytest.approx(group.group.points), group.group.group


def test_points_nobody_knows_are_listed_by_code_and_never_scored() -> None:
    group = tried().group("digitisation")
    assert [i.indicator.code for i in group.of("unknown")] == ["4.4", "4.5"]
    assert (group.computable, group.unknown) == (12, 10)
    assert [i.indicator.code for i in tried().group("payment").of("no_source")] == ["3.4", "3.5"]
    assert tried().group("payment").without_data == 4


def test_an_indicator_with_nothing_to_divide_by_shows_free_points_and_does_not_get_them() -> None:
    group = tried({**RATES, "online_payment_rate": None}).group("payment")
    assert [i.indicator.code for i in group.of("free")] == ["3.6"]
    assert (group.reached, group.computable, group.free) == (None, 0, 6)


def test_cases_whose_files_say_nothing_of_it_leave_no_free_points() -> None:
    """Not recorded is not "nothing to divide by": there were cases to record it for."""
    group = tried({**RATES, "reuse_rate": None, "cases_filed": 12}).group("digitisation")
    assert [i.indicator.code for i in group.of("not_recorded")] == ["4.3"]
    assert (group.free, group.without_data, group.unknown) == (0, 2, 10)
    none_filed = tried({**RATES, "reuse_rate": None, "cases_filed": 0}).group("digitisation")
    assert (none_filed.free, none_filed.without_data) == (2, 0)


def test_a_missing_catalogue_leaves_no_free_points() -> None:
    rates = {**RATES, "services_online_rate": None, "services_used_rate": None}
    why = {"services_online_rate": "no_catalogue", "services_used_rate": "no_catalogue"}
    group = tried(rates, reasons=why).group("online")
    assert [i.indicator.code for i in group.of("no_data")] == ["3.1", "3.2"]
    assert (group.free, group.reached) == (0, pytest.approx(3.0))


def test_what_was_not_sent_is_neither_zero_points_nor_free_ones() -> None:
    group = tried({**RATES, "on_time_rate_766": None}, status="not_sent").group("progress")
    assert group.reached is None and group.free == 0 and group.without_data == 20


def test_a_metric_that_is_still_to_come_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    without = {k: v for k, v in RATES.items() if k != "reuse_rate"}
    (item,) = tried(without).group("digitisation").of("not_defined")
    assert item.indicator.code == "4.3"


def test_there_is_no_sum_over_groups_and_no_band_anywhere() -> None:
    names = {f.name for f in fields(Trial)} | {n for n in dir(Trial) if not n.startswith("_")}
    about = {"unit_id", "period_start", "period_end", "on", "is_provisional", "unconfirmed"}
    assert names == about | {"groups", "group", "computed"}
    assert not [n for n in dir(score766) if "band" in n.lower() or "total" in n.lower()]


def test_doubtful_points_are_named() -> None:
    assert {i.code for i in tried().unconfirmed} >= {"3.4", "4.4", "4.5"}


def test_a_unit_that_was_not_in_force_has_no_trial() -> None:
    query = QUERY.at(period="2024-10")
    assert trial(query, VIEWER, marts([case()])) is None


def test_an_account_tries_its_own_unit_and_is_told_nothing_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real metrics: who may see them is theirs to say
    world = marts([case(channel="online_full"), case(unit_id=DONG_HA, channel="online_full")])
    own = Viewer("unit", frozenset({LAO_BAO}))
    mine, theirs = (trial(QUERY.at(unit=unit), own, world) for unit in (LAO_BAO, DONG_HA))
    assert mine is not None and mine.group("progress").reached is not None
    assert theirs is not None and theirs.computed == ()
    assert {i.state for g in theirs.groups for i in g.items} <= {"no_data", "no_source", "unknown", "information"}


def test_the_scale_is_that_of_the_last_day_known(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []
    real = scale.groups
    monkeypatch.setattr(scale, "groups", lambda day: asked.append(day) or real(day))
    trial(QUERY, VIEWER, marts(data_on=date(2026, 10, 20)), ask=answered(RATES))
    assert asked == [date(2026, 10, 31)]  # the stand-in answers as of 31/10; a real one as of its own data
    assert tried().on == date(2026, 10, 31)


def test_cases_lead_to_the_rate_that_the_points_are_made_of() -> None:
    """End to end where the metrics exist already: 3 of 4 cases filed online, target 50 %."""
    cases = [case(channel=c) for c in ("online_full", "online_full", "online_partial", "counter")]
    for unit, level in ((LAO_BAO, "commune"), (PROVINCE, "province")):
        found = trial(Query((), level=level, unit=unit, period="2026-10"), VIEWER, marts(cases))
        assert found is not None
        item = next(i for i in found.group("online").items if i.indicator.code == "3.3")
        assert (item.rate, item.reached) == (0.75, 6.0)
