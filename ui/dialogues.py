"""Dialogues since the year began: how many units held none, one, two or more; the finding and the table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from ui import charts, numbers, theme
from ui.text import Text

MOST = 3
"""The last class: so many dialogues or more."""


@dataclass(frozen=True)
class Spread:
    """Units by number of dialogues on record; `silent` have sent nothing and are in no class."""

    counts: tuple[int, ...]
    silent: int

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def met(self) -> int:
        """How many units have at least one on record."""
        return self.n - self.counts[0]


def year_to_date(end: date) -> str:
    """Return the token of the year up to the month in which a period ends.

    >>> year_to_date(date(2026, 10, 14))
    '2026-10-YTD'
    """
    return f"{end:%Y-%m}-YTD"


def spread(rows: Sequence[Any]) -> Spread:
    """Return how many units have none, one, two, and so on, from one count per unit."""
    known = [min(int(r.value), MOST) for r in rows if r.is_shown and r.value is not None]
    silent = sum(r.status == "not_sent" for r in rows)
    return Spread(tuple(known.count(i) for i in range(MOST + 1)), silent)


def title(found: Spread, text: Text) -> str:
    """Return the finding."""
    key = "friendly.dialogues.title_all" if found.met == found.n else "friendly.dialogues.title"
    return text(key, met=numbers.integer(found.met, text.lang), n=numbers.integer(found.n, text.lang))


def subtitle(found: Spread, where: str, when: str, text: Text) -> str:
    """Return what, where and when, and who is not in it."""
    said = text("friendly.dialogues.subtitle", where=where, when=when)
    return f"{said} {text('friendly.dialogues.silent', n=found.silent)}" if found.silent else said


@lru_cache(maxsize=64)
def figure(found: Spread, text: Text) -> go.Figure:
    """Return one bar per number of dialogues, its length the number of units."""
    names = [text(f"friendly.dialogues.class{i}", n=i) for i in range(MOST + 1)]
    data = {
        "type": "bar",
        "orientation": "h",
        "x": list(found.counts),
        "y": names,
        "marker": {"color": [theme.NO_DATA if i == 0 else theme.ACCENT for i in range(MOST + 1)],
                   "line": {"color": theme.ORDINARY, "width": [1 if i == 0 else 0 for i in range(MOST + 1)]}},
        "text": [numbers.integer(n, text.lang) for n in found.counts],
        "textposition": "outside",
        "textfont": {"size": 12, "color": theme.INK},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }  # fmt: skip
    axis = {"fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False, "title": None}
    return go.Figure(
        {
            "data": [data],
            "layout": charts.layout(
                charts.Style(unit="units", lang=text.lang),
                180,
                bargap=0.35,
                margin={"l": 8, "r": 40, "t": 8, "b": 8},
                xaxis=axis | {"range": [0, max([*found.counts, 1]) * 1.12], "showticklabels": False},
                yaxis=axis
                | {"type": "category", "autorange": "reversed", "tickfont": charts.NAMES, "ticksuffix": "  "},
            ),
        }
    )
