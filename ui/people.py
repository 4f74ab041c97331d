"""Accounts and the audit trail as tables: who may come in, and who did what. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from metrics import catalogue
from ui import numbers, tables
from ui.access.accounts import Account
from ui.access.audit import Entry
from ui.access.oidc_people import PROVIDER
from ui.access.sessions import Open
from ui.text import Text

OBJECTS = ("login", "metric", "list", "table", "form", "opinion", "view", "target", "annotation", "load")
"""Details of an entry that say what it is about, the first that is there."""
UNITS = ("unit", "units", "unit_codes")
COUNTS = ("rows", "n")


def account_table(
    text: Text, found: Sequence[Account], unit_name: Callable[[str], str], n_open: Mapping[int, int], locked: set[str]
) -> tables.Table:
    """Return one row per account: login, name, role, units, state, sessions that last."""
    heads = (("login", "text"), ("name", "text"), ("role", "text"), ("units", "text"), ("state", "text"),
             ("sign_in", "text"), ("sessions", "count"))  # fmt: skip
    rows = tuple(
        (
            one.login, one.name, text(f"access.role.{one.role}"),
            ", ".join(unit_name(code) for code in one.unit_codes) or None, text(f"people.state.{state(one, locked)}"),
            text(f"people.sign_in.{'password' if one.has_password else 'elsewhere'}"), n_open.get(one.id, 0),
        )
        for one in found
    )  # fmt: skip
    return tables.Table(tuple(tables.Column(text(f"people.column.{n}"), k) for n, k in heads), rows)  # type: ignore[arg-type]


def state(account: Account, locked: set[str]) -> str:
    """Return the state of an account in one word: off, locked, to_change or on."""
    if not account.is_enabled:
        return "off"
    if account.login in locked:
        return "locked"
    return "to_change" if account.is_to_change else "on"


def session_table(text: Text, found: Sequence[Open]) -> tables.Table:
    """Return one row per session that lasts, newest first."""
    columns = tuple(tables.Column(text(f"people.column.{n}")) for n in ("began", "seen", "which"))
    rows = tuple((moment(s.began_at), moment(s.seen_at), text(f"people.{'this' if s.is_own else 'other'}_session"))
                 for s in found)  # fmt: skip
    return tables.Table(columns, rows)


def moment(at: datetime) -> str:
    """Return day and time of day.

    >>> moment(datetime(2026, 11, 22, 9, 5))
    '22/11/2026 09:05'
    """
    return f"{numbers.day(at.date())} {numbers.clock(at)}"


def trail_table(text: Text, found: Sequence[Entry], unit_name: Callable[[str], str]) -> tables.Table:
    """Return one row per entry of the trail, newest first, in words; codes that have none stand as they are."""
    heads = (("number", "count"), ("at", "text"), ("who", "text"), ("action", "text"), ("object", "text"),
             ("units", "text"), ("rows", "count"), ("more", "text"))  # fmt: skip
    rows = tuple(_trail_row(text, one, unit_name) for one in reversed(found))
    return tables.Table(tuple(tables.Column(text(f"people.column.{n}"), k) for n, k in heads), rows)  # type: ignore[arg-type]


def _trail_row(text: Text, one: Entry, unit_name: Callable[[str], str]) -> tuple[Any, ...]:
    told = one.details
    units = next((told[key] for key in UNITS if told.get(key)), "")
    named = units if isinstance(units, list) else str(units).split()
    count = next((told[key] for key in COUNTS if isinstance(told.get(key), int)), None)
    return (
        one.number, moment(datetime.fromisoformat(one.at)), who(text, one.who), action(text, one.action),
        _object(text, told), ", ".join(unit_name(str(unit)) for unit in named) or None, count, _more(text, told),
    )  # fmt: skip


def who(text: Text, name: str) -> str:
    """Return who acted: a login, the machine's own account, or nobody known."""
    if name in ("", "?"):
        return text("people.unknown")
    if name == PROVIDER:
        return text("sso.made_by")
    return text("people.machine", name=name[1:]) if name.startswith("@") else name


def action(text: Text, code: str) -> str:
    """Return what was done, in words."""
    key = f"people.action.{code}"
    return text(key) if text.has(key) else code


def _object(text: Text, told: Mapping[str, object]) -> str | None:
    found = next((str(told[key]) for key in OBJECTS if told.get(key)), None)
    known = catalogue.metrics().get(found or "")
    return known.label[text.lang] if known is not None else found


def _more(text: Text, told: Mapping[str, object]) -> str | None:
    """Return what else an entry says: role, period, snapshot, how a command ended, from where."""
    pieces = []
    if role := told.get("role"):
        pieces.append(text(f"access.role.{role}"))
    if "code" in told:
        code = told["code"]
        pieces.append(text("people.ended_well") if code == 0 else text("people.ended", code=code))
    if told.get("way") == "oidc":
        pieces.append(text("sso.way"))
    if told.get("why") and text.has(f"sso.why.{told['why']}"):
        pieces.append(text(f"sso.why.{told['why']}"))
    pieces += [text(f"people.more.{key}", value=told[key]) for key in ("period", "snapshot", "source") if told.get(key)]
    return "; ".join(pieces) or None


def wanted(
    found: Sequence[Entry], text: Text, by: str = "", actions: Sequence[str] = (), words: str = ""
) -> list[Entry]:
    """Return the entries of an actor, of some actions, that hold all of these words, accents or not."""
    asked = _plain(words).split()

    def holds(one: Entry) -> bool:
        said = _plain(f"{one.who} {action(text, one.action)} {' '.join(str(v) for v in one.details.values())}")
        return all(word in said for word in asked)

    return [
        one
        for one in found
        if (not by or one.who == by) and (not actions or one.action in actions) and (not asked or holds(one))
    ]


def _plain(words: str) -> str:
    spread = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return "".join(c for c in spread if not unicodedata.combining(c))
