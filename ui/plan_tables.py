"""Targets and events as tables, and what was done on their page: set, withdrawn, restored. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from metrics import catalogue
from metrics.analysis.events import Event
from metrics.notes import word
from metrics.plan import Target
from ui import numbers, tables
from ui.plan import Line, Names, last_day, metric_name, summary, who_said, whom, written
from ui.text import Text


def targets_table(lines: Sequence[Line], names: Names, text: Text) -> tables.Table:
    """Return one row per target; its value as it is written, with its unit of measure beside it."""
    kinds: tuple[tuple[str, tables.Kind], ...] = (
        ("metric", "text"), ("whom", "text"), ("value", "decimal"), ("unit", "text"), ("first", "date"),
        ("last", "date"), ("state", "text"), ("who", "text"), ("set_on", "date"), ("document", "text"),
        ("confirmed", "text"), ("note", "text"), ("origin", "text"),
    )  # fmt: skip
    rows = []
    for line in lines:
        one = line.of
        assert isinstance(one, Target)
        metric = catalogue.metrics().get(one.metric)
        rows.append(
            (
                metric_name(one.metric, text), whom(one, names, text),
                written(one.value, metric) if metric else one.value,
                word("unit", metric.unit, text.lang) if metric else None, one.valid_from, last_day(one),
                text(f"plan.state.{line.state}"), *_written_by(line, names, text), one.source or None,
                text("plan.confirmed.yes" if one.is_confirmed else "plan.confirmed.no"), line.note or None,
                _origin(line, text),
            )
        )  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"plan.columns.{n}"), kind) for n, kind in kinds), tuple(rows))


def events_table(lines: Sequence[Line], names: Names, text: Text) -> tables.Table:
    """Return one row per event."""
    kinds: tuple[tuple[str, tables.Kind], ...] = (
        ("day", "date"), ("words", "text"), ("metric", "text"), ("whom", "text"), ("rebases", "text"),
        ("state", "text"), ("who", "text"), ("set_on", "date"), ("document", "text"), ("owner", "text"),
        ("origin", "text"),
    )  # fmt: skip
    rows = []
    for line in lines:
        one = line.of
        assert isinstance(one, Event)
        rows.append(
            (
                one.day, one.text(text.lang), metric_name(one.metric, text), whom(one, names, text),
                text("plan.rebases.yes" if one.rebases else "plan.rebases.no"), text(f"plan.state.{line.state}"),
                *_written_by(line, names, text), one.cite or None, one.owner or None, _origin(line, text),
            )
        )  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"plan.columns.{n}"), kind) for n, kind in kinds), tuple(rows))


def history_table(lines: Sequence[Line], names: Names, text: Text) -> tables.Table:
    """Return one row per thing that was done on the page: set, withdrawn, restored; the newest first."""
    done: list[tuple[str, str, str, Line]] = []
    for line in (one for one in lines if not one.is_filed):
        done.append((line.at, "set", line.of.who, line))
        done += [(t.at, "withdrawn" if t.is_withdrawn else "restored", t.who, line) for t in line.turns]
    kinds: tuple[tuple[str, tables.Kind], ...] = (
        ("done_on", "date"), ("time", "text"), ("done", "text"), ("what", "text"), ("who", "text"),
    )  # fmt: skip
    rows = []
    # sorted, then turned: of two in one second the later one comes first too
    for at, what, who, line in sorted(done, key=lambda d: d[0])[::-1]:
        moment = datetime.fromisoformat(at)
        rows.append(
            (moment.date(), numbers.clock(moment), text(f"plan.done.{what}"), summary(line.of, names, text),
             who_said(who, text, names))
        )  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"plan.columns.{n}"), kind) for n, kind in kinds), tuple(rows))


def _written_by(line: Line, names: Names, text: Text) -> tuple[str | None, date | None]:
    """Return who wrote a line and when; of the reference file nobody is known."""
    return (None, None) if line.is_filed else (who_said(line.of.who, text, names), line.of.set_on)


def _origin(line: Line, text: Text) -> str:
    if line.is_filed:
        return text("plan.origin.file")
    return text("plan.origin.own" if line.is_units_own else "plan.origin.page")
