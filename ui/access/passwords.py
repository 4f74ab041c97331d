"""Passwords: Argon2id, and what is refused as one."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any


@cache
def rules() -> dict[str, Any]:
    """Return the rules of `access.toml`."""
    return tomllib.loads((Path(__file__).parent / "access.toml").read_text("utf-8"))


class Weak(ValueError):
    """A password that is refused; `code` says why, `values` fill the sentence."""

    def __init__(self, code: str, **values: object):
        super().__init__(code)
        self.code, self.values = code, values


@cache
def _hasher() -> Any:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


def normal(password: str) -> str:
    """Return the password as it is hashed: keyboards write the same Vietnamese letter in two ways."""
    return unicodedata.normalize("NFC", password)


def check(password: str, login: str) -> None:
    """Raise `Weak` for a password that may not be used."""
    limits = rules()["password"]
    given = normal(password)
    plain = "".join(c for c in unicodedata.normalize("NFD", given.lower()) if c.isalnum() and c.isascii())
    if len(given) < limits["shortest"]:
        raise Weak("too_short", n=limits["shortest"])
    if len(given) > limits["longest"]:
        raise Weak("too_long", n=limits["longest"])
    if len(set(given)) < limits["least_different"]:
        raise Weak("too_plain")
    name = "".join(c for c in login.lower() if c.isalnum())
    for word in (*limits["common"], name):
        rest = plain.replace(word, "") if word else plain
        if word and len(rest) < limits["shortest"] // 2 and rest != plain:
            raise Weak("too_common")


def hashed(password: str) -> str:
    """Return the Argon2id hash of a password (a quarter of a second, on purpose)."""
    return str(_hasher().hash(normal(password)))


@cache
def nobodys_hash() -> str:
    """Return a hash that no password meets: an unknown login takes as long as a known one."""
    import secrets

    return hashed(secrets.token_urlsafe(24))


def is_right(password: str, stored: str) -> bool:
    """Return whether a password meets a stored hash."""
    limits = rules()["password"]
    if len(password) > limits["longest"]:
        return False
    return bool(_hasher().verify(normal(password), stored))
