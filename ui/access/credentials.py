"""Passwords given and changed: one that an administrator hands out holds until its owner has chosen another."""

from __future__ import annotations

import secrets

from ui.access import accounts, audit, passwords
from ui.access.accounts import Account
from ui.access.store import Store

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a password that is read out or written down is made of: nothing that looks like another."""
GROUPS, OF_EACH = 4, 4


class WrongPassword(PermissionError):
    """The present password was not given rightly."""


def made() -> str:
    """Return a password to hand out: four groups of four letters and digits, 79 bits.

    >>> len(made()), made() == made()
    (19, False)
    """
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(OF_EACH)) for _ in range(GROUPS))


def issue(store: Store, login: str, by: str) -> str:
    """Return a new password of an account, shown once and nowhere kept; its sessions end.

    Whoever signs in with it can do nothing before choosing a password of their own.
    """
    given = made()
    accounts.change(store, login, by, "password_issued", password_hash=passwords.hashed(given), is_to_change=1)
    unlock(store, login, by)
    return given


def add(
    store: Store, login: str, name: str, role: accounts.Role, unit_codes: tuple[str, ...], by: str
) -> tuple[Account, str]:
    """Return a new account and the password to hand out; raise `accounts.Refused`."""
    accounts.add(store, login, name, role, None, unit_codes, by)
    given = issue(store, login, by)
    found = accounts.get(store, login)
    assert found is not None
    return found, given


def change_own(store: Store, account: Account, present: str, chosen: str, source: str = "") -> None:
    """Change the password of whoever gives the present one; every session of the account ends.

    Raise `WrongPassword`, `accounts.LockedOut` (failures count as those of signing in do) or `passwords.Weak`.
    """
    if accounts.sign_in(store, account.login, present, source, noted_as="password_confirmed") is None:
        raise WrongPassword
    passwords.check(chosen, account.login)
    if passwords.normal(chosen) == passwords.normal(present):
        raise passwords.Weak("same")
    hashed = passwords.hashed(chosen)
    accounts.change(store, account.login, account.login, "password_changed", password_hash=hashed, is_to_change=0)


def unlock(store: Store, login: str, by: str) -> bool:
    """Return whether a login was locked, or near to it: its failures are forgotten."""
    login = login.strip().lower()
    with store.writing() as con:
        n = con.execute("DELETE FROM failed_sign_in WHERE login = ?", [login]).rowcount
        if n:
            audit.add(con, by, "account_unlocked", login=login)
    return n > 0
