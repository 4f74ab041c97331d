"""The same question over periods: answer rows lined up with their periods, and the points of a line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.model import Calendar, Metric
from metrics.periods import Period, parse
from ui import charts, figures
from ui.reader import CHANGE_DAY
from ui.text import Text
from ui.view import short_label


def lined_up(
    rows: Sequence[Any], names: Sequence[str], tokens: Sequence[str], calendar: Calendar
) -> dict[str, list[Any]]:
    """Return per metric one row per period, None where there is none; a cut period keeps its later side."""
    found = {(r.metric, r.period_end): r for r in rows}
    return {name: [found.get((name, parse(t, calendar).end)) for t in tokens] for name in names}


def is_running(row: Any) -> bool:
    """Return whether the row's period goes on after the data's last day."""
    return row is not None and any(r.code == "provisional" for r in row.reasons)


def points(
    metric: Metric, rows: Sequence[Any], tokens: Sequence[str], calendar: Calendar, text: Text
) -> tuple[charts.Point, ...]:
    """Return the points of a line, told apart by whether the period lies before or after the change of units."""
    made = []
    for token, row in zip(tokens, rows, strict=True):
        period: Period = parse(token, calendar)
        value = row.value if row is not None and row.is_shown else None
        hover = f"<b>{period.name(text.lang)}</b><br>{figures.value_text(metric, row, text.lang)}"
        detail = figures.detail_text(metric, row, text)
        made.append(
            charts.Point(
                short_label(token),
                period.start,
                value,
                row.lower if value is not None else None,
                row.upper if value is not None else None,
                int(period.end >= CHANGE_DAY),
                f"{hover}<br>{detail}" if detail else hover,
                is_running(row),
            )
        )
    return tuple(made)


def last_label(tokens: Sequence[str], calendar: Calendar, text: Text) -> str:
    """Return the name of the last period for the middle of a sentence."""
    name = parse(tokens[-1], calendar).name(text.lang)
    return name[:1].lower() + name[1:]
