"""What of a page's address is saved, and what a saved view opens today: the newest period, or the one it had. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from metrics import periods
from ui import view as choices
from ui.access.views import NEVER, SavedView
from ui.dictionary import plain

FIRST, LAST = "from", "period"
"""Parameters that name periods: where a range begins, and the page's own."""


def kept(url: Mapping[str, str], known: Collection[str]) -> dict[str, str]:
    """Return the parameters of an address that a view keeps: those the pages know, and none that is the reader's own.

    >>> kept({"unit": "44", "as": "unit:1", "lang": "en", "session": "x", "asof": ""}, ("unit", "lang", "asof"))
    {'unit': '44'}
    """
    return {k: v for k, v in url.items() if k in known and k not in NEVER and v}


def following(parameters: Mapping[str, str]) -> tuple[dict[str, str], str, int]:
    """Return the parameters without periods, the kind of period to follow, and over how many.

    >>> following({"unit": "44", "period": "2026-10", "from": "2026-08"})
    ({'unit': '44'}, 'month', 3)
    """
    last, first = parameters.get(LAST, ""), parameters.get(FIRST, "")
    rest = {k: v for k, v in parameters.items() if k not in (FIRST, LAST)}
    kind = choices.kind_of(last) or "month"
    try:
        n = len(periods.series(first, last)) if first and last else 1
    except periods.PeriodError:
        n = 1
    return rest, kind, n


def ordered(views: Iterable[SavedView], who: str, pages: Collection[str]) -> list[SavedView]:
    """Return the views whose page the reader may open: one's own first, by name, accents aside."""
    found = (one for one in views if one.page in pages)
    return sorted(found, key=lambda one: (one.who != who, plain(one.name), one.id))


def opened(view: SavedView, reach: tuple[date, date] | None) -> dict[str, str]:
    """Return the parameters that the view opens with; `reach` is how far the data go, None where that is not known.

    A page finds the newest month by itself, each for its own data.
    """
    found = dict(view.parameters)
    if not view.newest or reach is None or (view.newest == "month" and view.n_periods == 1):
        return found
    first, last = reach
    newest = choices.default_period(view.newest, found.get("calendar", "calendar"), first, last)
    found[LAST] = newest
    if view.n_periods > 1:
        found[FIRST] = choices.history(newest, first, last, most=view.n_periods)[0]
    return found


def address(base: str, page: str, parameters: Mapping[str, str]) -> str:
    """Return the link that opens a page with these choices.

    >>> address("http://10.0.0.5:8501/overview", "explorer", {"metric": "settled", "value": "Đất đai"})
    'http://10.0.0.5:8501/explorer?metric=settled&value=%C4%90%E1%BA%A5t+%C4%91ai'
    """
    # what stands before the page's own name, also behind a proxy that serves from a folder
    root = base.partition("?")[0].rpartition("/")[0]
    return f"{root}/{page}" + (f"?{urlencode(parameters)}" if parameters else "")
