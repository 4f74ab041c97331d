"""The roles that colours play in charts, and the sign of a change.

A role is one of Streamlit's placeholder colours: its front end replaces them with the chart colours of the theme in
force (`.streamlit/config.toml`), so a figure is built once and is right in light, in dark, and when one turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ACCENT = "#000001"
ORDINARY = "#000002"
CONCERN = "#000003"
IMPROVEMENT = "#000004"
FAINT = "#000005"
INK = "#000006"
BAND = "#000007"
RULE = "#000008"
NO_DATA = "#000009"
ACCENT_SOFT = "#000010"

SEQUENTIAL = [
    "#000011",
    "#000012",
    "#000013",
    "#000014",
    "#000015",
    "#000016",
    "#000017",
    "#000018",
    "#000019",
    "#000020",
]

Word = Literal["improvement", "concern", "ordinary", "neutral", "unknown"]


@dataclass(frozen=True)
class Sign:
    """A colour, and the icon and word that say the same without colour."""

    word: Word
    colour: str
    icon: str


SIGNS: dict[Word, Sign] = {
    "improvement": Sign("improvement", IMPROVEMENT, "✓"),
    "concern": Sign("concern", CONCERN, "!"),
    "ordinary": Sign("ordinary", ORDINARY, "●"),
    "neutral": Sign("neutral", ORDINARY, "●"),
    "unknown": Sign("unknown", FAINT, "○"),
}


def for_change(delta: float | None, direction: str, is_clear: bool) -> Sign:
    """Return the sign of a change: none without a direction, ordinary while it is within the noise.

    >>> for_change(0.05, "higher_is_better", True).word, for_change(0.05, "lower_is_better", True).word
    ('improvement', 'concern')
    >>> for_change(0.05, "higher_is_better", False).word, for_change(0.05, "neutral", True).word
    ('ordinary', 'neutral')
    """
    if delta is None:
        return SIGNS["unknown"]
    if direction == "neutral":
        return SIGNS["neutral"]
    if not is_clear or delta == 0:
        return SIGNS["ordinary"]
    is_better = (delta > 0) == (direction == "higher_is_better")
    return SIGNS["improvement" if is_better else "concern"]
