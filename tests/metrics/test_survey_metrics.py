"""Scores and shares of the survey against a plain reference, and who is too few to publish."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import survey_reference as plain
from marts import DONG_HA, LAO_BAO, PROVINCE, Marts, answer, marts
from survey_reference import ITEMS, PARTS, SUBS

from metrics import sums
from metrics.answer import ask
from metrics.model import Query
from metrics.stats.design import t_quantile
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer


def world(answers: list[dict[str, Any]], **tables: Any) -> Marts:
    return marts(answers=answers, dim_survey_item=ITEMS, dim_survey_part=PARTS, **tables)


def respondents(n: int, unit: str = LAO_BAO, seed: int = 1, part: str = "total", **given: Any) -> list[dict[str, Any]]:
    """Return answers of n people to every item of a part, some of them missing, of unequal weight."""
    draw = random.Random(seed)
    found = []
    items = [i for i in ITEMS if part in ("total", i["sub_dimension_id"], i["dimension_id"])]
    for i in range(n):
        weight = 0.5 + draw.random()
        for item in items:
            score = None if draw.random() < 0.1 else draw.random()
            satisfied = None if score is None or not item["factor"] or item["scale_max"] != 5 else score > 0.3
            found.append(
                answer(unit_id=unit, respondent_id=f"{unit}-{i}", item_id=item["item_id"], weight=weight,
                       scale_score=score, is_top_two=satisfied, **given)
            )  # fmt: skip
    return found


def reference(answers: list[dict[str, Any]], part: str) -> plain.Plain:
    """Return a part's score and its linearised error by the plain evaluator."""
    people = plain.people(answers, date(2026, 10, 1), date(2026, 10, 31))
    found = plain.part_score(people, people, {id(p): p.weight for p in people}, True, part)
    assert found is not None
    return found


@pytest.mark.parametrize("part", ["s11", "s71", "s83"])
def test_a_sub_dimension_agrees_with_the_respondent_by_respondent_reference(part: str) -> None:
    answers = respondents(40, part=part)
    (row,) = ask(Query((f"survey_{part}",), "commune", LAO_BAO, "2026-10"), OPERATOR, world(answers))
    expected = reference(answers, part)
    half = t_quantile(39) * expected.error
    assert row.value == pytest.approx(expected.value, abs=1e-9)
    assert (row.lower, row.upper) == pytest.approx((expected.value - half, expected.value + half), abs=1e-9)
    assert (row.method, row.denominator) == ("linearized", expected.n)


@pytest.mark.parametrize("part", ["d1", "d7", "total"])
def test_a_sum_of_parts_has_the_score_of_the_reference_and_a_bootstrapped_interval(part: str) -> None:
    answers = respondents(80, part=part)
    query = Query((f"survey_{part}",), "commune", LAO_BAO, "2026-10")
    (row,) = ask(query, OPERATOR, world(answers))
    expected = reference(answers, part)
    assert row.value == pytest.approx(expected.value, abs=1e-9)
    assert row.method == "bootstrap" and row.lower is not None and row.upper is not None
    assert (row.upper - row.lower) / 2 == pytest.approx(t_quantile(79) * expected.error, rel=0.12)
    assert list(ask(query, OPERATOR, world(answers))) == [row], "the same question gives the same interval"


def test_the_total_is_the_sum_of_its_dimensions_and_they_of_their_parts() -> None:
    names = ("survey_total", *(f"survey_d{i}" for i in range(1, 9)), *(f"survey_{s}" for s in SUBS))
    rows = ask(Query(names, "commune", LAO_BAO, "2026-10"), OPERATOR, world(respondents(40))).rows
    value = {r.metric: float(r.value or 0) for r in rows}
    assert len(SUBS) == 29
    assert value["survey_total"] == pytest.approx(sum(value[f"survey_d{i}"] for i in range(1, 9)))
    for i in range(1, 9):
        parts = [value[f"survey_{s}"] for s, p in SUBS.items() if p["parent_id"] == f"d{i}"]
        assert value[f"survey_d{i}"] == pytest.approx(sum(parts))


def test_everyone_answering_best_or_worst_gives_the_ends_of_the_scale() -> None:
    for score, expected in ((0.0, 8 - 2 * 0.01), (1.0, 80 - 2 * 0.1)):
        answers = [{**a, "scale_score": score} for a in respondents(20, answered_on=date(2026, 3, 3))]
        (row,) = ask(Query(("survey_total",), "province", PROVINCE, "2026"), OPERATOR, world(answers))
        assert row.value == pytest.approx(expected, abs=1e-6)  # three parts of 0,33–3,30


