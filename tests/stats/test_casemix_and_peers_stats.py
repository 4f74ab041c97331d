"""Expected cases by mix, and units like one another."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from metrics.stats import casemix, changes, peers


@pytest.mark.parametrize("module", [casemix, changes, peers])
def test_examples_of_mixes_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def test_expected_and_observed_agree_over_all_units_together() -> None:
    rng = np.random.default_rng(2)
    procedures = [f"p{i}" for i in range(40)]
    settled = [dict(zip(procedures, rng.integers(0, 60, 40).tolist(), strict=True)) for _ in range(20)]
    late = [{p: int(rng.binomial(n, 0.1)) for p, n in unit.items()} for unit in settled]
    total = {p: sum(u[p] for u in settled) for p in procedures}
    total_late = {p: sum(u[p] for u in late) for p in procedures}
    fields = {p: f"f{i % 3}" for i, p in enumerate(procedures)}
    whole = casemix.strata(total_late, total, fields, fewest=500)
    assert any(s.startswith("field:") for s in whole.stratum_of.values())
    assert sum(casemix.expected(u, whole) for u in settled) == pytest.approx(sum(total_late.values()))


def test_a_unit_that_is_late_as_often_as_the_province_in_each_procedure_is_as_expected() -> None:
    whole = casemix.strata({"land": 300, "birth": 10}, {"land": 1000, "birth": 1000}, {})
    observed = 30 + 1
    found = casemix.ratio(observed, casemix.expected({"land": 100, "birth": 100}, whole))
    assert found.expected == pytest.approx(31) and found.value == pytest.approx(1) and not found.is_apart


def test_a_gap_made_by_a_hard_mix_is_explained_by_it() -> None:
    whole = casemix.strata({"land": 300, "birth": 10}, {"land": 1000, "birth": 1000}, {})
    own = casemix.expected({"land": 90, "birth": 10}, whole) / 100
    found = casemix.gap(own, own, 310 / 2000)
    assert found.total > 0.1 and found.explained == pytest.approx(1)


def test_a_gap_against_the_mix_has_no_share_to_tell() -> None:
    assert casemix.gap(0.02, 0.09, 0.05).explained is None
    assert casemix.gap(0.06, 0.09, 0.05).explained is None


def test_small_fields_end_in_one_group() -> None:
    whole = casemix.strata({}, {"a": 1000, "b": 3, "c": 4}, {"b": "x", "c": "y"})
    assert whole.stratum_of["b"] == whole.stratum_of["c"] == "field:"


def test_a_unit_of_another_kind_is_further_away_than_the_same_unit_of_its_own() -> None:
    found = peers.distances([100, 120, 120, 900], [[5, 5], [6, 5], [6, 5], [1, 9]], ["xã", "phường", "xã", "xã"], 0)
    assert peers.nearest(found, 0, 1) == [2]
    assert found.total[1] == pytest.approx(found.total[2] + peers.OTHER_KIND)


def test_units_without_cases_have_distances_too() -> None:
    found = peers.distances([0, 0, 10], [[0, 0], [0, 0], [1, 1]], ["xã"] * 3, 0)
    assert np.isfinite(found.total).all()


def test_a_change_of_a_small_share_is_judged_by_its_exact_chance() -> None:
    rng = np.random.default_rng(21)
    n1, n0 = rng.integers(30, 400, 4000), rng.integers(30, 400, 4000)
    z = changes.signed_z(rng.binomial(n1, 0.97), n1, rng.binomial(n0, 0.97), n0)
    assert np.mean(np.abs(z) > 1.96) < 0.055 and np.mean(np.abs(z) > 3.09) < 0.003
    assert abs(z.mean()) < 0.05


def test_a_move_that_all_units_make_together_is_no_spread_between_them() -> None:
    rng = np.random.default_rng(22)
    assert changes.dispersion(rng.normal(-4, 1, 200)) < 1.3
    assert changes.dispersion(rng.normal(0, 2, 2000)) == pytest.approx(4, rel=0.1)
