"""Weeks with reception by the chair, month by unit: the matrix, its finding, and the table behind it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from metrics.model import Calendar
from metrics.periods import parse
from ui import charts, numbers, tables, theme
from ui.text import Text
from ui.view import short_label

MOST = 24
"""Units drawn: those with a week that is not on record; the table has all."""
ROW = 24
FULL = "✓"
Cell = tuple[int, int]
"""Weeks with reception, and weeks on record."""


@dataclass(frozen=True)
class Weeks:
    """One row per unit with any week on record, one cell per month; None where nothing is on record."""

    unit_ids: tuple[str, ...]
    units: tuple[str, ...]
    months: tuple[str, ...]
    cells: tuple[tuple[Cell | None, ...], ...]

    def total(self, at: int) -> Cell:
        """Return the weeks of one unit over all months."""
        known = [c for c in self.cells[at] if c is not None]
        return sum(k for k, _ in known), sum(n for _, n in known)

    @property
    def incomplete(self) -> tuple[int, ...]:
        """Return the units with a week without reception, fewest kept first, then in the units' own order."""
        found = [i for i in range(len(self.units)) if self.total(i)[0] < self.total(i)[1]]
        return tuple(sorted(found, key=lambda i: self.total(i)[0] / self.total(i)[1]))


def weeks(rows: Sequence[Any], tokens: Sequence[str], calendar: Calendar, units: Collection[str]) -> Weeks:
    """Return the matrix from one answer row per unit and month, of these units only, in the order of the rows."""
    months = {parse(t, calendar).end: t for t in tokens}
    names: dict[str, str] = {}
    found: dict[str, dict[str, Cell]] = {}
    for row in rows:
        token = months.get(row.period_end)
        if token is None or row.unit_id not in units or not row.is_shown or not row.denominator:
            continue
        names[row.unit_id] = row.unit_name
        found.setdefault(row.unit_id, {})[token] = (int(row.numerator), int(row.denominator))
    kept = [u for u in units if u in found]
    cells = tuple(tuple(found[u].get(t) for t in tokens) for u in kept)
    return Weeks(tuple(kept), tuple(names[u] for u in kept), tuple(tokens), cells)


def drawn(found: Weeks, chosen: str) -> tuple[int, ...]:
    """Return the units to draw: those with a week without reception, and the chosen one."""
    own = [i for i, u in enumerate(found.unit_ids) if u == chosen]
    listed = [i for i in found.incomplete if i not in own][: MOST - len(own)]
    return tuple(sorted({*own, *listed}, key=lambda i: (found.incomplete + tuple(own)).index(i)))


def title(found: Weeks, calendar: Calendar, text: Text) -> str:
    """Return the finding: how many units have every week of the newest month on record; of one unit its own weeks."""
    if len(found.units) == 1:
        kept, of = found.total(0)
        return text("friendly.weeks.title_one", unit=found.units[0], kept=kept, of=of)
    at = max(i for row in found.cells for i, c in enumerate(row) if c is not None)
    known = [c for row in found.cells if (c := row[at]) is not None]
    full = sum(kept == of for kept, of in known)
    key = "friendly.weeks.title" if full < len(known) else "friendly.weeks.title_all"
    return text(key, month=parse(found.months[at], calendar).name(text.lang), n=len(known), full=full)


def subtitle(found: Weeks, where: str, chosen: str, text: Text) -> str:
    """Return what, where and when, and which units are not drawn."""
    span = {"first": short_label(found.months[0]), "last": short_label(found.months[-1])}
    said = text("friendly.weeks.subtitle", where=where, **span)
    n_drawn, part = len(drawn(found, chosen)), len(found.incomplete)
    if len(found.units) > 1 and n_drawn < len(found.units):
        said += " " + text("friendly.weeks.cut" if part > n_drawn else "friendly.weeks.only", n=n_drawn)
    return said


@lru_cache(maxsize=64)
def figure(found: Weeks, chosen: str, text: Text) -> go.Figure:
    """Return the matrix as a heat map: each cell carries a tick or the weeks without, so that colour is not alone."""
    rows = drawn(found, chosen)
    months = [short_label(m) for m in found.months]
    names = [f"<b>{found.units[i]}</b>" if found.unit_ids[i] == chosen else found.units[i] for i in rows]
    cells = [found.cells[i] for i in rows]
    empty, part, whole = theme.CONCERN, theme.BAND, theme.ACCENT_SOFT
    data = {
        "type": "heatmap",
        "x": months,
        "y": names,
        "z": [[_level(c) for c in row] for row in cells],
        "zmin": 0,
        "zmax": 2,
        "colorscale": [[0, empty], [0.33, empty], [0.33, part], [0.67, part], [0.67, whole], [1, whole]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "text": [[_sign(c) for c in row] for row in cells],
        "texttemplate": "%{text}",
        "textfont": {"size": 12},
        "hovertext": [
            [_hover(found.units[i], m, c, text) for m, c in zip(months, row, strict=True)]
            for i, row in zip(rows, cells, strict=True)
        ],
        "hoverinfo": "text",
    }
    axis = {"fixedrange": True, "automargin": True, "showgrid": False, "zeroline": False, "title": None}
    return go.Figure(
        {
            "data": [data],
            "layout": charts.layout(
                charts.Style(lang=text.lang),
                64 + ROW * max(len(rows), 1),
                xaxis=axis | {"type": "category", "side": "top", "tickfont": charts.QUIET} | charts.spaced(months, 7),
                yaxis=axis
                | {
                    "type": "category",
                    "autorange": "reversed",
                    "dtick": 1,
                    "tickfont": charts.NAMES,
                    "ticksuffix": " ",
                },
            ),
        }
    )


def _level(cell: Cell | None) -> int | None:
    if cell is None:
        return None
    return 2 if cell[0] == cell[1] else 1 if cell[0] else 0


def _sign(cell: Cell | None) -> str:
    """Return one character, for a phone has room for no more: a tick, or how many weeks are without."""
    if cell is None:
        return ""
    return FULL if cell[0] == cell[1] else str(cell[1] - cell[0])


def _hover(unit: str, month: str, cell: Cell | None, text: Text) -> str:
    said = text("friendly.weeks.none") if cell is None else text("friendly.weeks.cell", kept=cell[0], of=cell[1])
    return f"<b>{unit}</b><br>{month}: {said}"


def table(found: Weeks, text: Text) -> tables.Table:
    """Return every unit with its months and the weeks of all of them."""
    columns = [tables.Column(text("column.unit"))]
    columns += [tables.Column(text("friendly.weeks.kept"), "count"), tables.Column(text("friendly.weeks.of"), "count")]
    columns += [tables.Column(short_label(m)) for m in found.months]
    made = [
        (unit, *found.total(i), *(numbers.MISSING if c is None else f"{c[0]}/{c[1]}" for c in found.cells[i]))
        for i, unit in enumerate(found.units)
    ]
    return tables.Table(tuple(columns), tuple(made))
