"""The survey evaluated answer by answer in plain Python: no arrays, no SQL; what the fast road must agree with."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
LEAST_DF, LEAST_ITEM_N, RHO = 8, 30, 0.05
"""Of metrics/survey/rules.toml, written down a second time on purpose."""
Row = Mapping[str, Any]


def table(name: str, numbers: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a reference file with its numbers as numbers and its blanks as None."""
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    return [{k: float(v) if k in numbers and v else v for k, v in row.items()} for row in rows]


ITEMS = [{**r, "direction": int(r["direction"])} for r in table("survey_items.csv", ("scale_min", "scale_max"))]
PARTS = table("survey_parts.csv", ("floor", "span"))
SUBS = {p["part_id"]: p for p in PARTS if p["floor"] is not None}
FACTOR = {i["item_id"]: i["factor"] for i in ITEMS}
SUB_OF = {i["item_id"]: i["sub_dimension_id"] for i in ITEMS}


@dataclass
class Person:
    """One respondent with his answers."""

    survey: str
    unit: str
    population: str | None
    weight: float
    stratum: tuple[Any, ...]
    psu: tuple[Any, ...]
    is_clustered: bool
    scores: dict[str, float]
    tops: dict[str, bool]


@dataclass
class Plain:
    """A figure, its standard error, and of how many."""

    n: int
    value: float
    error: float
    df: int


def people(answers: Iterable[Row], start: date, end: date) -> list[Person]:
    """Return everyone who answered between two days."""
    found: dict[tuple[str, str, str], Person] = {}
    for a in answers:
        if not (start <= a["answered_on"] <= end) or a["weight"] <= 0:
            continue
        key = (a["survey_id"], a["respondent_id"], a["unit_id"])
        if key not in found:
            stratum = (a["survey_id"], a.get("stratum"))
            psu = (*stratum, a["psu"]) if a.get("psu") else (*stratum, "self", key)
            found[key] = Person(a["survey_id"], a["unit_id"], a.get("population"), a["weight"], stratum, psu,
                                bool(a.get("psu")), {}, {})  # fmt: skip
        if a.get("scale_score") is not None:
            found[key].scores[a["item_id"]] = a["scale_score"]
        if a.get("is_top_two") is not None:
            found[key].tops[a["item_id"]] = a["is_top_two"]
    return list(found.values())


def of_population(everyone: Sequence[Person], usual: str, answered: Callable[[Person], bool]) -> list[Person]:
    """Return the usual population, the other where none of the usual one answered."""
    mine = [p for p in everyone if p.population in (usual, None)]
    if any(answered(p) for p in mine) or not any(answered(p) for p in everyone):
        return mine
    return [p for p in everyone if p.population not in (usual, None)]


def scaled(pool: Sequence[Person], everyone: Sequence[Person]) -> dict[int, float]:
    """Return everyone's weight; of several surveys pooled, relative to the mean of his survey."""
    if len({p.survey for p in pool}) < 2:
        return {id(p): p.weight for p in pool}
    mean = {}
    for survey in {p.survey for p in everyone}:
        own = [p.weight for p in everyone if p.survey == survey]
        mean[survey] = sum(own) / len(own)
    return {id(p): p.weight / mean[p.survey] for p in pool}


def variance(pushes: Sequence[tuple[Person, float]]) -> float:
    """Return Σ n/(n − 1) Σ (u − ū)² over strata; a stratum of one PSU is centred at the mean of all."""
    by_psu: dict[tuple[Any, ...], float] = defaultdict(float)
    stratum_of = {}
    for person, push in pushes:
        by_psu[person.psu] += push
        stratum_of[person.psu] = person.stratum
    strata: dict[tuple[Any, ...], list[float]] = defaultdict(list)
    for psu, u in by_psu.items():
        strata[stratum_of[psu]].append(u)
    grand, found = sum(by_psu.values()) / len(by_psu), 0.0
    for totals in strata.values():
        n = len(totals)
        centre = sum(totals) / n if n > 1 else grand
        found += (n / (n - 1) if n > 1 else 1.0) * sum((u - centre) ** 2 for u in totals)
    return found


