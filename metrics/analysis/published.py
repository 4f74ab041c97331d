"""Official scores as published, each with its document; and the national portal's own on-time figure beside ours.

Nothing here is computed from cases but the comparison, and no index is put together from others. Published official
scores are visible by name to every account (product.md §6).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from metrics import answer, indices, intervals
from metrics.answer import AnswerTable, Row
from metrics.indices import PORTAL, Break, Index
from metrics.model import Query
from metrics.places import Snapshot
from metrics.viewer import Viewer

Ask = Callable[[Query, Viewer, Snapshot], AnswerTable]

SQL = Path(__file__).resolve().parents[1] / "sql" / "published_scores.sql"
RATE, SETTLED, LATE = "on_time_rate", "settled", "settled_late"
"""Components of the portal's own figures: a rate in per cent, and cases where it gives them."""


@dataclass(frozen=True)
class Document:
    """Where a figure was published."""

    number: str
    published_on: date | None


@dataclass(frozen=True)
class Score:
    """One published value; `value` is None where the sheet has nothing, or a zero that is no score."""

    index_id: str
    unit_id: str
    unit_name: str
    component_id: str
    period: str
    start: date
    end: date
    value: float | None
    max_score: float | None
    standard_error: float | None
    document: Document
    older: tuple[tuple[Document, float | None], ...] = ()
    """Earlier documents that gave the same figure, newest first, with what they gave."""
    unit_ended_on: date | None = None
    """The first day on which the unit was no more: a unit of the same name may follow it."""
    side: int = 0
    """How many breaks of the series lie at or before this period: no line leads from one side to another."""

    @property
    def half(self) -> float | None:
        """Half the width of the 95 % interval: 1.96 standard errors (PAPI itself prints 90 %)."""
        if self.value is None or self.standard_error is None:
            return None
        return intervals.Z * self.standard_error

    @property
    def lower(self) -> float | None:
        return self.value - self.half if self.value is not None and self.half is not None else None

    @property
    def upper(self) -> float | None:
        return self.value + self.half if self.value is not None and self.half is not None else None


@dataclass(frozen=True)
class Change:
    """How a published value differs from the one before it on the same side of every break."""

    before: Score
    after: Score
    difference: float
    lower: float | None = None
    upper: float | None = None

    @property
    def is_clear(self) -> bool | None:
        """Whether the difference is beyond the errors of both; None where no error was published."""
        return None if self.lower is None or self.upper is None else not self.lower <= 0 <= self.upper


@dataclass(frozen=True)
class Published:
    """All that was published of one index for some units, oldest period first."""

    index: Index
    scores: tuple[Score, ...]
    breaks: tuple[Break, ...]

    def __bool__(self) -> bool:
        return any(s.value is not None for s in self.scores)

    @property
    def unit_ids(self) -> tuple[str, ...]:
        """Units that have a score, in the order of their first."""
        return tuple(dict.fromkeys(s.unit_id for s in self.scores))

    def series(self, component_id: str, unit_id: str) -> tuple[Score, ...]:
        """Return one part's values of one unit, oldest first."""
        return tuple(s for s in self.scores if (s.component_id, s.unit_id) == (component_id, unit_id))

    def n_periods(self, component_id: str) -> int:
        """Return for how many periods a part has a value."""
        return len({(s.start, s.end) for s in self.scores if s.component_id == component_id and s.value is not None})

    def newest(self) -> tuple[Score, ...]:
        """Return the parts of the newest published period, of whichever unit it speaks of."""
        valued = [s for s in self.scores if s.value is not None]
        return self.latest(valued[-1].unit_id) if valued else ()

    def latest(self, unit_id: str, until: date | None = None) -> tuple[Score, ...]:
        """Return the newest published period's parts of a unit, among periods over by a day; total first."""
        own = [s for s in self.scores if s.unit_id == unit_id and (until is None or s.end <= until)]
        if not own:
            return ()
        newest = max((s.end, s.start) for s in own)
        found = {s.component_id: s for s in own if (s.end, s.start) == newest}
        known = [c for c in indices.components(self.index.index_id) if c in found]
        return tuple(found[c] for c in [*known, *sorted(found.keys() - set(known))])

    def at(self, unit_id: str, start: date, end: date) -> tuple[Score, ...]:
        """Return the parts published for exactly these days."""
        return tuple(s for s in self.scores if (s.unit_id, s.start, s.end) == (unit_id, start, end))

    def components(self) -> tuple[str, ...]:
        """Return the parts that have a value, in the order of the index, its total first."""
        found = {s.component_id for s in self.scores if s.value is not None}
        known = [c for c in indices.components(self.index.index_id) if c in found]
        return (*known, *sorted(found - set(known)))

    def documents(self) -> tuple[Document, ...]:
        """Return the documents of the values in force, newest first."""
        found = dict.fromkeys(s.document for s in self.scores)
        return tuple(sorted(found, key=lambda d: (d.published_on or date.min, d.number), reverse=True))


def scores(index_id: str, unit_ids: Sequence[str], viewer: Viewer, snapshot: Snapshot) -> Published:
    """Return what was published of an index for these units; the latest document wins, older ones stay listed.

    Every account may see published scores of every unit, so the viewer narrows nothing; it is asked for all the same:
    no figure can be asked for without one.
    """
    index = indices.index(index_id)
    if not unit_ids:
        return Published(index, (), indices.breaks(index_id))
    breaks = indices.breaks(index_id)
    rows = sorted(_rows(index_id, unit_ids, snapshot), key=_names_value)
    found = [_score(index, list(same), breaks) for _, same in groupby(rows, key=_names_value)]
    return Published(index, tuple(sorted(found, key=lambda s: (s.start, s.end, s.unit_id))), breaks)


