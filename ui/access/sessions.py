"""Sessions on the server's side: a random token in the browser, its hash in the store; signing out ends it at once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ui.access import accounts, audit, passwords
from ui.access.accounts import Account
from ui.access.store import Store
from warehouse import clock

NOTED_EVERY = timedelta(minutes=1)
"""How often a session that is used is written down as seen: not on every click."""


def begin(store: Store, account: Account) -> str:
    """Return the token of a new session."""
    token = secrets.token_urlsafe(32)
    moment = _text(clock.now())
    with store.writing() as con:
        con.execute("INSERT INTO session VALUES (?, ?, ?, ?)", [_hash(token), account.id, moment, moment])
        limit = _text(clock.now() - timedelta(hours=passwords.rules()["session"]["longest_hours"]))
        con.execute("DELETE FROM session WHERE began_at < ?", [limit])
    return token


def account_of(store: Store, token: str) -> Account | None:
    """Return whose session a token is, while it lasts and the account is let in."""
    if not token:
        return None
    with store.reading() as con:
        row = con.execute(
            "SELECT account_id, began_at, seen_at FROM session WHERE token_hash = ?", [_hash(token)]
        ).fetchone()
    if row is None:
        return None
    rule, now = passwords.rules()["session"], clock.now()
    began, seen = datetime.fromisoformat(row["began_at"]), datetime.fromisoformat(row["seen_at"])
    if now - began > timedelta(hours=rule["longest_hours"]) or now - seen > timedelta(minutes=rule["idle_minutes"]):
        end(store, token, "session_expired")
        return None
    found = accounts.by_id(store, row["account_id"])
    if found is None or not found.is_enabled:
        return None
    if now - seen >= NOTED_EVERY:
        with store.writing() as con:
            con.execute("UPDATE session SET seen_at = ? WHERE token_hash = ?", [_text(now), _hash(token)])
    return found


def end(store: Store, token: str, action: str = "signed_out") -> None:
    """End a session at once, in every tab."""
    with store.writing() as con:
        row = con.execute(
            "SELECT account.login FROM session JOIN account ON account.id = session.account_id WHERE token_hash = ?",
            [_hash(token)],
        ).fetchone()
        con.execute("DELETE FROM session WHERE token_hash = ?", [_hash(token)])
        if row is not None:
            audit.add(con, row["login"], action)


@dataclass(frozen=True)
class Open:
    """A session that lasts: when it began and was last seen, and whether it is the asking one."""

    began_at: datetime
    seen_at: datetime
    is_own: bool


def open_of(store: Store, account: Account, token: str = "") -> list[Open]:
    """Return the sessions of an account that still last, newest first."""
    rule, now = passwords.rules()["session"], clock.now()
    with store.reading() as con:
        rows = con.execute(
            "SELECT token_hash, began_at, seen_at FROM session WHERE account_id = ? ORDER BY began_at DESC",
            [account.id],
        ).fetchall()
    found = [
        Open(
            datetime.fromisoformat(r["began_at"]), datetime.fromisoformat(r["seen_at"]), r["token_hash"] == _hash(token)
        )
        for r in rows
    ]
    longest, idle = timedelta(hours=rule["longest_hours"]), timedelta(minutes=rule["idle_minutes"])
    return [one for one in found if now - one.began_at <= longest and now - one.seen_at <= idle]


def end_others(store: Store, account: Account, token: str, by: str) -> int:
    """Return how many sessions of an account ended: all but the one of this token."""
    with store.writing() as con:
        n = con.execute(
            "DELETE FROM session WHERE account_id = ? AND token_hash <> ?", [account.id, _hash(token)]
        ).rowcount
        if n:
            audit.add(con, by, "sessions_ended", login=account.login, n=n)
    return int(n)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