def freedom(inside: Sequence[Person]) -> int:
    """Return PSUs less strata."""
    return len({p.psu for p in inside}) - len({p.stratum for p in inside})


def measured(
    pool: Sequence[Person], inside: Sequence[Person], is_body: bool, push: Callable[[Person], float]
) -> tuple[float, int]:
    """Return standard error and degrees of freedom of a figure, from what each person inside adds to it."""
    df = freedom(inside)
    if df >= LEAST_DF or not any(p.is_clustered for p in inside):
        members = {id(p) for p in inside}
        listed = inside if is_body else pool
        return math.sqrt(variance([(p, push(p) if id(p) in members else 0.0) for p in listed])), df
    alone = [push(p) for p in inside]
    mean, n = sum(alone) / len(alone), len(alone)
    spread = n / (n - 1) * sum((u - mean) ** 2 for u in alone) if n > 1 else alone[0] ** 2 * 0
    assert len(pool) < LEAST_ITEM_N, "worlds drawn here are too small for a province's own cluster effect"
    clusters = len({p.psu for p in pool})
    return math.sqrt(spread * (1 + max(len(pool) / clusters - 1, 0) * RHO)), len(pool) - 1


def share(pool: Sequence[Person], inside: Sequence[Person], weight: Mapping[int, float], is_body: bool,
          factors: Sequence[str]) -> Plain | None:  # fmt: skip
    """Return the weighted share of satisfied answers."""

    def counts(p: Person) -> tuple[int, int]:
        own = [yes for item, yes in p.tops.items() if FACTOR[item] in factors]
        return sum(own), len(own)

    base = sum(weight[id(p)] * counts(p)[1] for p in inside)
    if not base:
        return None
    value = sum(weight[id(p)] * counts(p)[0] for p in inside) / base
    error, df = measured(pool, inside, is_body, lambda p: weight[id(p)] * (counts(p)[0] - value * counts(p)[1]) / base)
    return Plain(sum(counts(p)[1] > 0 for p in inside), value, error, df)


def group_score(pool: Sequence[Person], inside: Sequence[Person], weight: Mapping[int, float], is_body: bool,
                items: Sequence[str]) -> Plain | None:  # fmt: skip
    """Return 100 × the mean over people who answered at least half of the items."""

    def own(p: Person) -> float | None:
        given = [p.scores[i] for i in items if i in p.scores]
        return 100 * sum(given) / len(given) if given and len(given) >= len(items) / 2 else None

    asked = [(p, x) for p in inside if (x := own(p)) is not None]
    size = sum(weight[id(p)] for p, _ in asked)
    if not asked:
        return None
    value = sum(weight[id(p)] * x for p, x in asked) / size

    def push(p: Person) -> float:
        x = own(p)
        return 0.0 if x is None else weight[id(p)] * (x - value) / size

    error, df = measured(pool, inside, is_body, push)
    return Plain(len(asked), value, error, df)


def part_score(pool: Sequence[Person], inside: Sequence[Person], weight: Mapping[int, float], is_body: bool,
               part: str) -> Plain | None:  # fmt: skip
    """Return the score of a sub-dimension, a dimension or the total."""
    value, who = 0.0, set()
    pushes: dict[int, float] = defaultdict(float)
    for sub, p_ in SUBS.items():
        if part not in (sub, p_["parent_id"], "total"):
            continue
        items = sorted({i for p in inside for i in p.scores if SUB_OF[i] == sub})
        means = {}
        for item in items:
            given = [(p, p.scores[item]) for p in inside if item in p.scores]
            size = sum(weight[id(p)] for p, _ in given)
            means[item] = sum(weight[id(p)] * x for p, x in given) / size
            for p, x in given:
                pushes[id(p)] += p_["span"] / len(items) * weight[id(p)] * (x - means[item]) / size
                who.add(id(p))
        if not items:
            return None
        value += p_["floor"] + p_["span"] * sum(means.values()) / len(items)
    error, df = measured(pool, inside, is_body, lambda p: pushes[id(p)])
    return Plain(len(who), value, error, df)
