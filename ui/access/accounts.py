"""Local accounts: who may sign in, as what, for which units."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ui.access import audit, passwords
from ui.access.store import Store
from warehouse import clock

Role = Literal["administrator", "analyst", "unit", "auditor", "viewer"]
ROLES: tuple[Role, ...] = ("administrator", "analyst", "unit", "auditor", "viewer")
LOGIN = re.compile(r"[a-z0-9][a-z0-9._\-]{2,63}(@[a-z0-9.\-]{3,120})?")

TABLES = (
    """
    CREATE TABLE account (
        id INTEGER PRIMARY KEY,
        login TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        role TEXT NOT NULL,
        unit_codes TEXT NOT NULL,
        password_hash TEXT,
        is_enabled INTEGER NOT NULL DEFAULT 1,
        created_at TEXT NOT NULL,
        changed_at TEXT NOT NULL
    )
    """,
    "CREATE TABLE failed_sign_in (login TEXT NOT NULL, at TEXT NOT NULL)",
    "CREATE INDEX failed_by_login ON failed_sign_in (login, at)",
    """
    CREATE TABLE session (
        token_hash TEXT PRIMARY KEY,
        account_id INTEGER NOT NULL REFERENCES account (id),
        began_at TEXT NOT NULL,
        seen_at TEXT NOT NULL
    )
    """,
    "ALTER TABLE account ADD COLUMN is_to_change INTEGER NOT NULL DEFAULT 0",
)


class Refused(ValueError):
    """An account that cannot be made or changed so; `code` says why."""

    def __init__(self, code: str, **values: object):
        super().__init__(code)
        self.code, self.values = code, values


class LockedOut(PermissionError):
    """Too many failures: nobody signs in under this login for a while."""

    def __init__(self, minutes: int):
        super().__init__(f"{minutes} minutes")
        self.minutes = minutes


@dataclass(frozen=True)
class Account:
    """One person's way in; `unit_codes` are official codes of the units that a unit account answers for.

    Without a password it is the province's single sign-on that opens it, and nothing else.
    """

    id: int
    login: str
    name: str
    role: Role
    unit_codes: tuple[str, ...] = ()
    is_enabled: bool = True
    is_to_change: bool = False
    """Whether its password was handed out: its owner chooses another before anything else."""
    has_password: bool = True
    """Without one it signs in elsewhere only (OpenID Connect)."""


def prepare(store: Store) -> Store:
    """Return the store with the tables of accounts and of the audit trail."""
    store.migrate("accounts", TABLES)
    audit.prepare(store)
    return store


def add(
    store: Store,
    login: str,
    name: str,
    role: Role,
    password: str | None,
    unit_codes: tuple[str, ...] = (),
    by: str = "",
) -> Account:
    """Return the new account; raise `Refused` or `passwords.Weak`. No password: signs in elsewhere (OpenID Connect)."""
    login = login.strip().lower()
    _check(login, role, unit_codes)
    if password is not None:
        passwords.check(password, login)
    secret = passwords.hashed(password) if password is not None else None
    moment = _now()
    with store.writing() as con:
        try:
            con.execute(
                "INSERT INTO account (login, name, role, unit_codes, password_hash, created_at, changed_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [login, name.strip(), role, " ".join(unit_codes), secret, moment, moment],
            )
        except sqlite3.IntegrityError:
            raise Refused("login_taken", login=login) from None
        audit.add(con, by, "account_added", login=login, role=role, units=" ".join(unit_codes))
    found = get(store, login)
    assert found is not None
    return found


def all_accounts(store: Store) -> list[Account]:
    """Return every account, by login."""
    with store.reading() as con:
        return [_account(row) for row in con.execute("SELECT * FROM account ORDER BY login").fetchall()]


def are_there(store: Store) -> bool:
    """Return whether anybody has to sign in."""
    with store.reading() as con:
        return con.execute("SELECT 1 FROM account LIMIT 1").fetchone() is not None


def get(store: Store, login: str) -> Account | None:
    """Return the account of a login."""
    with store.reading() as con:
        row = con.execute("SELECT * FROM account WHERE login = ?", [login.strip().lower()]).fetchone()
    return _account(row) if row else None


def by_id(store: Store, account_id: int) -> Account | None:
    """Return the account of an id."""
    with store.reading() as con:
        row = con.execute("SELECT * FROM account WHERE id = ?", [account_id]).fetchone()
    return _account(row) if row else None


def set_password(store: Store, login: str, password: str, by: str) -> None:
    """Change a password; every session of the account ends."""
    passwords.check(password, login)
    change(store, login, by, "password_changed", password_hash=passwords.hashed(password), is_to_change=0)


def set_enabled(store: Store, login: str, is_enabled: bool, by: str) -> None:
    """Let an account in or keep it out; every session of it ends."""
    change(store, login, by, "account_enabled" if is_enabled else "account_disabled", is_enabled=int(is_enabled))


def set_role(store: Store, login: str, role: Role, unit_codes: tuple[str, ...], by: str) -> None:
    """Change what an account may see; every session of it ends."""
    _check(login, role, unit_codes)
    change(store, login, by, "account_changed", role=role, unit_codes=" ".join(unit_codes))


def sign_in(store: Store, login: str, password: str, source: str = "", noted_as: str = "signed_in") -> Account | None:
    """Return the account that login and password open, None when they open none; raise `LockedOut`.

    An unknown login takes as long as a wrong password; either is counted, and noted without the login when unknown.
    `noted_as` is what the trail says of a right one.
    """
    login = login.strip().lower()
    minutes = locked_for(store, login)
    if minutes:
        with store.writing() as con:
            audit.add(con, login if get(store, login) else "?", "sign_in_locked", source=source)
        raise LockedOut(minutes)
    with store.reading() as con:
        row = con.execute("SELECT * FROM account WHERE login = ?", [login]).fetchone()
    stored = row["password_hash"] if row and row["password_hash"] and row["is_enabled"] else passwords.nobodys_hash()
    is_right = passwords.is_right(password, stored)
    with store.writing() as con:
        if is_right and row is not None:
            con.execute("DELETE FROM failed_sign_in WHERE login = ?", [login])
            audit.add(con, login, noted_as, source=source)
            return _account(row)
        con.execute("INSERT INTO failed_sign_in VALUES (?, ?)", [login, _now()])
        audit.add(con, login if row is not None else "?", "sign_in_failed", source=source)
    return None


def locked_for(store: Store, login: str) -> int:
    """Return for how many minutes more nobody signs in under a login; 0: not locked."""
    rule = passwords.rules()["lock_out"]
    now = clock.now()
    since = (now - timedelta(minutes=rule["within_minutes"] + rule["for_minutes"])).isoformat(timespec="seconds")
    with store.reading() as con:
        rows = con.execute(
            "SELECT at FROM failed_sign_in WHERE login = ? AND at >= ? ORDER BY at DESC", [login, since]
        ).fetchall()
    times = [datetime.fromisoformat(row["at"]) for row in rows]
    if len(times) < rule["failures"]:
        return 0
    newest, oldest = times[0], times[rule["failures"] - 1]
    if newest - oldest > timedelta(minutes=rule["within_minutes"]):
        return 0
    left = newest + timedelta(minutes=rule["for_minutes"]) - now
    return max(0, -(-int(left.total_seconds()) // 60))


def change(store: Store, login: str, by: str, action: str, **columns: object) -> None:
    """Change columns of an account and note it; its sessions end; the last administrator stays one."""
    login = login.strip().lower()
    named = ", ".join(f"{name} = ?" for name in columns)
    with store.writing() as con:
        done = con.execute(
            f"UPDATE account SET {named}, changed_at = ? WHERE login = ?", [*columns.values(), _now(), login]
        )
        if not done.rowcount:
            raise Refused("no_such_login", login=login)
        if columns.get("role", "administrator") != "administrator" or columns.get("is_enabled") == 0:
            left = con.execute(
                "SELECT count(*) FROM account WHERE role = 'administrator' AND is_enabled = 1"
            ).fetchone()[0]
            if not left:
                raise Refused("last_administrator", login=login)
        con.execute("DELETE FROM session WHERE account_id = (SELECT id FROM account WHERE login = ?)", [login])
        told = {k: v for k, v in columns.items() if k not in ("password_hash", "is_to_change")}
        audit.add(con, by, action, login=login, **told)


def _check(login: str, role: str, unit_codes: tuple[str, ...]) -> None:
    if not LOGIN.fullmatch(login):
        raise Refused("bad_login", login=login)
    if role not in ROLES:
        raise Refused("no_such_role", role=role)
    if (role == "unit") != bool(unit_codes):
        raise Refused("unit_needs_codes" if role == "unit" else "only_unit_has_codes")


def _account(row: sqlite3.Row) -> Account:
    codes = tuple(row["unit_codes"].split())
    return Account(
        row["id"], row["login"], row["name"], row["role"], codes,
        bool(row["is_enabled"]), bool(row["is_to_change"]), row["password_hash"] is not None,
    )  # fmt: skip


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")
