"""Intervals against published values, and their limits."""

from __future__ import annotations

import doctest
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import dictionary, expression, intervals, notes, scope, stretches, sums
from metrics.periods import parse

ORACLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "stat_oracles.toml"


@pytest.mark.parametrize("module", [intervals, expression, notes, scope, stretches, sums, dictionary])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.shared
def test_wilson_and_byar_agree_with_published_values() -> None:
    oracles = tomllib.loads(ORACLES.read_text(encoding="utf-8"))
    checked = 0
    for table in oracles["wilson"]:
        z = 3.0902323061678132 if table.get("confidence") == 0.998 else intervals.Z
        for one in table["cases"]:
            lower, upper = intervals.wilson(one["x"], one["n"], z)
            assert lower == pytest.approx(one["lo"], abs=table["tol"])
            assert upper == pytest.approx(one["hi"], abs=table["tol"])
            checked += 1
    for one in oracles["byar"]["cases"]:
        assert intervals.byar(one["x"]) == pytest.approx((one["lo"], one["hi"]), abs=oracles["byar"]["tol"])
        checked += 1
    assert checked == 12


def test_small_counts_get_the_exact_poisson_interval() -> None:
    # Printed in tables of exact Poisson limits (Garwood).
    for x, lower, upper in ((0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (9, 4.1154, 17.0848)):
        assert intervals.of_count(x) == (
            pytest.approx(lower, abs=5e-5),
            pytest.approx(upper, abs=5e-5),
            "exact_poisson",
        )
    assert intervals.of_count(10)[2] == "byar"


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_between_zero_and_one(shares: tuple[int, int]) -> None:
    x, n = shares
    lower, upper = intervals.wilson(x, n)
    assert 0 <= lower <= x / n + 1e-12 and x / n - 1e-12 <= upper <= 1


@given(st.dictionaries(st.integers(0, 60), st.integers(1, 50), min_size=1), st.sampled_from([0.5, 0.9]))
def test_the_interval_of_a_quantile_holds_it(histogram: dict[int, int], q: float) -> None:
    between = intervals.order_statistic(histogram, q)
    if between is not None:
        value = intervals.quantile(histogram, q)
        assert value is not None and between[0] <= value <= between[1]


def test_whole_quarters_are_told_in_both_calendars() -> None:
    for token in ("2026-Q1", "2026-Q4", "2026-H1", "2026-9M", "2026"):
        for calendar in ("calendar", "report"):
            period = parse(token, calendar)  # type: ignore[arg-type]
            assert scope.whole_quarters(period.start, period.end)
    assert not scope.whole_quarters(parse("2026-02").start, parse("2026-02").end)
