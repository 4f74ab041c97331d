"""From an account to the viewer that asks: what it may see follows from here, on every question."""

from __future__ import annotations

from collections.abc import Callable

from metrics.viewer import PROVINCE, Role, Viewer
from ui.access.accounts import Account

WRITERS = ("administrator", "analyst")
"""Who loads, publishes, withdraws, answers for the province."""


def viewer_of(account: Account, bodies_of: Callable[[str], frozenset[str]]) -> Viewer:
    """Return the viewer of an account; `bodies_of` gives the unit ids of every era behind an official code.

    Its name is that of the scope, not of the person: who sees the same shares what is kept of answers.
    """
    if account.role in WRITERS:
        return PROVINCE
    if account.role == "unit":
        bodies = frozenset[str]().union(*(bodies_of(code) for code in account.unit_codes))
        return Viewer("unit", bodies, name=f"unit:{' '.join(account.unit_codes)}")
    role: Role = "auditor" if account.role == "auditor" else "viewer"
    return Viewer(role, name=role)


def may_write(account: Account) -> bool:
    """Return whether the account may change figures."""
    return account.role in WRITERS


def may_manage(account: Account) -> bool:
    """Return whether the account may manage accounts and read the audit trail."""
    return account.role == "administrator"
