"""Which months of a control chart are signals: the four rules of NHS Making Data Count, and Anhøj's two. Pure.

The rules are those that R's NHSRplotthedots 0.2.2 codes, on arrays whose last axis is time:

1. a point beyond a limit;
2. seven in a row on one side of the centre (a point on the centre breaks the run);
3. seven points all rising or all falling (six steps);
4. two of three points in the outer third, all three on the same side.

Every point of a run is marked, of rule 4 those in the outer third. Where several apply, the first of 1, 3, 4, 2 names
the signal.

One thing is our own. A count of whole cases is never quite on its centre, and where late cases are few it lies on one
side of it far more often than half the time: with one late case expected a month, 22 % of stable units show a run of
seven within 24 months, and 9 % of all months are marked. So a count within half a case of what the centre expects lies
on the centre (`tolerance`): 1 % and 1 %. At n = 300 and 95 % it takes the months marked from 3.2 % to 1.6 %, and the
planted drop of five points is found as soon. Values that are not counts have no tolerance, as in the original.
`python -m benchmarks.worlds_control` measures all of this.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.stats.control import SIGMAS, Limits

RUN = 7
ORDER = (1, 3, 4, 2)
OUTER = 2.0
"""The outer third begins two standard errors from the centre and ends at the limit."""
ROUNDING = 1e-9
"""What arithmetic leaves of a point that lies on a line."""
Signs = NDArray[np.int8]


@dataclass(frozen=True)
class Signals:
    """Per point the rule that names its signal (0: none), and the side it speaks of (1 high, −1 low)."""

    rule: Signs
    side: Signs


def making_data_count(limits: Limits, tolerance: ArrayLike = 0.0) -> Signals:
    """Return the signals of a chart; `tolerance` is the distance from the centre, in values, that counts as on it.

    >>> from metrics.stats.control import xmr
    >>> found = making_data_count(xmr([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]))
    >>> [(i, int(r), int(s)) for i, (r, s) in enumerate(zip(found.rule, found.side)) if r]
    [(4, 1, 1)]
    """
    away = limits.values - limits.centre
    side = np.where(np.abs(away) <= np.asarray(tolerance) + ROUNDING, 0, np.sign(away)).astype(np.int8)
    z = limits.z
    found = {1: beyond(z), 2: run(side), 3: trend(limits.values), 4: two_of_three(z, side)}
    rule = np.zeros(side.shape, np.int8)
    sign = np.zeros(side.shape, np.int8)
    for number in ORDER:
        fresh = (rule == 0) & (found[number] != 0)
        rule[fresh] = number
        sign[fresh] = found[number][fresh]
    return Signals(rule, sign)


def beyond(z: NDArray[np.float64]) -> Signs:
    """Return 1 above the upper limit, −1 below the lower."""
    return ((z > SIGMAS + ROUNDING).astype(np.int8) - (z < -SIGMAS - ROUNDING).astype(np.int8)).astype(np.int8)


def run(side: Signs) -> Signs:
    """Return every point of seven or more in a row on one side of the centre."""
    return _windows(side == 1, RUN).astype(np.int8) - _windows(side == -1, RUN).astype(np.int8)


def trend(values: NDArray[np.float64]) -> Signs:
    """Return every point of seven or more that all rise (1) or all fall (−1); a turn belongs to what follows."""
    steps = np.sign(np.diff(values, axis=-1))
    moved = {sign: _windows(steps == sign, RUN - 1) for sign in (-1, 1)}
    found = np.zeros(values.shape, np.int8)
    for ends in (found[..., 1:], found[..., :-1]):
        for sign, steps_of in moved.items():
            ends[steps_of] = sign
    return found


def two_of_three(z: NDArray[np.float64], side: Signs) -> Signs:
    """Return the points in the outer third where at least two of three are, with all three on one side."""
    outer = (np.abs(z) > OUTER + ROUNDING) & (np.abs(z) <= SIGMAS + ROUNDING)
    found = np.zeros(side.shape, np.int8)
    for sign in (-1, 1):
        same, close = _stacked(side == sign, 3), _stacked(outer & (side == sign), 3)
        windows: NDArray[np.bool_] = np.logical_and(same.all(axis=-1), close.sum(axis=-1) >= 2)
        holds = _spread(windows, 3, side.shape[-1])
        found[holds & outer & (side == sign)] = sign
    return found


def _stacked(flags: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Return each window of consecutive points as a row of its own; none where there are too few."""
    if flags.shape[-1] < size:
        return np.zeros((*flags.shape[:-1], 0, size), bool)
    return np.lib.stride_tricks.sliding_window_view(flags, size, axis=-1)


def _spread(holds: NDArray[np.bool_], size: int, length: int) -> NDArray[np.bool_]:
    """Return the points that lie in any window that holds."""
    found = np.zeros((*holds.shape[:-1], length), bool)
    for offset in range(size):
        found[..., offset : offset + holds.shape[-1]] |= holds
    return found


def _windows(flags: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Return the points of every run of at least `size` true flags."""
    return _spread(np.asarray(_stacked(flags, size).all(axis=-1)), size, flags.shape[-1])


@dataclass(frozen=True)
class Anhoej:
    """Two tests that need no limits: the longest run about the median, and how often the line crosses it."""

    longest: int
    longest_most: int
    crossings: int
    crossings_least: int

    @property
    def is_signal(self) -> bool:
        return self.longest > self.longest_most or self.crossings < self.crossings_least


def anhoej_limits(points: int) -> tuple[int, int]:
    """Return the longest run and the fewest crossings that chance allows to points off the median (Anhøj 2014).

    >>> anhoej_limits(24)
    (8, 8)
    """
    longest = round(math.log2(points)) + 3
    steps, below, least = points - 1, 0.0, 0
    for crossings in range(steps + 1):
        below += math.comb(steps, crossings) / 2**steps
        least = crossings
        if below >= 0.05:
            break
    return longest, least


def anhoej(values: ArrayLike) -> Anhoej | None:
    """Return Anhøj's two tests of a series, None where fewer than two values differ from the median.

    >>> anhoej([1, 1, 1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9, 9, 9]).is_signal
    True
    """
    y = np.asarray(values, float)
    side = np.sign(y - np.median(y))
    side = side[side != 0]
    if len(side) < 2:
        return None
    changes = np.flatnonzero(np.diff(side))
    runs = np.diff([-1, *changes, len(side) - 1])
    longest_most, crossings_least = anhoej_limits(len(side))
    return Anhoej(int(runs.max()), longest_most, len(changes), crossings_least)
