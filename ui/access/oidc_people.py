"""From what the provider vouches for to an account of ours: who may come in, as what; anybody else is refused, and why.

An account has one way in. One with a password is never opened by the provider, so that nobody who may choose a name
there can take the administrator's here. The first sign-in binds the account to the person (issuer and subject): a login
that the provider gives to somebody else later opens nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ui.access import accounts, audit, oidc_attempts, passwords
from ui.access.accounts import Account, Role
from ui.access.oidc_settings import Settings
from ui.access.store import Store
from warehouse import clock

PROVIDER = "@oidc"
"""Who made or changed an account that nobody here did."""


class Refused(PermissionError):
    """Somebody whom the provider knows may not come in here; `code` says why."""

    def __init__(self, code: str, **values: object):
        super().__init__(code)
        self.code, self.values = code, values


def wanted(settings: Settings) -> tuple[str, ...]:
    """Return the names of the claims that decide."""
    return (settings.account_claim, *((settings.groups_claim,) if settings.grants else ()))


def admit(store: Store, settings: Settings, claims: Mapping[str, Any], source: str = "") -> Account:
    """Return the account of who signed in at the provider; raise `Refused`. Either is noted in the audit trail.

    The trail holds a login only where there is an account of that name, as for passwords.
    """
    oidc_attempts.prepare(store)
    login = _login(settings, claims)
    known = accounts.get(store, login) if login else None
    person = _person(settings.issuer, str(claims["sub"]))
    try:
        account = _account(store, settings, claims, login, known, person)
        _bind(store, account, person)
    except Refused as refused:
        note_refused(store, known.login if known else "?", refused.code, source)
        raise
    with store.writing() as con:
        audit.add(con, account.login, "signed_in", source=source, way="oidc")
    return account


def note_refused(store: Store, who: str, why: str, source: str) -> None:
    """Write to the audit trail that somebody did not come in, and why."""
    with store.writing() as con:
        audit.add(con, who, "sign_in_refused", source=source, way="oidc", why=why)


def entrust(store: Store, login: str, by: str) -> None:
    """Leave an account to single sign-on: no password, and the next person of this login at the provider has it.

    Its sessions end. The last administrator with a password stays: somebody has to come in while the provider is down.
    """
    oidc_attempts.prepare(store)
    account = accounts.get(store, login)
    if account is None:
        raise accounts.Refused("no_such_login", login=login)
    local = [
        one
        for one in accounts.all_accounts(store)
        if one.role == "administrator" and one.is_enabled and one.has_password and one.id != account.id
    ]
    if account.role == "administrator" and not local:
        raise accounts.Refused("last_local_administrator", login=account.login)
    accounts.change(store, account.login, by, "account_released", password_hash=None, is_to_change=0)
    with store.writing() as con:
        con.execute("DELETE FROM oidc_person WHERE account_id = ?", [account.id])


def _login(settings: Settings, claims: Mapping[str, Any]) -> str:
    given = claims.get(settings.account_claim)
    if settings.account_claim == "email" and claims.get("email_verified") is False:
        return ""  # an address that anybody can claim
    login = given.strip().lower() if isinstance(given, str) else ""
    return login if accounts.LOGIN.fullmatch(login) else ""


def _account(
    store: Store, settings: Settings, claims: Mapping[str, Any], login: str, known: Account | None, person: str
) -> Account:
    if not login:
        raise Refused("no_login")
    if known is None and (not settings.is_automatic or not accounts.are_there(store)):
        raise Refused("unknown")  # nobody's first account is made by a provider: an open server would close
    if known is not None:
        _check(store, known, person)
        if known.role == "administrator":  # who manages accounts is decided here alone: no group gives it or takes it
            return known
    given = _given(settings, claims)
    if given is None and settings.grants:
        raise Refused("no_group")
    if known is None:
        role, units = given or (settings.automatic_role, ())
        return accounts.add(store, login, login, role, None, units, by=PROVIDER)
    if given is not None and (known.role, known.unit_codes) != given:
        accounts.set_role(store, login, *given, by=PROVIDER)
    return accounts.get(store, login) or known


def _check(store: Store, known: Account, person: str) -> None:
    if known.has_password:
        raise Refused("password_account")
    if not known.is_enabled:
        raise Refused("disabled")
    if minutes := accounts.locked_for(store, known.login):
        raise Refused("locked", n=minutes)
    bound = _bound(store, known)
    if bound is not None and not passwords.is_right(person, bound):
        raise Refused("other_person")


def _given(settings: Settings, claims: Mapping[str, Any]) -> tuple[Role, tuple[str, ...]] | None:
    """Return what the person's groups give: the first role of the file that fits, with all units of that role."""
    if not settings.grants:
        return None
    told = claims.get(settings.groups_claim)
    groups = told if isinstance(told, list) else [told]
    fitting = [one for one in settings.grants if one.group in groups]
    if not fitting:
        return None
    role = fitting[0].role
    units = dict.fromkeys(code for one in fitting if one.role == role for code in one.unit_codes)
    return role, tuple(units)


def _bound(store: Store, account: Account) -> str | None:
    with store.reading() as con:
        row = con.execute("SELECT subject_hash FROM oidc_person WHERE account_id = ?", [account.id]).fetchone()
    return str(row["subject_hash"]) if row else None


def _bind(store: Store, account: Account, person: str) -> None:
    """Bind an account to the person at its first sign-in; raise `Refused` when somebody else was first this moment."""
    if _bound(store, account) is None:
        kept = passwords.hashed(person)
        with store.writing() as con:
            con.execute(
                "INSERT OR IGNORE INTO oidc_person VALUES (?, ?, ?)",
                [account.id, kept, clock.now().isoformat(timespec="seconds")],
            )
    if not passwords.is_right(person, _bound(store, account) or ""):
        raise Refused("other_person")


def _person(issuer: str, subject: str) -> str:
    """Return what stands for a person; only a slow, salted hash of it is kept: a subject may be a citizen's number."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()