def of_units(
    query: Query, viewer: Viewer, snapshot: Snapshot, *, index_id: str, unit_ids: tuple[str, ...]
) -> Published:
    """Return `scores`, asked the way pages keep answers: what was published does not depend on the query."""
    return scores(index_id, unit_ids, viewer, snapshot)


def listed(unit_ids: Sequence[str], viewer: Viewer, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the indices that have anything published for these units: known ones in their order, then others."""
    sql = "SELECT DISTINCT index_id FROM fct_official_score WHERE unit_id IN (SELECT unnest($1)) ORDER BY index_id"
    found = [str(row[0]) for row in snapshot.cursor().execute(sql, [list(unit_ids)]).fetchall()]
    known = [name for name in indices.indices() if name in found]
    return (*known, *(name for name in found if name not in known))


def changes(series: Sequence[Score]) -> tuple[Change, ...]:
    """Return the differences of each value from the one before it, none across a break or a gap of a value."""
    found = []
    for before, after in pairwise(series):
        if before.side != after.side or before.value is None or after.value is None:
            continue
        difference = after.value - before.value
        if before.half is None or after.half is None:
            found.append(Change(before, after, difference))
            continue
        half = (before.half**2 + after.half**2) ** 0.5
        found.append(Change(before, after, difference, difference - half, difference + half))
    return tuple(found)


def _rows(index_id: str, unit_ids: Sequence[str], snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return every published row of these units, each part under the one name that we write."""
    cursor = snapshot.cursor().execute(
        SQL.read_text(encoding="utf-8"), {"index_id": index_id, "unit_ids": list(unit_ids)}
    )
    names = [column[0] for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    known = indices.aliases(index_id)
    for row in rows:
        sent = row["component_id"].strip().lower()
        row["component_id"] = known.get(sent, sent)
    return [row for row in rows if row["period_start"] is not None]


def _names_value(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a row speaks of: documents that name a part otherwise speak of the same value."""
    return (row["unit_id"], row["period_start"], row["period_end"], row["component_id"])


def _score(index: Index, same: Sequence[dict[str, Any]], breaks: Sequence[Break]) -> Score:
    """Return the newest document's value, with the older ones."""
    # The statement orders by the names in the documents: rows of one part under two names come one name first.
    newest_first = sorted(same, key=lambda r: r["published_on"] or date.min, reverse=True)
    row, *older = newest_first
    return Score(
        index.index_id,
        row["unit_id"],
        row["unit_name"],
        row["component_id"],
        row["period"],
        row["period_start"],
        row["period_end"],
        _value(index, row["score"]),
        row["max_score"],
        row["standard_error"],
        _document(row),
        tuple((_document(o), _value(index, o["score"])) for o in older),
        row["ended_on"],
        sum(b.since <= row["period_start"] for b in breaks),
    )


def _value(index: Index, score: float | None) -> float | None:
    return None if score is None or (score == 0 and not index.zero_is_score) else float(score)


def _document(row: dict[str, Any]) -> Document:
    return Document(row["document_no"] or "", row["published_on"])


@dataclass(frozen=True)
class Portal:
    """The national portal's on-time figure of a unit and period, and ours of the same."""

    theirs: Score
    rate: float
    """The portal's, 0–1."""
    ours: Row
    settled: float | None
    """Cases settled as the portal counts them; None where it gives none."""
    late: float | None
    difference: float
    """Theirs minus ours, 0–1."""
    cases: float
    """Cases on time, theirs minus ours."""
    is_counted: bool
    """Whether `cases` comes of the portal's own counts; else it is the difference times our settled cases."""


def portal(
    query: Query, viewer: Viewer, snapshot: Snapshot, *, metric: str = RATE, ask: Ask = answer.ask
) -> Portal | None:
    """Return the portal's figure for the query's one unit and period beside our rate; None without either.

    A figure of the portal for other days is no figure for this period: see `portal_periods`. Which rule the portal
    counts by is not published with it, so `metric` may be any of our rules; its counts compare with form II.06a only.
    """
    asked = query.at(metrics=(metric,), by=None, split_value=None, period_to="")
    row = next(iter(ask(asked, viewer, snapshot).rows), None)
    if row is None or row.value is None or not row.is_shown or not row.denominator:
        return None
    found = scores(PORTAL, [row.unit_id], viewer, snapshot).at(row.unit_id, row.period_start, row.period_end)
    theirs = {s.component_id: s for s in found if s.value is not None}
    if RATE not in theirs:
        return None
    settled, late = (theirs[c].value if c in theirs else None for c in (SETTLED, LATE))
    rate = _share(theirs[RATE])
    difference = rate - float(row.value)
    if settled is not None and late is not None and metric == RATE:
        cases, is_counted = (settled - late) - float(row.numerator or 0), True
    else:
        cases, is_counted = round(difference * float(row.denominator)), False
    return Portal(theirs[RATE], rate, row, settled, late, difference, cases, is_counted)


def portal_periods(unit_ids: Sequence[str], viewer: Viewer, snapshot: Snapshot) -> tuple[Score, ...]:
    """Return the portal's on-time figures of these units for any period, newest first."""
    found = [s for s in scores(PORTAL, unit_ids, viewer, snapshot).scores if s.component_id == RATE]
    return tuple(sorted((s for s in found if s.value is not None), key=lambda s: (s.end, s.start), reverse=True))


def _share(score: Score) -> float:
    """Return the portal's rate as 0–1: it is sent in per cent, of the maximum given or of 100."""
    return (score.value or 0.0) / (score.max_score or 100.0)
