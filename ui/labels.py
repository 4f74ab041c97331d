"""Names beside points: placed so that none lies over another, on the narrowest plot that is drawn. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ui.text import Text

LETTER, LINE = 6.6, 16.0
"""Pixels of a letter and of a line at 12 px; Vietnamese stacks marks, so lines are tall."""
GAP = 9.0
MARK = 6.0


def level(name: str, text: Text) -> str:
    """Return a level in the middle of a sentence; a province's own grouping by its own name."""
    return text(f"level.{name}").lower() if text.has(f"level.{name}") else name


@dataclass(frozen=True)
class Spot:
    """A point that wants a name: pixels from the left and from the top of the plot."""

    key: str
    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Label:
    """Where a name stands: which of its ends lies at the point, and how far from it."""

    key: str
    x_anchor: Literal["left", "right", "center"]
    y_anchor: Literal["middle", "top", "bottom"]
    x_shift: float
    y_shift: float
    """Down is positive."""


@dataclass(frozen=True)
class _Box:
    left: float
    right: float
    top: float
    bottom: float

    def touches(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def _candidates(spot: Spot) -> list[tuple[Label, _Box]]:
    width = LETTER * len(spot.name)
    sideways = [
        (Label(spot.key, "left", "middle", GAP, 0), spot.x + GAP, spot.y - LINE / 2),
        (Label(spot.key, "right", "middle", -GAP, 0), spot.x - GAP - width, spot.y - LINE / 2),
        (Label(spot.key, "center", "top", 0, GAP), spot.x - width / 2, spot.y + GAP),
        (Label(spot.key, "center", "bottom", 0, -GAP), spot.x - width / 2, spot.y - GAP - LINE),
        (Label(spot.key, "left", "top", 2, GAP), spot.x + 2, spot.y + GAP),
        (Label(spot.key, "right", "top", -2, GAP), spot.x - 2 - width, spot.y + GAP),
    ]
    return [(label, _Box(x, x + width, y, y + LINE)) for label, x, y in sideways]


def placed(
    spots: Sequence[Spot], width: float, height: float, others: Sequence[tuple[float, float]] = ()
) -> list[Label]:
    """Return a label for each spot that has room, the first spots first; a name without room is left to the hover.

    Names never lie over each other or over a named point, and over as few of the `other` points as can be.

    >>> [l.x_anchor for l in placed([Spot("a", "Xã A", 10, 50), Spot("b", "Xã B", 290, 50)], 300, 300)]
    ['left', 'right']
    >>> placed([Spot("a", "Xã A", 100, 50)], 300, 300, others=[(120, 50), (80, 50)])[0].y_anchor
    'top'
    >>> len(placed([Spot(str(i), "Xã Rất Dài Tên", 150, 100) for i in range(9)], 300, 300)) < 9
    True
    """
    marks = [(s.key, _around(s.x, s.y)) for s in spots]
    points = [_around(x, y) for x, y in others]
    taken: list[_Box] = []
    made = []
    for spot in spots:
        best: tuple[int, Label, _Box] | None = None
        for label, box in _candidates(spot):
            inside = box.left >= 0 and box.right <= width and box.top >= -LINE and box.bottom <= height
            clear = not any(box.touches(other) for other in taken)
            clear = clear and not any(box.touches(mark) for key, mark in marks if key != spot.key)
            if not (inside and clear):
                continue
            covered = sum(box.touches(point) for point in points)
            if best is None or covered < best[0]:
                best = covered, label, box
        if best is not None:
            made.append(best[1])
            taken.append(best[2])
    return made


def _around(x: float, y: float) -> _Box:
    return _Box(x - MARK / 2, x + MARK / 2, y - MARK / 2, y + MARK / 2)
