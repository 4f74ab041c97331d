"""One question, one table: `ask` returns figures, `cases` the rows behind them; every page and report asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from metrics import catalogue, compile, engine, places, scope, stretches, summaries, suppression, survey
from metrics.build import PROVISIONAL, Builder
from metrics.model import Metric, Part, Query
from metrics.notes import reason
from metrics.places import Places, Snapshot
from metrics.stretches import Stretch
from metrics.table import AnswerTable, CaseTable, Row
from metrics.viewer import PROVINCE, Viewer
from warehouse import clock

__all__ = ["PROVISIONAL", "AnswerTable", "CaseTable", "Row", "ask", "cases", "histogram", "size"]


ANYONE = Viewer("viewer", name="viewer")
"""Who sees the least."""


def ask(query: Query, viewer: Viewer, snapshot: Snapshot, *, use_sums: bool = True) -> AnswerTable:
    """Return one row per metric, stretch of time, unit and split value, within what the viewer may see.

    A snapshot that keeps answers (`answers`, a page's) has each made once for all who see the same.
    """
    kept = getattr(snapshot, "answers", None)
    if kept is None or not use_sums:
        return _ask(query, viewer, snapshot, use_sums)
    asker = seen_as(query, viewer)
    key = (query, asker, snapshot.name, clock.today())
    found: AnswerTable = kept.get(key, lambda: _ask(query, asker, snapshot, use_sums))
    return found


def seen_as(query: Query, viewer: Viewer) -> Viewer:
    """Return as whom a question may be answered for a viewer: the one with the least rights who sees the same figures.

    Who sees the province sees all of it. Figures that everybody sees whole, of any unit, are what a mere viewer sees.
    """
    if viewer.sees_province:
        return PROVINCE
    asked = [catalogue.metric(name) for name in query.metrics]
    is_open = all(
        m.viewers == "all" and catalogue.sources()[m.source].dataset not in suppression.SUPPRESSED_DATASETS
        for m in asked
    )
    return ANYONE if is_open else viewer


def _ask(query: Query, viewer: Viewer, snapshot: Snapshot, use_sums: bool) -> AnswerTable:
    definitions = tuple(catalogue.metric(name) for name in query.metrics)
    scope.check_split(query)
    known = places.of(snapshot)
    times = stretches.of(query, known.data_on, clock.today())
    targets, missing = _targets(query, known, times)
    cursor = snapshot.cursor()
    counted = [d for d in definitions if d.source != survey.SOURCE and _countable(d, query, times)]
    found = _count(compile.parts(counted), query, known, times, targets, cursor, use_sums)
    scored = survey.scores([d for d in definitions if d.source == survey.SOURCE], query, times, targets, cursor)
    build = Builder(query, viewer, known, found, scored, _told(found, query, known, times, targets, cursor))
    rows: list[Row] = []
    for definition in definitions:
        for time in times:
            for unit_id in targets[time.no]:
                for value in build.split_values(definition, time, unit_id):
                    rows.append(build.row(definition, time, unit_id, value))
            if not targets[time.no] and missing:
                rows.append(build.blank(definition, time, missing, "not_available", reason("not_in_force")))
    return AnswerTable(
        suppression.suppress(rows, query, viewer),
        query,
        definitions,
        known.name,
        known.data_on,
        known.info.get("is_demo", "").lower() in ("true", "1"),
        (*found.statements, *scored.statements),
    )


def size(query: Query, snapshot: Snapshot) -> int:
    """Return of how many units, in how many stretches of time each, a question asks: its rows before any split."""
    known = places.of(snapshot)
    times = stretches.of(query, known.data_on, clock.today())
    return sum(len(units) for units in _targets(query, known, times)[0].values())


def histogram(metric: str, measure: str, query: Query, viewer: Viewer, snapshot: Snapshot) -> dict[Any, int]:
    """Return how many of the rows that a count or stock counts have each value of a column, for one unit and period.

    Empty where the viewer may not see the metric for the unit, or nobody in it sent anything. What has no list has no
    histogram either: days and ages would tell what a list may not.
    """
    definition = catalogue.metric(metric)
    if definition.rows == "none":
        raise scope.NotAllowed("none", definition.name)
    asked = query.at(metrics=(metric,), by=None, split_value=None, period_to="")
    known = places.of(snapshot)
    times = stretches.of(asked, known.data_on, clock.today())[-1:]
    targets, _ = _targets(asked, known, times)
    units = targets[times[0].no]
    if len(units) != 1 or scope.hidden(definition, asked, viewer, units[0]):
        return {}
    if scope.unavailable(definition, asked, times[0].starts_on, times[0].ends_on):
        return {}
    part = replace(compile.numerator_part(definition), measure=measure)
    found = _count([part], asked, known, times, targets, snapshot.cursor(), False)
    return dict(found.histogram(part, (times[0].no, units[0], "")))


def cases(
    query: Query,
    part: Part,
    viewer: Viewer,
    snapshot: Snapshot,
    *,
    limit: int | None = None,
) -> CaseTable:
    """Return the rows that the question's number counts: as many as the number says, from the same predicate.

    `limit` is for a page that shows the first of many, beside the number.
    """
    definition = catalogue.metric(query.metrics[0])
    scope.check_split(query)
    if part == "denominator" and definition.kind == "rate":
        raise scope.NotAllowed("population", definition.name)
    known = places.of(snapshot)
    times = list(stretches.of(query, known.data_on, clock.today()))
    targets, _ = _targets(query, known, times)
    wanted = sorted({u for units in targets.values() for u in units})
    own = wanted[0] if query.unit and len(wanted) == 1 else None
    if not viewer.sees_province and query.unit:
        own = next((u for u in wanted if not viewer.owns(u)), wanted[0] if wanted else None)
    scope.rows_allowed(definition, viewer, own)
    if any(scope.unavailable(definition, query, t.starts_on, t.ends_on) for t in times):
        raise scope.NotAllowed("query", definition.name)
    source = catalogue.sources()[definition.source]
    times = [t for t in times if t.known_to and targets[t.no]]
    columns = ("answering_unit_id", *source.columns)
    rows: tuple[dict[str, Any], ...] = ()
    if times:
        sql = compile.rows_sql(
            definition,
            part,
            [t.span for t in times],
            query.level,
            wanted,
            boundaries=query.boundaries,
            by=query.by,
            split_value=query.split_value,
            units=_leaves(query, known, times, targets)[0],
            columns=source.columns,
            limit=limit,
        )
        rows = tuple(dict(zip(columns, r, strict=True)) for r in snapshot.cursor().execute(sql).fetchall())
    return CaseTable(columns, rows, query, definition, part)


def _count(
    parts: Sequence[compile.Part],
    query: Query,
    known: Places,
    times: Sequence[Stretch],
    targets: dict[int, list[str]],
    cursor: Any,
    use_sums: bool,
) -> engine.Found:
    """Return what the engine counts for the units and stretches of a question."""
    units, alone = _leaves(query, known, times, targets)
    by_no = {t.no: t for t in times}
    return engine.count(
        cursor,
        parts,
        [t.span for t in times if t.known_to and targets[t.no]],
        query.level,
        boundaries=query.boundaries,
        by=query.by,
        split_value=query.split_value,
        units=units,
        store=known.store if use_sums else None,
        ancestors=lambda no, unit: known.ancestors(unit, query.level, by_no[no].rolls_on),
        alone=alone,
    )


def _told(
    found: engine.Found,
    query: Query,
    known: Places,
    times: Sequence[Stretch],
    targets: dict[int, list[str]],
    cursor: Any,
) -> tuple[engine.Found, set[tuple[int, str]]]:
    """Return the counts with what units sent as a table instead of a log, and for whom a table speaks."""
    if not known.summaries:
        return found, set()
    wanted = {no: set(units) for no, units in targets.items()}
    by_no = {t.no: t for t in times}

    def above(no: int, unit: str) -> list[str]:
        return [u for u in known.ancestors(unit, query.level, by_no[no].rolls_on) if u in wanted[no]]

    return summaries.added(
        found,
        cursor,
        [t.span for t in times if t.known_to and targets[t.no]],
        boundaries=query.boundaries,
        by=query.by,
        split_value=query.split_value,
        units=_leaves(query, known, times, targets)[0],
        ancestors=above,
    )


def _countable(definition: Metric, query: Query, times: Sequence[Stretch]) -> bool:
    """Return whether the engine may be asked at all: a split it has no column for must not reach SQL."""
    return query.by is None or query.by in definition.splits


def _targets(query: Query, known: Places, times: Sequence[Stretch]) -> tuple[dict[int, list[str]], str]:
    """Return the units of each stretch; and, for a chosen unit, the body to name where it was not in force."""
    if query.unit is None:
        known.check_level(query.level)
        within = known.resolve_any(query.within) if query.within else None
        return {t.no: known.at_level(query.level, t.rolls_on, within) for t in times}, ""
    bodies = known.resolve(query.unit, query.level)
    found = {t.no: [b for b in bodies if known.is_in_force(b, query.level, t.rolls_on)] for t in times}
    if query.within:
        within = known.resolve_any(query.within)
        for t in times:
            inside = set(known.at_level(query.level, t.rolls_on, within)) if found[t.no] else set()
            found[t.no] = [b for b in found[t.no] if b in inside]
    return found, bodies[-1]


def _leaves(
    query: Query, known: Places, times: Sequence[Stretch], targets: dict[int, list[str]]
) -> tuple[list[str] | None, engine.Alone | None]:
    """Return the settling units to read, None for all of them; and, where each stretch is about one unit, which."""
    if query.unit is None and query.within is None:
        return None, None
    by_stretch = {t.no: {u: known.leaves(u, t.rolls_on, query.level) for u in targets[t.no]} for t in times}
    units = sorted({leaf for found in by_stretch.values() for leaves in found.values() for leaf in leaves})
    if any(len(found) > 1 for found in by_stretch.values()):
        return units, None
    return units, {no: (u, frozenset(leaves)) for no, found in by_stretch.items() for u, leaves in found.items()}
