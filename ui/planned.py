"""What people set beside the reference files, gathered once for a page and handed down to every question it asks."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from functools import cache

from metrics.model import Query
from metrics.plan import NOTHING, Plan
from metrics.viewer import Viewer
from ui.access import annotations as noted
from ui.access import store as access_store
from ui.access import targets
from ui.access.store import Store
from warehouse import closed
from warehouse.paths import DataDir


def prepare(store: Store) -> Store:
    """Return the store with the tables of targets and events."""
    return noted.prepare(targets.prepare(store))


def gather(data_dir: DataDir, viewer: Viewer, asof: str = "") -> Plan:
    """Return the targets and events that stand and that the viewer may see; of a closed snapshot those of its closing.

    A period that was signed is read as it was signed: what was set or taken back later does not show in it.
    """
    if not access_store.is_there(data_dir):
        return NOTHING
    store = prepare(access_store.open_store(data_dir))
    until = closed_at(data_dir, asof) if asof else None
    return Plan(targets.standing(store, viewer, until), noted.standing(store, viewer, until))


def closed_at(data_dir: DataDir, name: str) -> datetime | None:
    """Return when a snapshot was closed, by its label or its name; None where it never was."""
    found = [c.closed_at for c in closed.entries(data_dir) if name in (c.label, c.snapshot)]
    return max(found, default=None)


def handed(analysis: Callable[..., object], query: Query, plan: Plan) -> dict[str, Plan]:
    """Return what a function of metrics/analysis that takes `planned` is given for a question; nothing to others.

    Only what concerns the question: an answer is kept by all that it was given.
    """
    return {"planned": plan.of(query.level, query.unit)} if _takes_planned(analysis) else {}


@cache
def _takes_planned(analysis: Callable[..., object]) -> bool:
    return "planned" in inspect.signature(analysis).parameters