def test_satisfaction_is_the_weighted_share_of_the_top_two_answers_of_five_service_factors() -> None:
    yes = [answer(respondent_id=f"a{i}", item_id="HL01", is_top_two=True, weight=2.0) for i in range(10)]
    no = [answer(respondent_id=f"b{i}", item_id="HL04", is_top_two=False, weight=1.0) for i in range(10)]
    friendly = [answer(respondent_id=f"c{i}", item_id="F01", is_top_two=False) for i in range(10)]
    snapshot = world(yes + no + friendly)
    query = Query(("satisfaction_rate",), "province", PROVINCE, "2026")
    (row,) = ask(query, OPERATOR, snapshot)
    assert row.value == pytest.approx(20 / 30)
    assert row.lower is not None and row.upper is not None and 0 < row.lower < 20 / 30 < row.upper < 1
    by_factor = ask(query.at(by="factor"), OPERATOR, snapshot)
    assert {r.split_value: r.note.split("; ")[0] for r in by_factor} == {
        "access": "Ít phiếu (10), không công bố",
        "procedures": "Ít phiếu (10), không công bố",
    }


@pytest.mark.parametrize(
    ("n", "period", "is_shown", "note"),
    [
        (14, "2026", False, "Ít phiếu (14), không công bố"),
        (15, "2026-10", False, "Ít phiếu (15), chỉ công bố khi gộp 12 tháng"),
        (15, "2026", True, "Tham khảo (15 phiếu)"),
        (30, "2026-10", True, "Tham khảo (30 phiếu)"),
        (99, "2026-10", True, "Tham khảo (99 phiếu)"),
        (100, "2026-10", True, "100 phiếu"),
    ],
)
def test_few_respondents_are_hidden_pooled_or_marked(n: int, period: str, is_shown: bool, note: str) -> None:
    answers = [answer(respondent_id=f"r{i}", item_id="HL01", is_top_two=i % 2 == 0) for i in range(n)]
    (row,) = ask(Query(("satisfaction_rate",), "commune", LAO_BAO, period), OPERATOR, world(answers))
    assert (row.is_shown, row.value is not None) == (is_shown, is_shown)
    assert row.note.split("; ")[0] == note


def test_a_dimension_with_a_part_nobody_answered_has_no_score_and_names_the_part() -> None:
    kept = [a for a in respondents(50) if not str(a["item_id"]).startswith("8.3")]
    d8, d1 = ask(Query(("survey_d8", "survey_d1"), "commune", LAO_BAO, "2026-10"), OPERATOR, world(kept))
    assert (d8.value, d8.note.split("; ")[0]) == (None, "Thiếu phần: 8.3")
    assert d1.value is not None


def test_a_dimension_does_not_rest_on_a_part_that_fewer_than_fifteen_answered() -> None:
    asked = {f"{LAO_BAO}-{i}" for i in range(10)}
    kept = [a for a in respondents(60, part="d5") if a["item_id"][:3] != "5.2" or a["respondent_id"] in asked]
    names = ("survey_d5", "survey_s52", "survey_s51")
    d5, s52, s51 = ask(Query(names, "commune", LAO_BAO, "2026"), OPERATOR, world(kept))
    assert (d5.value, d5.note.split("; ")[0]) == (None, "Thiếu phần: 5.2")
    assert (s52.value, s52.is_shown) == (None, False) and s51.value is not None


def test_a_unit_account_sees_only_its_own_survey_figures() -> None:
    answers = respondents(30, LAO_BAO) + respondents(30, DONG_HA, seed=2)
    table = ask(
        Query(("survey_d1",), "commune", period="2026-10"), Viewer("unit", frozenset({DONG_HA})), world(answers)
    )
    assert {r.unit_id for r in table if r.value is not None} == {DONG_HA}


def clustered(n_villages: int, each: int, seed: int = 3, unit: str = LAO_BAO, **given: Any) -> list[dict[str, Any]]:
    """Return yes-or-no answers of villages whose people resemble each other."""
    draw = random.Random(seed)
    found = []
    for village in range(n_villages):
        leaning = min(max(draw.gauss(0.7, 0.2), 0), 1)
        for i in range(each):
            row = {"unit_id": unit, "psu": f"{unit}-{village}", "respondent_id": f"{unit}-{village}-{i}", **given}
            for item in ("HL01", "HL04", "HL08", "HL12", "HL16"):
                yes = draw.random() < leaning
                found.append(answer(**row, item_id=item, is_top_two=yes, scale_score=float(yes), population="user"))
    return found


