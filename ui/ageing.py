"""How late what is pending is: columns by working days past the due date, with the rest in words. Pure."""

from __future__ import annotations

from functools import lru_cache

import plotly.graph_objects as go

from metrics.analysis.ageing import SOON, AgeClass, Ageing
from ui import charts, numbers, tables, theme
from ui.text import Text

LONG = 21
"""Working days from which a case counts as long overdue in the title: about a month."""
HEIGHT = 300


def label(one: AgeClass, text: Text) -> str:
    """Return a class of days as "6–10", the last one as "61 or more"."""
    if one.last is None:
        return text("ageing.class_open", first=one.first)
    return text("ageing.class", first=one.first, last=one.last)


def title(found: Ageing, text: Text) -> str:
    """Return how many are overdue, and how many of them for long."""
    if not found.n_overdue:
        return text("ageing.title_none")
    long = sum(c.n for c in found.classes if c.first >= LONG)
    return text(
        "ageing.title",
        overdue=numbers.integer(found.n_overdue, text.lang),
        long=numbers.integer(long, text.lang),
        from_day=LONG,
    )


def sentence(found: Ageing, text: Text) -> str:
    """Return the pending in parts that add up to it."""

    def n(count: int) -> str:
        return numbers.integer(count, text.lang)

    if found.n_overdue:
        overdue = text(
            "ageing.overdue",
            n=n(found.n_overdue),
            median=numbers.decimal(found.median, 0 if float(found.median or 0).is_integer() else 1, text.lang),
            longest=n(found.longest or 0),
        )
    else:
        overdue = text("ageing.overdue_none")
    parts = [overdue, text("ageing.soon", n=n(found.n_due_soon), days=SOON), text("ageing.later", n=n(found.n_later))]
    parts += [text("ageing.waiting", n=n(found.n_waiting))] if found.n_waiting else []
    parts += [text("ageing.undated", n=n(found.n_undated))] if found.n_undated else []
    parts += [text("ageing.untold", n=n(found.n_untold))] if found.n_untold else []
    return text("ageing.sentence", pending=n(found.n_pending), parts="; ".join(parts))


def figure(found: Ageing, text: Text) -> go.Figure:
    """Return columns of overdue cases by class of working days."""
    return drawn(tuple((label(c, text), c.n) for c in found.classes), text("ageing.axis"), text.lang)


@lru_cache(maxsize=64)
def drawn(classes: tuple[tuple[str, int], ...], axis: str, lang: str) -> go.Figure:
    """Return the columns; counts start at zero, and each column carries its number."""
    style = charts.Style(unit="cases", lang=lang)
    names, counts = [name for name, _ in classes], [n for _, n in classes]
    return go.Figure(
        {
            "data": [
                {"type": "bar", "x": names, "y": counts, "marker": {"color": theme.ACCENT},
                 "text": [numbers.integer(n, lang) for n in counts], "textposition": "outside",
                 "textfont": {"color": theme.INK, "size": 12}, "cliponaxis": False,
                 "hovertext": [f"{axis}: {name}<br>{numbers.integer(n, lang)}" for name, n in classes],
                 "hoverinfo": "text"}
            ],
            "layout": charts.layout(
                style,
                HEIGHT,
                bargap=0.25,
                margin={"l": 8, "r": 8, "t": 24, "b": 8},
                xaxis={"type": "category", "fixedrange": True, "automargin": True, "showgrid": False,
                       "title": {"text": axis, "font": charts.QUIET}, "tickfont": charts.NAMES, "tickangle": 0},
                yaxis={"fixedrange": True, "automargin": True, "rangemode": "tozero", "showgrid": True,
                       "zeroline": False, "title": None, "tickfont": charts.QUIET}
                | charts.counted(max(counts, default=0)),
            ),
        }
    )  # fmt: skip


def table(found: Ageing, text: Text) -> tables.Table:
    """Return every part of the pending; the counts add up to it."""
    rest = (
        (text("ageing.in_time", days=SOON), found.n_due_soon),
        (text("ageing.in_time_later"), found.n_later),
        (text("ageing.in_time_waiting"), found.n_waiting),
        (text("ageing.in_time_undated"), found.n_undated),
    )
    columns = (tables.Column(text("ageing.column")), tables.Column(text("ageing.column_n"), "count"))
    return tables.Table(columns, (*((label(c, text), c.n) for c in found.classes), *rest))
