"""What a province says about its single sign-on: `[oidc]` of `access.toml` in the data folder. No network here."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ui.access.accounts import ROLES, Role
from warehouse.paths import DataDir

FILE = "access.toml"
SECRET = "GANDAN_OIDC_CLIENT_SECRET"
"""Environment variable that may hold the secret instead of the file."""
SCOPES = ("openid", "profile", "email")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PACKAGES = ("authlib", "httpx")
"""Of requirements-sso.lock: a server without single sign-on does without them."""
KEYS = frozenset(
    {
        "issuer", "client_id", "client_secret", "public_address", "scopes", "account_claim", "name", "contact",
        "automatic_accounts", "automatic_role", "ca_bundle", "discovery", "groups",
    }
)  # fmt: skip


class Wrong(ValueError):
    """Settings that cannot be used; `code` says why, `values` fill the sentence and never hold the secret."""

    def __init__(self, code: str, **values: object):
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Grant:
    """What being in a group of the provider gives."""

    group: str
    role: Role
    unit_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """One provider, and what it decides here; an account has to exist unless `is_automatic`."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    public_address: str
    scopes: tuple[str, ...] = SCOPES
    account_claim: str = "preferred_username"
    names: tuple[tuple[str, str], ...] = ()
    contact: str = ""
    is_automatic: bool = False
    automatic_role: Role = "viewer"
    groups_claim: str = ""
    grants: tuple[Grant, ...] = ()
    ca_bundle: str = ""
    discovery: str = ""
    """Where the provider describes itself, if not at the usual place under its issuer."""

    def name(self, lang: str) -> str:
        """Return what people call the provider in a language, empty where the file does not say."""
        return dict(self.names).get(lang, "")


def path_in(data_dir: DataDir) -> Path:
    """Return where the settings lie."""
    return data_dir.root / FILE


def load(data_dir: DataDir) -> Settings | None:
    """Return the settings, None where there is no single sign-on; raise `Wrong`."""
    path = path_in(data_dir)
    if not path.is_file():
        return None
    try:
        given = tomllib.loads(path.read_text("utf-8")).get("oidc")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise Wrong("unreadable", file=FILE) from None
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Wrong("unreadable", file=FILE)
    if unknown := sorted(given.keys() - KEYS):
        raise Wrong("unknown_key", name=unknown[0], known=", ".join(sorted(KEYS)))
    return _settings(given, path)


def usable(data_dir: DataDir) -> Settings | None:
    """Return the settings when they are right and the packages there; else `gandan doctor` tells why, not strangers."""
    try:
        found = load(data_dir)
    except Wrong:
        return None
    return found if found is not None and all(find_spec(name) for name in PACKAGES) else None


def is_safe(address: str, may_be_loopback: bool = True) -> bool:
    """Return whether an address is reached by https, or lies on this very machine.

    >>> is_safe("https://a.gov.vn"), is_safe("http://a.gov.vn"), is_safe("http://127.0.0.1:9"), is_safe("https:///x")
    (True, False, True, False)
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (may_be_loopback and parts.scheme == "http" and host in LOOPBACK))


def _settings(given: Mapping[str, Any], path: Path) -> Settings:
    issuer, public = _text(given, "issuer"), _text(given, "public_address").rstrip("/")
    discovery = _text(given, "discovery", "")
    for key, address in (("issuer", issuer), ("public_address", public), ("discovery", discovery or issuer)):
        if not is_safe(address):
            raise Wrong("not_https", name=key)
    if urlsplit(public).path or urlsplit(public).query:
        raise Wrong("public_address_path")
    scopes = _texts(given, "scopes", SCOPES)
    if "openid" not in scopes:
        raise Wrong("no_openid_scope")
    claim, grants = _groups(given.get("groups"))
    automatic_role = _role(str(given.get("automatic_role", "viewer")))
    if automatic_role == "unit":
        raise Wrong("automatic_role_unit")
    ca_bundle = _text(given, "ca_bundle", "")
    if ca_bundle and not Path(ca_bundle).is_file():
        raise Wrong("no_ca_bundle", path=ca_bundle)
    is_automatic = given.get("automatic_accounts", False)
    if not isinstance(is_automatic, bool):
        raise Wrong("bad_value", name="automatic_accounts")
    return Settings(
        issuer, _text(given, "client_id"), _secret(given, path), public, scopes,
        _text(given, "account_claim", "preferred_username"), _names(given.get("name", {})), _text(given, "contact", ""),
        is_automatic, automatic_role, claim, grants, ca_bundle, discovery,
    )  # fmt: skip


def _secret(given: Mapping[str, Any], path: Path) -> str:
    """Return the secret of the environment, else of a file that nobody but its owner can read."""
    named = os.environ.get(SECRET, "")
    secret = named or _text(given, "client_secret", "")
    if not secret:
        raise Wrong("no_secret", variable=SECRET)
    if not (secret.isascii() and secret.isprintable()):
        raise Wrong("bad_value", name="client_secret")
    if named:
        return named
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Wrong("secret_readable", path=path)
    return secret


def _groups(given: Any) -> tuple[str, tuple[Grant, ...]]:
    if given is None:
        return "", ()
    if not isinstance(given, dict) or given.keys() - {"claim", "grant"} or not isinstance(given.get("grant"), list):
        raise Wrong("bad_value", name="groups")
    grants = []
    for one in given["grant"]:
        if not isinstance(one, dict) or one.keys() - {"group", "role", "units"}:
            raise Wrong("bad_value", name="groups.grant")
        role, units = _role(_text(one, "role")), _texts(one, "units", ())
        if (role == "unit") != bool(units):
            raise Wrong("grant_units", group=_text(one, "group"))
        grants.append(Grant(_text(one, "group"), role, units))
    return _text(given, "claim", "groups"), tuple(grants)


def _role(given: str) -> Role:
    """Return a role that a provider may give: who manages accounts is decided here, by command."""
    if given == "administrator":
        raise Wrong("administrator_by_hand")
    if given not in ROLES:
        raise Wrong("no_such_role", role=given, known=", ".join(r for r in ROLES if r != "administrator"))
    return cast(Role, given)


def _names(given: Any) -> tuple[tuple[str, str], ...]:
    if isinstance(given, str):
        return (("vi", given), ("en", given)) if given else ()
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise Wrong("bad_value", name="name")
    return tuple(sorted(given.items()))


def _text(given: Mapping[str, Any], key: str, default: str | None = None) -> str:
    value = given.get(key, default)
    if not isinstance(value, str) or (not value and default is None):
        raise Wrong("missing" if value in (None, "") else "bad_value", name=key)
    return value.strip()


def _texts(given: Mapping[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    value = given.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        raise Wrong("bad_value", name=key)
    return tuple(value)
