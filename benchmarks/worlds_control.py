"""Planted worlds for control charts: what they mark where nothing changed, and how soon they find a planted fall.

`python -m benchmarks.worlds_control` prints every row; `rows` is what `make bench` takes. A few worlds of each run in
tests/stats/test_control.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from metrics.stats import control
from metrics.stats.choice import Charted, Nature, choose
from metrics.stats.rules import Signals, making_data_count

MONTHS = 24
FALSE_MOST = 0.04
FOUND_LEAST = 0.80
SEED = 20261122

Draw = Callable[[np.random.Generator], tuple[Nature, list[float], list[float]]]


@dataclass(frozen=True)
class Result:
    """What was measured over many worlds, and whether it meets the aim (None: only told)."""

    what: str
    measured: float
    aim: str
    is_met: bool | None


def signals(charted: Charted) -> Signals | None:
    """Return a chart's signals, None where it gets no limits."""
    return None if charted.limits is None else making_data_count(charted.limits, charted.tolerance)


def share(n: int, p: float, spread: float = 0.0) -> Draw:
    """Return a unit of about n cases a month; `spread` is what its true share varies by from month to month."""

    def draw(random: np.random.Generator) -> tuple[Nature, list[float], list[float]]:
        of = np.maximum(random.poisson(n, MONTHS), 1)
        true = np.clip(random.normal(p, spread, MONTHS), 0, 1) if spread else np.full(MONTHS, p)
        return "share", random.binomial(of, true).tolist(), of.tolist()

    return draw


def count(per_day: float) -> Draw:
    """Return a unit's letters: so many a working day, in months of 11 to 23 of them."""

    def draw(random: np.random.Generator) -> tuple[Nature, list[float], list[float]]:
        days = random.choice([11, 19, 20, 21, 22, 23], MONTHS)
        return "count", random.poisson(per_day * days).tolist(), days.tolist()

    return draw


def value(random: np.random.Generator) -> tuple[Nature, list[float], list[float]]:
    """Return a series of normal values."""
    return "value", random.normal(10, 1, MONTHS).tolist(), []


def false_share(draw: Draw, worlds: int) -> float:
    """Return the share of unit-months marked where nothing changed, whole runs included."""
    random = np.random.default_rng(SEED)
    marked = judged = 0
    for _ in range(worlds):
        found = signals(choose(*draw(random)))
        if found is not None:
            marked += int((found.rule != 0).sum())
            judged += MONTHS
    return marked / judged if judged else 0.0


def found_within(months: int, worlds: int, n: int = 300, p: float = 0.95, fall: float = 0.05) -> float:
    """Return the share of worlds in which the newest month is a signal downwards, `months` or fewer after the fall."""
    random = np.random.default_rng(SEED)
    found = 0
    for _ in range(worlds):
        of = random.poisson(n, MONTHS + months)
        hits = random.binomial(of, [p] * MONTHS + [p - fall] * months)
        for end in range(MONTHS + 1, MONTHS + months + 1):
            seen = signals(choose("share", hits[:end].tolist(), of[:end].tolist()))
            if seen is not None and seen.side[-1] == -1:
                found += 1
                break
    return found / worlds


def untouched_rules(n: int, p: float, worlds: int) -> float:
    """Return the share of unit-months that the four rules mark without the half case about the centre."""
    random = np.random.default_rng(SEED)
    limits = control.p_chart(random.binomial(n, p, (worlds, MONTHS)), np.full(MONTHS, n))
    return float((making_data_count(limits).rule != 0).mean())


def rows(worlds: int = 1000) -> list[Result]:
    """Return every measurement."""
    stable = {
        "60 cases, 95 %": share(60, 0.95),
        "300 cases, 95 %": share(300, 0.95),
        "300 cases, 99 %": share(300, 0.99),
        "2,000 cases, 90 %": share(2000, 0.90),
        "300 cases, 95 %, true share varies by 1 point": share(300, 0.95, 0.01),
        "14,000 cases, 96 %, true share varies by 1 point": share(14_000, 0.96, 0.01),
        "one letter in ten working days": count(0.1),
        "two letters a working day": count(2),
        "a value": value,
    }
    made = [
        Result(f"months marked where nothing changed: {name}", rate, "≤ 4 %", rate <= FALSE_MOST)
        for name, draw in stable.items()
        for rate in [false_share(draw, worlds)]
    ]
    bare = untouched_rules(100, 0.99, worlds)
    made.append(Result("the same without the half case: 100 cases, 99 %", bare, "told", None))
    for months in (1, 2, 3):
        power = found_within(months, worlds)
        is_met = power >= FOUND_LEAST if months == 3 else None
        what = f"a fall of 5 points from 95 % at 300 cases is signalled within {months} month(s)"
        made.append(Result(what, power, "≥ 80 %" if months == 3 else "told", is_met))
    return made


def main() -> None:
    """Print every measurement."""
    for row in rows():
        met = "" if row.is_met is None else "yes" if row.is_met else "NO"
        print(f"{row.measured:7.2%}  {row.aim:7} {met:4} {row.what}")


if __name__ == "__main__":
    main()