def test_answers_in_clusters_make_the_interval_wider_than_answers_alone() -> None:
    answers = clustered(20, 15)
    loose = [{**a, "psu": None} for a in answers]
    query = Query(("satisfaction_rate",), "province", PROVINCE, "2026-10")
    (by_village,), (alone,) = ask(query, OPERATOR, world(answers)), ask(query, OPERATOR, world(loose))
    assert by_village.value == alone.value
    assert by_village.upper - by_village.lower > 1.4 * (alone.upper - alone.lower)  # type: ignore[operator]


def test_a_commune_of_two_villages_borrows_the_effect_of_clusters_from_the_province_and_says_so() -> None:
    answers = clustered(20, 15, unit=DONG_HA) + clustered(2, 60, seed=9)
    snapshot = world(answers)
    query = Query(("satisfaction_rate",), "commune", LAO_BAO, "2026-10")
    (row,) = ask(query, OPERATOR, snapshot)
    (alone,) = ask(query, OPERATOR, world([{**a, "psu": None} for a in answers]))
    assert "Khoảng tin cậy gần đúng" in row.note and "gần đúng" not in alone.note
    assert "Tham khảo (120 phiếu, tương đương" in row.note
    people = plain.people(answers, date(2026, 10, 1), date(2026, 10, 31))
    for p in people:
        p.stratum = (p.unit,)  # what differs between communes is no uncertainty of one of them
    items = ("HL01", "HL04", "HL08", "HL12", "HL16")
    effects = []
    for item in items:
        mean = sum(p.scores[item] for p in people) / len(people)
        pushes = [(p, (p.scores[item] - mean) / len(people)) for p in people]
        alone_each = [(replace(p, psu=(i,)), u) for i, (p, u) in enumerate(pushes)]
        effects.append(plain.variance(pushes) / plain.variance(alone_each))
    effect = sorted(effects)[2]
    assert 1.5 < effect < 15
    ratio = (row.upper - row.lower) / (alone.upper - alone.lower)  # type: ignore[operator]
    assert ratio == pytest.approx(effect**0.5, rel=0.08)
    (direct,) = ask(query.at(unit=DONG_HA), OPERATOR, snapshot)
    assert "gần đúng" not in direct.note, "twenty villages speak for themselves"


def test_users_and_residents_are_never_mixed() -> None:
    users = [answer(respondent_id=f"u{i}", item_id="HL01", is_top_two=True, population="user") for i in range(120)]
    residents = [answer(respondent_id=f"r{i}", item_id="HL01", is_top_two=False) for i in range(200)]
    snapshot = world(users + residents)
    query = Query(("satisfaction_rate",), "province", PROVINCE, "2026-10")
    (row,) = ask(query, OPERATOR, snapshot)
    assert (row.value, row.note.split("; ")[0]) == (1.0, "120 phiếu")
    apart = {
        r.split_value: (r.value, r.note.split("; ")[0]) for r in ask(query.at(by="population"), OPERATOR, snapshot)
    }
    assert apart == {"user": (1.0, "120 phiếu"), "resident": (0.0, "200 phiếu")}


def test_who_does_not_say_counts_with_the_usual_population_and_stands_apart_in_the_split() -> None:
    unstated = [
        answer(respondent_id=f"x{i}", item_id="HL01", is_top_two=True, population=None) for i in range(120)
    ]  # fmt: skip
    query = Query(("satisfaction_rate",), "province", PROVINCE, "2026-10")
    (row,) = ask(query, OPERATOR, world(unstated))
    assert (row.value, row.note) == (1.0, "120 phiếu")
    (split,) = ask(query.at(by="population"), OPERATOR, world(unstated))
    assert (split.split_value, split.value) == ("", 1.0)


def test_where_only_residents_were_asked_the_figure_is_theirs_and_says_so() -> None:
    residents = [answer(respondent_id=f"r{i}", item_id="HL01", is_top_two=True) for i in range(120)]
    (row,) = ask(Query(("satisfaction_rate",), "province", PROVINCE, "2026-10"), OPERATOR, world(residents))
    assert (row.value, row.note) == (1.0, "120 phiếu; Phiếu của người dân")


