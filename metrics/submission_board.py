"""The submission board as it is shown: cells, units, and what can be read off the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from metrics.model import Calendar
from metrics.submission_rules import Cycle

State = Literal["in_time", "late", "sent", "partly", "not_sent", "not_due", "not_expected"]
STATES: tuple[State, ...] = ("in_time", "late", "sent", "partly", "not_sent", "not_due", "not_expected")
"""`sent`: there, but due before this data folder was in use, so that nobody can say when it came."""
THERE: tuple[State, ...] = ("in_time", "late", "sent")
OWING: tuple[State, ...] = ("not_sent", "partly")
"""What stands in a reminder."""


@dataclass(frozen=True)
class Cell:
    """What one unit sent for one cycle."""

    state: State
    due_on: date | None = None
    sent_on: date | None = None
    days_late: int | None = None
    late_unit: str = ""
    """working or calendar: how `days_late` is counted."""
    known_to: date | None = None
    """The last day that its data hold, within the cycle."""
    load_no: int | None = None
    file_name: str = ""
    dataset: str = ""
    """The dataset that it came as: a table of form II.06a may stand for a log."""
    is_published: bool = True
    withdrawn: tuple[int, ...] = ()
    """Loads that spoke of the cycle and were withdrawn."""
    is_confirmed: bool = False
    """Whether the term rests on a document."""


@dataclass(frozen=True)
class UnitRow:
    """One body and its cells, in the order of the board's cycles."""

    unit_id: str
    code: str
    name: str
    full_name: str
    level: str
    area_id: str
    area_name: str
    cells: tuple[Cell, ...]
    last_good: str = ""
    """The newest cycle that it has sent in whole, also before those shown."""


@dataclass(frozen=True)
class Board:
    """Units × cycles of one dataset."""

    dataset: str
    calendar: Calendar
    today: date
    cycles: tuple[Cycle, ...]
    due_on: tuple[date | None, ...]
    """The general term of communes (else of the others), per cycle."""
    units: tuple[UnitRow, ...]
    n_waiting: int = 0
    """Files that wait for an answer: what they hold is not known yet."""
    is_confirmed: bool = False

    def at(self, token: str) -> int:
        """Return the place of a cycle."""
        return [c.token for c in self.cycles].index(token)

    def counts(self, token: str, level: str = "") -> dict[State, int]:
        """Return how many units (of a level) are in each state in a cycle."""
        n = self.at(token)
        found = Counter(row.cells[n].state for row in self.units if level in ("", row.level))
        return {state: found[state] for state in STATES}

    def owing(self, token: str) -> list[tuple[UnitRow, Cell]]:
        """Return who is past the term with nothing or only a part."""
        n = self.at(token)
        return [(row, row.cells[n]) for row in self.units if row.cells[n].state in OWING]

    def newest_due(self) -> str:
        """Return the newest cycle whose term is over, else the oldest one shown."""
        over = [c.token for c, due in zip(self.cycles, self.due_on, strict=True) if due and due < self.today]
        return over[-1] if over else self.cycles[0].token

    def records(self) -> list[dict[str, Any]]:
        """Return one record per unit and cycle, for the command line and for exports."""
        return [
            {
                "dataset": self.dataset, "calendar": self.calendar, "cycle": cycle.token, "cut_off": cycle.cut_off,
                "unit_id": row.unit_id, "unit_code": row.code, "unit_name": row.full_name, "level": row.level,
                "area": row.area_name, "state": cell.state, "due_on": cell.due_on, "sent_on": cell.sent_on,
                "days_late": cell.days_late, "late_unit": cell.late_unit, "known_to": cell.known_to,
                "load_no": cell.load_no, "file_name": cell.file_name, "sent_as": cell.dataset,
                "is_published": cell.is_published, "withdrawn": list(cell.withdrawn), "last_good": row.last_good,
                "is_confirmed": cell.is_confirmed,
            }
            for row in self.units
            for cycle, cell in zip(self.cycles, row.cells, strict=True)
        ]  # fmt: skip


RECORD = (
    "dataset", "calendar", "cycle", "cut_off", "unit_id", "unit_code", "unit_name", "level", "area", "state", "due_on",
    "sent_on", "days_late", "late_unit", "known_to", "load_no", "file_name", "sent_as", "is_published", "withdrawn",
    "last_good", "is_confirmed",
)  # fmt: skip
"""The columns of `Board.records`."""
