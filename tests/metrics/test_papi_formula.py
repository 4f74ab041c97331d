"""Our formula and catalogue against PAPI 2019 as published: 63 provinces, to 1e-5."""

from __future__ import annotations

import csv
import doctest
from collections import defaultdict
from pathlib import Path

import pytest
from survey_reference import ITEMS, SUBS

from metrics.survey import formula
from metrics.survey.formula import Part

PUBLISHED = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "papi_published" / "2019"
TOLERANCE = 1e-5
REPRODUCIBLE = ("s11", "s32", "s33", "s41", "s42", "s43", "s72", "s73", "s81", "s82")
"""Sub-dimensions that the 2019 tables let one compute from their indicators."""

PARTS = tuple(Part(s, p["parent_id"], p["floor"], p["span"]) for s, p in SUBS.items())


def scores() -> list[dict[str, str]]:
    with (PUBLISHED / "province_scores_2019.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def indicators() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    with (PUBLISHED / "indicators_2019.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["value"]:
                found[row["gso_code"]][row["indicator_id"]] = float(row["value"])
    return found


def subs(row: dict[str, str]) -> dict[str, float]:
    return {p.part_id: float(row[f"S{p.label}"]) for p in PARTS}


@pytest.mark.shared
@pytest.mark.parametrize("part_id", REPRODUCIBLE)
def test_a_sub_dimension_comes_out_as_published(part_id: str) -> None:
    part = formula.as_in(next(p for p in PARTS if p.part_id == part_id), "papi_2019")
    items = [i for i in ITEMS if i["sub_dimension_id"] == part_id]
    given, n = indicators(), 0
    for row in scores():
        values = given[row["gso_code"]]
        means = [formula.rescaled(values[i["item_id"]], i["scale_min"], i["scale_max"], i["direction"]) for i in items]
        assert formula.sub_dimension(part, means) == pytest.approx(float(row[f"S{part.label}"]), abs=TOLERANCE)
        n += 1
    assert n == 63


@pytest.mark.shared
@pytest.mark.parametrize("dimension", [f"d{i}" for i in range(1, 9)])
def test_a_dimension_is_the_sum_of_its_published_sub_dimensions(dimension: str) -> None:
    published = scores()
    assert len(published) == 63
    for row in published:
        found = formula.dimension(subs(row), PARTS, dimension)
        assert found == pytest.approx(float(row[dimension.upper()]), abs=TOLERANCE)


@pytest.mark.shared
def test_the_total_is_the_sum_of_all_published_sub_dimensions() -> None:
    for row in scores():
        found = formula.dimension(subs(row), PARTS, formula.TOTAL)
        assert found == pytest.approx(float(row["total_unweighted"]), abs=TOLERANCE)


def test_only_the_published_formula_of_access_to_justice_differs_from_ours() -> None:
    changed = {p.part_id for p in PARTS if formula.as_in(p, "papi_2019") != p}
    assert changed == {"s33"}
    assert {p.dimension_id for p in PARTS} == {f"d{i}" for i in range(1, 9)}


def test_examples_in_the_formula_hold() -> None:
    found = doctest.testmod(formula)
    assert found.attempted and not found.failed