def test_surveys_weighted_on_different_scales_are_pooled_by_their_people() -> None:
    given: dict[str, Any] = {"item_id": "F16", "population": "user"}
    heavy = [answer(survey_id="A", respondent_id=f"a{i}", scale_score=1.0, weight=900.0, **given) for i in range(100)]
    light = [answer(survey_id="B", respondent_id=f"b{i}", scale_score=0.0, **given) for i in range(100)]
    (row,) = ask(Query(("friendly_overall",), "province", PROVINCE, "2026-10"), OPERATOR, world(heavy + light))
    assert row.value == pytest.approx(50.0)


def test_a_conditional_question_has_its_own_respondents_and_no_figure_where_nobody_was_asked() -> None:
    asked = [answer(respondent_id=f"u{i}", item_id="F04", scale_score=0.75, population="user") for i in range(40)]
    everyone = [answer(respondent_id=f"u{i}", item_id="F16", scale_score=0.5, population="user") for i in range(200)]
    names = ("friendly_apologise", "friendly_overall")
    query = Query(names, "commune", LAO_BAO, "2026-10")
    apologise, overall = ask(query, OPERATOR, world(asked + everyone))
    assert (apologise.value, apologise.denominator, apologise.note) == (75.0, 40, "Tham khảo (40 phiếu)")
    assert (overall.value, overall.denominator) == (50.0, 200)
    apologise, _ = ask(query, OPERATOR, world(everyone))
    assert (apologise.value, apologise.status, apologise.note) == (None, "no_denominator", "Không có phiếu trả lời")


def test_a_group_of_two_questions_counts_who_answered_at_least_one_and_items_can_be_seen_apart() -> None:
    both = [answer(respondent_id=f"u{i}", item_id=item, scale_score=score, population="user")
            for i in range(50) for item, score in (("F09", 1.0), ("F10", 0.0))]  # fmt: skip
    one = [answer(respondent_id=f"v{i}", item_id="F09", scale_score=1.0, population="user") for i in range(50)]
    query = Query(("friendly_close",), "commune", LAO_BAO, "2026-10")
    (row,) = ask(query, OPERATOR, world(both + one))
    assert (row.value, row.denominator) == (pytest.approx(75.0), 100)
    apart = {r.split_value: (r.value, r.denominator) for r in ask(query.at(by="item"), OPERATOR, world(both + one))}
    assert apart == {"F09": (pytest.approx(100.0), 100), "F10": (pytest.approx(0.0), 50)}


def test_a_survey_that_represents_the_province_only_shows_no_commune() -> None:
    answers = [answer(respondent_id=f"r{i}", item_id="F16", scale_score=0.5, population="user") for i in range(300)]
    listed = [{"survey_id": "KS", "lowest_level": "province", "population": "user", "is_confirmed": True}]
    snapshot = world(answers, dim_survey=listed)
    query = Query(("friendly_overall",), "commune", LAO_BAO, "2026-10")
    (commune,) = ask(query, OPERATOR, snapshot)
    (province,) = ask(query.at(level="province", unit=PROVINCE), OPERATOR, snapshot)
    assert (commune.value, commune.status) == (None, "hidden")
    assert commune.note == "Khảo sát không đại diện cho cấp này, không công bố"
    assert province.value == pytest.approx(50.0)
    (unlisted,) = ask(query, OPERATOR, world(answers, dim_survey=[{**listed[0], "survey_id": "other"}]))
    assert unlisted.value == pytest.approx(50.0)


def test_the_respondents_prepared_at_publish_answer_as_the_answers_do() -> None:
    names = ("survey_total", "survey_s11", "satisfaction_rate", "friendly_close")
    answers = respondents(60) + clustered(12, 10)
    query = Query(names, "province", PROVINCE, "2026-10")
    plainly, prepared = world(answers), world(answers)
    sums.build(prepared.con)
    for by in (None, "population"):
        first = ask(query.at(by=by), OPERATOR, plainly)
        second = ask(query.at(by=by), OPERATOR, prepared)
        assert first.records() == second.records()
        assert "sum_survey_respondent" in "".join(second.statements)
        assert "sum_survey_respondent" not in "".join(first.statements)


def test_no_survey_and_too_few_look_different() -> None:
    snapshot = world(respondents(10))
    lao_bao, dong_ha = (
        next(r for r in ask(Query(("survey_d1",), "commune", u, "2026-10"), OPERATOR, snapshot))
        for u in (LAO_BAO, DONG_HA)
    )
    assert (lao_bao.status, dong_ha.status) == ("hidden", "no_denominator")
