"""Targets and events that people set beside the reference files: which one holds, and what it does to a chart."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marts import LAO_BAO, case, marts

from metrics import analysis, catalogue, compare, plan
from metrics.analysis import standing
from metrics.model import Query
from metrics.plan import Plan, Target
from metrics.viewer import PROVINCE

RATE = "on_time_rate"
START = date(2026, 1, 1)
days = st.integers(0, 12).map(lambda n: START + timedelta(days=n))


@st.composite
def drawn(draw: st.DrawFn) -> Target:
    """Draw a target of one of two metrics, levels and units, or of all units of its level."""
    begins = draw(days)
    who = draw(st.sampled_from(["", "analyst"]))
    return Target(
        draw(st.sampled_from([RATE] * 5 + ["online_rate"])),
        draw(st.sampled_from(["commune"] * 5 + ["province"])),
        draw(st.sampled_from(["", "a", "a", "b"])),
        draw(st.integers(0, 100)) / 100,
        begins,
        draw(st.none() | st.integers(0, 9).map(lambda n: begins + timedelta(days=n))),
        who=who,
        number=draw(st.integers(1, 9)) if who else 0,
    )


def plainly(targets: Sequence[Target], unit_id: str, day: date) -> float | None:
    """Return the target of a commune, looked for kind by kind: the first kind that has one in force decides."""
    for owner, is_set in ((unit_id, True), (unit_id, False), ("", True), ("", False)):
        held = [
            t for t in targets
            if (t.metric, t.level, t.unit_id, bool(t.who)) == (RATE, "commune", owner, is_set)
            and t.valid_from <= day
            and not (t.valid_to is not None and t.valid_to <= day)
        ]  # fmt: skip
        if held:
            newest = max(t.valid_from for t in held)
            latest = max(t.number for t in held if t.valid_from == newest)
            return max(t.value for t in held if (t.valid_from, t.number) == (newest, latest))
    return None


@given(st.lists(drawn(), min_size=2, max_size=8), st.sampled_from(["a", "a", "b", "c"]), days)
def test_the_target_in_force_is_the_one_found_kind_by_kind(targets: list[Target], unit_id: str, day: date) -> None:
    found = plan.in_force(targets, RATE, "commune", unit_id, day)
    assert (found.value if found else None) == plainly(targets, unit_id, day)


@given(st.lists(drawn(), max_size=14), days)
def test_what_is_narrowed_to_a_unit_gives_the_same_target(targets: list[Target], day: date) -> None:
    whole = Plan(tuple(targets))
    for unit_id in ("a", "c"):
        asked = (RATE, "commune", unit_id, day)
        assert plan.in_force(whole.of("commune", unit_id).targets, *asked) == plan.in_force(whole.targets, *asked)
    assert all(not t.unit_id for t in whole.of("commune", None).targets)


def test_what_a_unit_got_on_the_page_comes_before_its_row_of_the_file_and_both_before_its_levels() -> None:
    of_communes = {"metric": RATE, "level": "commune", "valid_from": date(2025, 7, 1)}
    snapshot = marts(
        [case()],
        dim_target=[of_communes | {"target": 0.95}, of_communes | {"target": 0.98, "unit_id": LAO_BAO}],
    )
    later = date(2026, 3, 1)
    level = Target(RATE, "commune", "", 0.96, later, who="analyst", number=1)
    own = Target(RATE, "commune", LAO_BAO, 0.99, later, date(2026, 5, 1), who="analyst", number=2)

    def value(unit_id: str, day: date, *set_here: Target) -> float:
        found = compare.target(RATE, "commune", unit_id, day, snapshot, set_here)
        assert found is not None
        return found.value

    april, june = date(2026, 4, 30), date(2026, 6, 30)
    assert (value(LAO_BAO, april, level, own), value(LAO_BAO, june, level, own)) == (0.99, 0.98)
    assert (value(LAO_BAO, april, level), value("x", april, level), value("x", date(2026, 2, 1), level)) == (
        0.98, 0.96, 0.95,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["received", "complaints_received", "settled_late", "survey_d1", "satisfaction_rate", "score_766_online",
     "denunciations_received"],
)  # fmt: skip
def test_neutral_figures_counts_of_a_period_and_what_would_pass_for_papi_have_no_target(name: str) -> None:
    assert plan.bounds(catalogue.metric(name)) is None


def test_a_share_lies_between_nought_and_one_and_every_unit_of_measure_with_a_direction_has_bounds() -> None:
    share = plan.bounds(catalogue.metric(RATE))
    assert share is not None and (share.low, share.high) == (0, 1)
    may = [m for m in catalogue.metrics().values() if plan.bounds(m) is not None]
    assert {"processing_days_median", "waiting_minutes_p90", "friendly_overall"} <= {m.name for m in may}
    assert all(m.direction != "neutral" for m in may)


def test_every_analysis_that_draws_a_control_chart_or_reads_a_target_is_given_what_people_set() -> None:
    """What one of them is not given, it would draw without: two pages, two verdicts."""
    found = {}
    for name in (m.name for m in pkgutil.iter_modules(analysis.__path__)):
        module = importlib.import_module(f"metrics.analysis.{name}")
        for function in (
            f for _, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == module.__name__
        ):
            if re.search(r"trend\.chart\(|compare\.target\(|plan\.in_force\(", inspect.getsource(function)):
                found[f"{name}.{function.__name__}"] = "planned" in inspect.signature(function).parameters
    assert len(found) >= 4 and all(found.values()), found


def test_a_standing_has_the_target_of_its_level_that_was_set_on_the_page() -> None:
    query = Query((RATE,), "commune", period="2026-10")
    level = Target(RATE, "commune", "", 0.96, date(2026, 10, 1), who="analyst", number=1)
    own = Target(RATE, "commune", LAO_BAO, 0.5, date(2026, 10, 1), who="analyst", number=2)
    snapshot = marts([case()])
    found = standing.standing(query, PROVINCE, snapshot, planned=Plan((level, own)))
    assert found.target == level and standing.standing(query, PROVINCE, snapshot).target is None
