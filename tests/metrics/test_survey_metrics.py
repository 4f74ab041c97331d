"""Scores and shares of the survey against a plain reference, and who is too few to publish."""

from __future__ import annotations

import csv
import math
import random
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from marts import DONG_HA, LAO_BAO, PROVINCE, Marts, answer, marts

from metrics import intervals
from metrics.answer import ask
from metrics.model import Query
from metrics.viewer import PROVINCE as OPERATOR
from metrics.viewer import Viewer

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


def table(name: str, numbers: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a reference file with its numbers as numbers and its blanks as None."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    return [{k: float(v) if k in numbers and v else v for k, v in row.items()} for row in rows]


ITEMS = [{**r, "direction": int(r["direction"])} for r in table("survey_items.csv", ("scale_min", "scale_max"))]
PARTS = table("survey_parts.csv", ("floor", "span"))
SUBS = {p["part_id"]: p for p in PARTS if p["floor"] is not None}


def world(answers: list[dict[str, Any]]) -> Marts:
    return marts(answers=answers, dim_survey_item=ITEMS, dim_survey_part=PARTS)


def respondents(n: int, unit: str = LAO_BAO, seed: int = 1, **given: Any) -> list[dict[str, Any]]:
    """Return answers of n people to every item, some of them missing, of unequal weight."""
    draw = random.Random(seed)
    found = []
    for i in range(n):
        weight = 0.5 + draw.random()
        for item in ITEMS:
            score = None if draw.random() < 0.1 else draw.random()
            satisfied = None if score is None or not item["factor"] or item["scale_max"] != 5 else score > 0.3
            found.append(
                answer(unit_id=unit, respondent_id=f"{unit}-{i}", item_id=item["item_id"], weight=weight,
                       scale_score=score, is_top_two=satisfied, **given)
            )  # fmt: skip
    return found


def reference(answers: list[dict[str, Any]], part: str) -> tuple[float, float]:
    """Return score and standard error of a part, respondent by respondent."""
    subs = [s for s, p in SUBS.items() if part in (s, p["parent_id"], "total")]
    sub_of = {i["item_id"]: i["sub_dimension_id"] for i in ITEMS if i["sub_dimension_id"] in subs}
    by_item: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for a in answers:
        if a["item_id"] in sub_of and a["scale_score"] is not None:
            by_item[a["item_id"]].append((a["respondent_id"], a["weight"], a["scale_score"]))
    score, push = 0.0, defaultdict(float)
    for sub in subs:
        items = [i for i in by_item if sub_of[i] == sub]
        means = {i: sum(w * x for _, w, x in by_item[i]) / sum(w for _, w, _ in by_item[i]) for i in items}
        score += SUBS[sub]["floor"] + SUBS[sub]["span"] * sum(means.values()) / len(items)
        for i in items:
            for who, w, x in by_item[i]:
                weights = sum(w for _, w, _ in by_item[i])
                push[who] += SUBS[sub]["span"] / len(items) * w * (x - means[i]) / weights
    n = len(push)
    return score, math.sqrt(n / (n - 1) * sum(z * z for z in push.values()))


@pytest.mark.parametrize("part", ["s11", "s71", "d1", "d7", "d8", "total"])
def test_a_score_agrees_with_the_respondent_by_respondent_reference(part: str) -> None:
    answers = respondents(40)
    (row,) = ask(Query((f"survey_{part}",), "commune", LAO_BAO, "2026-10"), OPERATOR, world(answers))
    score, error = reference(answers, part)
    assert row.value == pytest.approx(score, abs=1e-9)
    assert row.upper == pytest.approx(score + intervals.Z * error, abs=1e-9)
    assert row.lower == pytest.approx(score - intervals.Z * error, abs=1e-9)
    assert row.method == "linearized"


def test_the_total_is_the_sum_of_its_dimensions_and_they_of_their_parts() -> None:
    names = ("survey_total", *(f"survey_d{i}" for i in range(1, 9)), *(f"survey_{s}" for s in SUBS))
    rows = ask(Query(names, "commune", LAO_BAO, "2026-10"), OPERATOR, world(respondents(60))).rows
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
        (100, "2026-10", True, ""),
    ],
)
def test_few_respondents_are_hidden_pooled_or_marked(n: int, period: str, is_shown: bool, note: str) -> None:
    answers = [answer(respondent_id=f"r{i}", item_id="HL01", is_top_two=i % 2 == 0) for i in range(n)]
    (row,) = ask(Query(("satisfaction_rate",), "commune", LAO_BAO, period), OPERATOR, world(answers))
    assert (row.is_shown, row.value is not None) == (is_shown, is_shown)
    assert row.note.split("; ")[0] == note


def test_a_dimension_with_a_part_nobody_answered_has_no_score_and_names_the_part() -> None:
    kept = [a for a in respondents(120) if not str(a["item_id"]).startswith("8.3")]
    d8, d1 = ask(Query(("survey_d8", "survey_d1"), "commune", LAO_BAO, "2026-10"), OPERATOR, world(kept))
    assert (d8.value, d8.note) == (None, "Thiếu phần: 8.3")
    assert d1.value is not None


def test_a_unit_account_sees_only_its_own_survey_figures() -> None:
    answers = respondents(30, LAO_BAO) + respondents(30, DONG_HA, seed=2)
    table = ask(
        Query(("survey_d1",), "commune", period="2026-10"), Viewer("unit", frozenset({DONG_HA})), world(answers)
    )
    assert {r.unit_id for r in table if r.value is not None} == {DONG_HA}


def test_no_survey_and_too_few_look_different() -> None:
    snapshot = world(respondents(10))
    lao_bao, dong_ha = (
        next(r for r in ask(Query(("survey_d1",), "commune", u, "2026-10"), OPERATOR, snapshot))
        for u in (LAO_BAO, DONG_HA)
    )
    assert (lao_bao.status, dong_ha.status) == ("hidden", "no_denominator")
