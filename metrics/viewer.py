"""Who asks: no question can be asked without a viewer, and no answer goes beyond the viewer's scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["province", "unit", "auditor", "viewer"]


@dataclass(frozen=True)
class Viewer:
    """A role and the units it answers for; empty `unit_ids` for those who see the whole province."""

    role: Role
    unit_ids: frozenset[str] = frozenset()
    name: str = ""

    @property
    def sees_province(self) -> bool:
        return self.role in ("province", "auditor")

    def owns(self, unit_id: str) -> bool:
        """Return whether the viewer answers for this unit."""
        return self.role == "province" or unit_id in self.unit_ids


PROVINCE = Viewer("province", name="province")
"""The operator of the command line: whoever can read the data folder acts as the province (product.md §4)."""
