"""Ways begun to the provider: kept here under hashes, bound to one browser, good once and for a few minutes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from ui.access import accounts, passwords
from ui.access.store import Store
from warehouse import clock

TABLES = (
    """
    CREATE TABLE oidc_attempt (
        state_hash TEXT PRIMARY KEY,
        browser_hash TEXT NOT NULL,
        nonce TEXT NOT NULL,
        verifier TEXT NOT NULL,
        onward TEXT NOT NULL,
        lang TEXT NOT NULL,
        began_at TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE oidc_person (
        account_id INTEGER PRIMARY KEY REFERENCES account (id),
        subject_hash TEXT NOT NULL,
        since TEXT NOT NULL
    )
    """,
)
"""Attempts, and which person of the provider an account belongs to (ui/access/oidc_people.py)."""


@dataclass(frozen=True)
class Attempt:
    """What the answer of the provider has to fit: `state` comes back with the browser, `nonce` within the token."""

    state: str
    nonce: str
    verifier: str
    onward: str
    lang: str


def prepare(store: Store) -> Store:
    """Return the store with the tables of single sign-on."""
    accounts.prepare(store)
    store.migrate("oidc", TABLES)
    return store


def begin(store: Store, browser: str, onward: str, lang: str) -> Attempt:
    """Return a new attempt of the browser that holds the token; old ones go."""
    rule = passwords.rules()["oidc"]
    attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), onward, lang)
    with store.writing() as con:
        con.execute("DELETE FROM oidc_attempt WHERE began_at < ?", [_oldest()])
        con.execute(
            "DELETE FROM oidc_attempt WHERE state_hash IN "
            "(SELECT state_hash FROM oidc_attempt ORDER BY rowid DESC LIMIT -1 OFFSET ?)",
            [rule["open_attempts"] - 1],
        )
        con.execute(
            "INSERT INTO oidc_attempt VALUES (?, ?, ?, ?, ?, ?, ?)",
            [_hash(attempt.state), _hash(browser), attempt.nonce, attempt.verifier, onward, lang, _now()],
        )
    return attempt


def take(store: Store, browser: str, state: str) -> Attempt | None:
    """Return the attempt of this state and browser, once; None for any other, an old one, one that was taken."""
    if not browser or not state:
        return None
    with store.writing() as con:
        row = con.execute(
            "DELETE FROM oidc_attempt WHERE state_hash = ? AND browser_hash = ? AND began_at >= ? RETURNING *",
            [_hash(state), _hash(browser), _oldest()],
        ).fetchone()
    return Attempt(state, row["nonce"], row["verifier"], row["onward"], row["lang"]) if row else None


def _oldest() -> str:
    limit = clock.now() - timedelta(minutes=passwords.rules()["oidc"]["attempt_minutes"])
    return limit.isoformat(timespec="seconds")


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
