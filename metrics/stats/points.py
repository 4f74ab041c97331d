"""Points of a rate on the scale of Decision 766/QĐ-TTg, in points of the indicator's maximum."""

from __future__ import annotations


def points(rate: float, max_points: float, target: float | None = None) -> float:
    """Return the points that a rate (0–1) reaches of an indicator's maximum.

    With a target (0–1): full points at or above it, below it `rate ÷ target × max_points`. Without one the scale is
    linear, `rate × max_points` (FD766; one provincial system gives a fixed share of the maximum below the target
    instead, whatever the rate: not copied).

    >>> points(0.9, 20), points(0.25, 6, target=0.5), points(0.72, 6, target=0.5)
    (18.0, 3.0, 6.0)
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate is between 0 and 1, not {rate}")
    if target is None:
        return rate * max_points
    if not 0 < target <= 1:
        raise ValueError(f"a target is above 0 and at most 1, not {target}")
    return float(max_points) if rate >= target else rate / target * max_points
