"""Indirect standardisation: what a unit's mix of procedures would lead one to expect, beside what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from metrics import intervals
from metrics.model import Method

POOLED_BELOW = 30
"""Procedures of fewer cases in the whole province are taken together by field: a unit would be held to itself."""
REST = ""
"""Name of the group in which what even its field has too few of is taken together."""


@dataclass(frozen=True)
class Ratio:
    """Cases seen over cases expected; 1 is as expected, the interval is that of a count."""

    observed: int
    expected: float
    value: float | None
    lower: float | None
    upper: float | None
    method: Method

    @property
    def is_apart(self) -> bool:
        """Return whether chance of this size does not explain the difference from 1."""
        return self.lower is not None and self.upper is not None and not self.lower <= 1 <= self.upper


def ratio(observed: int, expected: float) -> Ratio:
    """Return observed over expected with the exact (under ten) or Byar's interval of the count.

    >>> found = ratio(65, 50.0)
    >>> [round(v, 3) for v in (found.value, found.lower, found.upper)], found.method, found.is_apart
    ([1.3, 1.003, 1.657], 'byar', True)
    >>> ratio(0, 0.0).value is None
    True
    """
    if expected <= 0:
        return Ratio(observed, expected, None, None, None, "none")
    lower, upper, method = intervals.of_count(observed)
    return Ratio(observed, expected, observed / expected, lower / expected, upper / expected, method)


@dataclass(frozen=True)
class Strata:
    """Late and all cases of the whole province per stratum, small procedures taken together; and who lies in which."""

    late: Mapping[str, int]
    settled: Mapping[str, int]
    stratum_of: Mapping[str, str]

    def rate(self, procedure: str) -> float:
        """Return the share of late cases that the province has in this procedure's stratum."""
        stratum = self.stratum_of[procedure]
        return self.late[stratum] / self.settled[stratum]


def strata(
    late: Mapping[str, int], settled: Mapping[str, int], field_of: Mapping[str, str], fewest: int = POOLED_BELOW
) -> Strata:
    """Return the strata of a province's procedures; late and expected cases of all units together stay equal.

    >>> found = strata({"a": 10, "b": 1, "c": 0}, {"a": 100, "b": 20, "c": 20}, {"b": "land", "c": "land"})
    >>> found.rate("a"), found.rate("b"), found.stratum_of["c"]
    (0.1, 0.025, 'field:land')
    """
    stratum_of: dict[str, str] = {}
    for procedure, n in settled.items():
        field = field_of.get(procedure, REST)
        stratum_of[procedure] = f"procedure:{procedure}" if n >= fewest else f"field:{field}"
    settled_in = _sums(late, settled, stratum_of)[1]
    for procedure, stratum in stratum_of.items():
        if settled_in[stratum] < fewest:
            stratum_of[procedure] = f"field:{REST}"
    return Strata(*_sums(late, settled, stratum_of), stratum_of)


def _sums(
    late: Mapping[str, int], settled: Mapping[str, int], stratum_of: Mapping[str, str]
) -> tuple[dict[str, int], dict[str, int]]:
    late_in: dict[str, int] = {}
    settled_in: dict[str, int] = {}
    for procedure, stratum in stratum_of.items():
        late_in[stratum] = late_in.get(stratum, 0) + late.get(procedure, 0)
        settled_in[stratum] = settled_in.get(stratum, 0) + settled[procedure]
    return late_in, settled_in


def expected(settled: Mapping[str, int], whole: Strata) -> float:
    """Return how many late cases a unit would have if each of its procedures were late as often as in the province."""
    return sum(n * whole.rate(procedure) for procedure, n in settled.items())


@dataclass(frozen=True)
class Gap:
    """A unit's rate less the province's, split into what its mix explains and what remains; shares, 0–1."""

    total: float
    by_mix: float
    rest: float

    @property
    def explained(self) -> float | None:
        """Return the share of the gap that the mix explains, where it points the same way and does not exceed it."""
        if self.total == 0 or self.by_mix * self.total < 0 or abs(self.by_mix) > abs(self.total):
            return None
        return self.by_mix / self.total


def gap(own: float, expected_rate: float, overall: float) -> Gap:
    """Return the gap between a unit's rate and the province's, split at the rate that its mix leads one to expect.

    >>> found = gap(0.08, 0.05, 0.04)
    >>> round(found.total, 3), round(found.by_mix, 3), round(found.rest, 3), round(found.explained, 2)
    (0.04, 0.01, 0.03, 0.25)
    >>> gap(0.03, 0.05, 0.04).explained is None
    True
    """
    return Gap(own - overall, expected_rate - overall, own - expected_rate)
