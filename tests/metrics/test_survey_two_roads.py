"""The survey's figures against the plain evaluator, on surveys that nobody thought of."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import survey_reference as plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marts import DONG_HA, LAO_BAO, PROVINCE, Marts, answer, fill, marts

from metrics import catalogue, intervals, survey
from metrics.model import Query
from metrics.stats.design import discounted, t_quantile
from metrics.stretches import Stretch

START, END = date(2026, 9, 1), date(2026, 10, 31)
TIME = Stretch(0, START, END, END, END)
FACTORS = ("access", "procedures", "officials", "results", "feedback")
SOME = {
    "resident": ("1.1.1", "1.1.2", "7.1.1", "7.2.1", "7.3.1"),
    "user": ("HL01", "HL02", "HL12", "F04", "F05", "F16"),
}
GRADES = (0.0, 0.25, 0.5, 0.75, 1.0)


@st.composite
def a_respondent(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Return the answers of one drawn respondent of a survey, with or without strata, clusters and weights."""
    survey_id = draw(st.sampled_from(("A", "B")))
    population = draw(st.sampled_from(("user", "user", "resident", None)))
    items = SOME[population or draw(st.sampled_from(("user", "resident")))]
    row = {
        "survey_id": survey_id,
        "unit_id": draw(st.sampled_from((LAO_BAO, LAO_BAO, DONG_HA))),
        "answered_on": START + timedelta(days=draw(st.integers(-3, 40))),
        "population": population,
        "weight": draw(st.sampled_from((0.5, 1.0, 2.0))),
        "stratum": draw(st.sampled_from((None, "x", "y"))),
        "psu": draw(st.sampled_from((None, "1", "2", "3"))) if survey_id == "A" else None,
    }
    # One digit per item, drawn at once: single draws would take most of the time.
    grades = draw(st.lists(st.sampled_from((None, *GRADES)), min_size=len(items), max_size=len(items)))
    found = []
    for item, score in zip(items, grades, strict=True):
        is_top = None if score is None or plain.FACTOR[item] is None else score >= 0.75
        found.append({**row, "item_id": item, "scale_score": score, "is_top_two": is_top})
    return found


worlds = st.lists(a_respondent(), min_size=1, max_size=25).map(
    lambda people: [answer(**a, respondent_id=f"R{i}") for i, one in enumerate(people) for a in one]
)


@pytest.fixture(scope="module")
def snapshot() -> Marts:
    """Return one small database; each example puts its own answers in."""
    return marts(dim_survey_item=plain.ITEMS, dim_survey_part=plain.PARTS)


def fast(name: str, world: Marts, level: str, unit: str) -> Any:
    """Return what the arrays measure, before anything is hidden."""
    query = Query((name,), level, unit, "2026-10")
    found = survey.scores([catalogue.metric(name)], query, [TIME], {0: [unit]}, world.cursor())
    one = found.found.get((name, (0, unit, "")))
    return one.measured if one and one.measured.n else None


def slow(name: str, answers: list[dict[str, Any]], level: str, unit: str) -> plain.Plain | None:
    """Return what the plain evaluator measures."""
    metric = catalogue.metric(name)
    everyone = plain.people(answers, START, END)
    if name == "satisfaction_rate":
        items = {i for i, f in plain.FACTOR.items() if f in FACTORS}
        pool = plain.of_population(everyone, "user", lambda p: bool(items & p.tops.keys()))
    else:
        part = metric.options.get("part", "")
        own = metric.options.get("items") or [
            i for i, s in plain.SUB_OF.items() if s and part in (s, plain.SUBS[s]["parent_id"], "total")
        ]
        pool = plain.of_population(everyone, metric.options["population"], lambda p: bool(set(own) & p.scores.keys()))
    # The mean weight of a survey is that of all its people, also of those who answered on other days.
    weight = plain.scaled(pool, plain.people(answers, date(2020, 1, 1), date(2030, 1, 1)))
    inside = [p for p in pool if level == "province" or p.unit == unit]
    if not inside:
        return None
    is_body = level == "commune"
    if name == "satisfaction_rate":
        return plain.share(pool, inside, weight, is_body, FACTORS)
    if "items" in metric.options:
        return plain.group_score(pool, inside, weight, is_body, metric.options["items"])
    return plain.part_score(pool, inside, weight, is_body, str(metric.options["part"]))


BOUNDS = {"survey_s11": (0.25, 2.5), "survey_s72": (0.333333333, 3.333333333)}
NAMES = ("satisfaction_rate", "friendly_apologise", "friendly_overall", "survey_s11", "survey_s72")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=worlds, place=st.sampled_from([("province", PROVINCE), ("commune", LAO_BAO)]))
def test_both_roads_give_the_same_figures(
    snapshot: Marts, answers: list[dict[str, Any]], place: tuple[str, str]
) -> None:
    snapshot.con.execute("DROP TABLE fct_survey_answer")
    fill(snapshot.con, "fct_survey_answer", answers)
    for name in NAMES:
        compare(name, fast(name, snapshot, *place), answers, place)


def compare(name: str, found: Any, answers: list[dict[str, Any]], place: tuple[str, str]) -> None:
    """Hold one figure of the fast road against the slow one's."""
    if found is not None and found.missing:
        return  # sums of parts that fewer than fifteen answered have no score
    expected = slow(name, answers, *place)
    if found is None or expected is None:
        assert found is None and (expected is None or not expected.n)
        return
    assert found.n == expected.n
    assert found.value == pytest.approx(expected.value, abs=1e-9)
    if found.method == "linearized" and name != "satisfaction_rate":
        metric = catalogue.metric(name)
        low, high = metric.options.get("scale") or BOUNDS[name]
        half = t_quantile(expected.df) * expected.error
        assert found.lower == pytest.approx(max(low, expected.value - half), abs=1e-7)
        assert found.upper == pytest.approx(min(high, expected.value + half), abs=1e-7)
    if name == "satisfaction_rate" and 0 < expected.value < 1 and expected.error > 1e-9:
        given_answers = sum(len([i for i in p.tops if plain.FACTOR[i] in FACTORS]) for p in _inside(answers, place))
        answers_worth = min(expected.value * (1 - expected.value) / expected.error**2, given_answers)
        size = discounted(answers_worth, given_answers, expected.df)
        assert (found.lower, found.upper) == pytest.approx(intervals.wilson(expected.value * size, size), abs=1e-7)


def _inside(answers: list[dict[str, Any]], place: tuple[str, str]) -> list[plain.Person]:
    items = {i for i, f in plain.FACTOR.items() if f in FACTORS}
    pool = plain.of_population(plain.people(answers, START, END), "user", lambda p: bool(items & p.tops.keys()))
    return [p for p in pool if place[0] == "province" or p.unit == place[1]]
