"""What a control chart says in a word: variation (of a month) and assurance (of a target). Pure.

After the icons of NHS Making Data Count: blue improvement, orange concern, grey ordinary variation; a target that is
consistently met, consistently missed, or hit and missed by chance. No verdict on a neutral metric or on trial limits.
"""

from __future__ import annotations

from typing import Literal

Variation = Literal["improvement", "concern", "ordinary", "high", "low", "none"]
Assurance = Literal["passing", "failing", "hit_and_miss", "none"]


def variation(side: int, direction: str, is_trial: bool = False) -> Variation:
    """Return what a month is: side 1 is a signal upwards, −1 downwards, 0 none.

    A neutral metric has no good side: it is only said to be high or low.

    >>> variation(-1, "higher_is_better"), variation(-1, "lower_is_better"), variation(1, "neutral")
    ('concern', 'improvement', 'high')
    >>> variation(0, "higher_is_better"), variation(-1, "higher_is_better", is_trial=True)
    ('ordinary', 'none')
    """
    if is_trial:
        return "none"
    if side == 0:
        return "ordinary"
    if direction == "neutral":
        return "high" if side > 0 else "low"
    return "improvement" if (side > 0) == (direction == "higher_is_better") else "concern"


def assurance(lower: float, upper: float, target: float | None, direction: str, is_trial: bool = False) -> Assurance:
    """Return whether the process as it runs meets the target: both limits on the good side, the bad one, or neither.

    >>> assurance(0.96, 0.99, 0.95, "higher_is_better"), assurance(0.90, 0.94, 0.95, "higher_is_better")
    ('passing', 'failing')
    >>> assurance(0.90, 0.97, 0.95, "higher_is_better"), assurance(2.0, 4.0, 5.0, "lower_is_better")
    ('hit_and_miss', 'passing')
    >>> assurance(0.90, 0.97, 0.95, "neutral"), assurance(0.96, 0.99, 0.95, "higher_is_better", is_trial=True)
    ('none', 'none')
    """
    if target is None or direction == "neutral" or is_trial:
        return "none"
    if direction == "lower_is_better":
        return "passing" if upper <= target else "failing" if lower > target else "hit_and_miss"
    return "passing" if lower >= target else "failing" if upper < target else "hit_and_miss"
