"""A page that asks nothing of a snapshot: accounts, the audit trail. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ui import numbers
from ui.text import Text
from ui.view import View
from warehouse import clock


@dataclass(frozen=True)
class Plain:
    """A page that asks nothing of a snapshot: words, and what its exports need."""

    text: Text
    view: View

    def head(self) -> list[str]:
        """Return the lines above an export: when it was made."""
        moment = clock.now()
        return [self.text("people.made", day=numbers.day(moment.date()), time=numbers.clock(moment))]
