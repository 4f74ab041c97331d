"""What pages ask of a snapshot, kept: facts, answers, analyses, lists. No drawing.

Everything is kept by question, viewer, snapshot and day: a new snapshot has a new name, so nothing stale is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from metrics import answer
from metrics.model import Part, Query
from metrics.viewer import Viewer
from ui import guard, kept, planned, reader
from ui.page import Access, Page
from warehouse import clock, schema, snapshots
from warehouse.paths import DataDir

Found = TypeVar("Found")
Facts = tuple[dict[str, str], dict[str, Any], reader.Places]

FACTS = kept.Kept[Facts](40, lambda one: 1)
ANSWERS = kept.Kept[Any](100_000, kept.rows)
LISTS = kept.Kept[Any](30_000, kept.rows)
ANALYSES = kept.Kept[Any](16_000_000, kept.size)
READ = kept.Kept[list[dict[str, Any]]](8_000_000, kept.size)
"""The bounds (snapshots, rows, rows, bytes, bytes) are together some 150 MB. A unit's draft is a snapshot too."""


@dataclass(frozen=True)
class Shared(snapshots.Opened):
    """A published snapshot whose answers are made once for all who see the same figures (`answer.ask`)."""

    answers: kept.Kept[Any]


def opened(data_dir: DataDir, name: str = "") -> Shared:
    """Return a kept snapshot by name or label, or the published one; raise `LookupError` where there is none."""
    found = guard.pool(data_dir).at(name or None)
    return Shared(found.ref, found.connection, found.lock, ANSWERS)


def get_ready(data_dir: DataDir) -> None:
    """Read what every page reads of the published snapshot, where there is one, before the first page is asked for."""
    with suppress(LookupError, schema.SchemaMismatch):
        guard.known(data_dir)
        facts(opened(data_dir))


def facts(source: reader.Source) -> Facts:
    """Return the facts of a snapshot, the days that each dataset reaches over, and its units."""
    return FACTS.get(source.name, lambda: (reader.info(source), reader.extent(source), reader.places(source)))


def analysed(page: Page, analysis: Callable[..., Found], query: Query, **options: Any) -> Found:
    """Return what a function of metrics/analysis makes of a question; kept by question, viewer and snapshot."""
    # what people set and noted goes along as a value: a change of it is another question
    given = tuple(sorted((options | planned.handed(analysis, query, page.planned)).items()))
    name = f"{analysis.__module__}.{analysis.__qualname__}"
    key = (name, query, page.viewer, page.source.name, clock.today(), given)
    found: Found = ANALYSES.get(key, lambda: analysis(query, page.viewer, page.source, **dict(given)))
    return found


def listed(page: Page, query: Query, part: Part) -> Any:
    """Return the rows behind a number."""
    key = (query, part, page.viewer, page.source.name, clock.today())
    return LISTS.get(key, lambda: answer.cases(query, part, page.viewer, page.source))


def _answered(query: Query, viewer: Viewer, source: reader.Source) -> Any:
    if isinstance(source, Shared):
        return answer.ask(query, viewer, source)
    return ANSWERS.get((query, viewer, source.name, clock.today()), lambda: answer.ask(query, viewer, source))


def _read(statement: str, source: reader.Source, **values: Any) -> list[dict[str, Any]]:
    key = (statement, source.name, tuple(sorted(values.items())))
    return [dict(row) for row in READ.get(key, lambda: reader.rows(source, statement, **values))]


ACCESS = Access(ask=_answered, read=_read)
"""How the questions of a page reach its snapshot."""
