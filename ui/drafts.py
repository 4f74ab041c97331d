"""A unit's own draft on its pages: whether it is shown, and in words what it is. Pure: no page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from metrics.viewer import Viewer
from ui import desk, numbers
from ui.reader import Source, Unit
from ui.text import Text
from warehouse import clock, drafts
from warehouse.drafts import Draft
from warehouse.paths import DataDir
from warehouse.snapshots import Opened

CHOICES = ("draft", "published")
"""What the parameter `data` of the URL may say."""
SHOWN_FILES = 3


@dataclass(frozen=True)
class Standing:
    """How a unit's draft stands to what is published now."""

    draft: Draft
    is_there: bool
    is_newer: bool
    """It tells something that the published data of the unit do not reach: it is what the unit's pages open on."""
    is_stale: bool
    """The province has published anew since it was made."""


@dataclass(frozen=True)
class DraftSource:
    """A draft that can be asked like a snapshot, with what is published beside it."""

    opened: Opened
    standing: Standing
    published: Source

    @property
    def name(self) -> str:
        return self.opened.name

    @property
    def connection(self) -> Any:
        return self.opened.connection

    def cursor(self) -> Any:
        return self.opened.cursor()


def standing(
    data_dir: DataDir, viewer: Viewer, unit: Unit | None, published: str, reach: Callable[[Draft], Mapping[str, date]]
) -> Standing | None:
    """Return how the draft of a unit stands, for an account of that unit alone; None for everybody else.

    `reach` gives, for the bodies of a draft, how far their published data reach by dataset.
    """
    if viewer.role != "unit" or unit is None or unit.unit_id not in viewer.unit_ids:
        return None
    draft = drafts.read(data_dir, unit.code)
    if draft is None or draft.body != unit.unit_id:
        return None
    is_there = drafts.ref(data_dir, draft) is not None
    is_newer = is_there and drafts.is_newer(draft, published, reach(draft))
    return Standing(draft, is_there, is_newer, draft.base != published)


def source(data_dir: DataDir, found: Standing, published: Source) -> Source:
    """Return the draft to be asked; what is published where the draft has gone this moment."""
    ref = drafts.ref(data_dir, found.draft)
    if ref is None:
        return published
    try:
        return DraftSource(drafts.opened(ref), found, published)
    except (OSError, RuntimeError):
        return published


def of(source: object) -> Standing | None:
    """Return the standing of the draft that a page shows; None where it shows what is published."""
    return source.standing if isinstance(source, DraftSource) else None


# In words -------------------------------------------------------------------------------------------------------------


def files(draft: Draft, text: Text) -> str:
    """Return the files of a draft, so many by name and the others counted."""
    names = [one.file_name for one in draft.loads]
    rest = len(names) - SHOWN_FILES
    return ", ".join([*names[:SHOWN_FILES], text("drafts.more", n=rest)] if rest > 0 else names)


def banner(draft: Draft, text: Text) -> str:
    """Return what a page of a draft says above everything: that nothing of it is settled, and where it comes from."""
    at = max(one.loaded_at for one in draft.loads)
    return text(
        "drafts.banner", files=files(draft, text), time=numbers.clock(at), day=numbers.day(at.date()),
        data_on=numbers.day(draft.data_on),
    )  # fmt: skip


def left_out(draft: Draft, text: Text) -> str:
    """Return how many rows of the files were not taken, nothing where all were."""
    n = sum(one.n_left_out for one in draft.loads)
    return text("drafts.left_out", n=numbers.integer(n, text.lang)) if n else ""


def offer(found: Standing, text: Text) -> str:
    """Return what a page of published figures says of a draft that could be looked at."""
    key = "drafts.offer" if found.is_newer else "drafts.offer_older"
    return text(key, files=files(found.draft, text), data_on=numbers.day(found.draft.data_on))


def gone(draft: Draft, text: Text) -> str:
    """Return why there is no draft any more, for some days; nothing where nobody need be told."""
    # One whose term has passed is gone for its unit, though its files may wait for the next clearing.
    why, since = ("expired", draft.until) if draft.is_expired else (draft.dropped, _day_of(draft.dropped_at))
    if why not in ("published", "expired") or since is None:
        return ""
    if clock.today() > since + timedelta(days=desk.kept_days("draft_told_days")):
        return ""
    return text(f"drafts.gone_{why}", day=numbers.day(draft.data_on))


def receipt(one: Mapping[str, Any], text: Text) -> str:
    """Return what was read of one file: read = accepted + rejected, and the rows of others among the rejected."""
    names = ("read", "accepted", "rejected")
    counts = {name: numbers.integer(int(one.get(f"n_{name}") or 0), text.lang) for name in names}
    rejects: dict[str, int] = {}
    for sheet in one.get("sheets", []):
        for reason, n in sheet.get("rejects", {}).items():
            rejects[reason] = rejects.get(reason, 0) + n
    said = text("drafts.receipt", file=one.get("file_name", ""), **counts)
    for reason in drafts.LEFT_OUT:
        if rejects.get(reason):
            said += " " + text(f"drafts.rejected.{reason}", n=numbers.integer(rejects[reason], text.lang))
    return said


def n_to_correct(one: Mapping[str, Any]) -> int:
    """Return how many rejected rows the unit itself can correct."""
    rejects = [sheet.get("rejects", {}) for sheet in one.get("sheets", [])]
    aside = sum(found.get(reason, 0) for found in rejects for reason in drafts.LEFT_OUT)
    return int(one.get("n_rejected") or 0) - aside


def _day_of(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
