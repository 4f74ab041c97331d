"""What a load did, file by file and sheet by sheet: the receipt that is shown, stored and published."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any


@dataclass
class DroppedColumn:
    """A column that was not stored, and why."""

    column_no: int
    header: str
    reason: str
    """personal_header, personal_values, unmapped or ignored."""


@dataclass
class ColumnReading:
    """How one column of a sheet was understood, and why."""

    column_no: int
    header: str
    field: str = ""
    """Canonical field, or an item of a survey; empty: the column is not read."""
    confidence: float = 0.0
    reason: str = ""
    """A code of the messages `[mapping]`."""
    examples: list[str] = dataclasses.field(default_factory=list)
    """Shapes of some cells, never the cells."""


@dataclass
class SheetReceipt:
    """Counts of one sheet; `n_read = n_accepted + n_rejected`, rows (of a wide survey: respondents)."""

    sheet: str
    header_row: int
    n_read: int = 0
    n_accepted: int = 0
    n_rejected: int = 0
    n_warned: int = 0
    n_repaired: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    """Reason -> rows."""
    warnings: dict[str, int] = field(default_factory=dict)
    repairs: dict[str, int] = field(default_factory=dict)
    dropped: list[DroppedColumn] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    """Canonical fields that the sheet has a column for; what it has none for is not recorded."""
    columns: list[ColumnReading] = field(default_factory=list)
    set_aside: dict[str, int] = field(default_factory=dict)
    """Rows that are no records (totals, repeated headers, notes): reason -> rows; neither accepted nor rejected."""
    text_repairs: dict[str, int] = field(default_factory=dict)
    """What was mended in texts before they were read (encodings, fonts): kind -> cells."""
    unknown_labels: dict[str, dict[str, int]] = field(default_factory=dict)
    """Field -> label that no table knows and that may be shown -> rows."""
    is_hidden: bool = False
    """A hidden sheet: named here, not read."""


@dataclass
class Choice:
    """One answer that a question offers."""

    value: str
    text: str = ""
    """Words as they stand (a unit, a header free of personal data); empty: worded from `code`."""
    code: str = ""
    """A code of the messages `[choice]`."""
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Question:
    """What stopped a sheet or file, and what to do; the text is made from code and values at show time."""

    code: str
    sheet: str = ""
    values: dict[str, str] = field(default_factory=dict)
    key: str = ""
    """What an answer is filed under (`--answer KEY=VALUE`); empty: no choice answers it."""
    choices: list[Choice] = field(default_factory=list)
    suggested: str = ""
    """The value that the evidence speaks for, if any."""


@dataclass
class Proposal:
    """A text that is in no catalogue, seen in many cases and free of personal patterns: kept, to be reviewed."""

    field: str
    text: str
    n_cases: int


@dataclass
class Receipt:
    """One load: one file, one dataset, one layout. `load_no` is None when nothing was staged."""

    file_name: str
    sha256: str = ""
    load_no: int | None = None
    dataset: str = ""
    layout: str = ""
    due_precision: str = "date"
    loaded_at: datetime | None = None
    data_on: date | None = None
    data_on_source: str = ""
    """stated, option, synced_at, latest_date or load_day."""
    era: str = ""
    sender_unit_id: str | None = None
    is_sender: bool = False
    covers: list[str] = field(default_factory=list)
    """Bodies whose every commune the file lists in full; a commune without a row in it had nothing."""
    is_repeat: bool = False
    """The same bytes were loaded before: this is that load's receipt."""
    sheets: list[SheetReceipt] = field(default_factory=list)
    notices: dict[str, int] = field(default_factory=dict)
    """What is odd in the file as a whole: code -> rows."""
    proposals: list[Proposal] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    sender: str = ""
    """Who sends files of this name: its words without numbers, folded."""
    answers: dict[str, str] = field(default_factory=dict)
    """Answers to questions that this load was read with."""
    is_new_layout: bool = False
    """The layout was told from this file and remembered."""
    waiting_id: str = ""
    """Under which the file waits for answers (`gandan answer`)."""
    units: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Body -> {n, first_on, last_on} of its accepted rows, by the file's own units."""
    corrects: dict[str, Any] = field(default_factory=dict)
    """The load whose rejected rows this file mends: {load_no, rows: [[sheet, row], ...]}."""
    mends: dict[str, list[list[Any]]] = field(default_factory=dict)
    """Earlier load -> [sheet, row] of rejected rows whose codes this load brought and that were taken now."""

    def _sum(self, name: str) -> int:
        return sum(getattr(s, name) for s in self.sheets)

    @property
    def n_read(self) -> int:
        return self._sum("n_read")

    @property
    def n_accepted(self) -> int:
        return self._sum("n_accepted")

    @property
    def n_rejected(self) -> int:
        return self._sum("n_rejected")

    @property
    def n_warned(self) -> int:
        return self._sum("n_warned")

    @property
    def n_repaired(self) -> int:
        return self._sum("n_repaired")

    @property
    def dropped(self) -> list[tuple[str, DroppedColumn]]:
        """Return (sheet, column) of every column that was not stored."""
        return [(s.sheet, c) for s in self.sheets for c in s.dropped]

    def to_json(self) -> str:
        """Return the receipt as JSON, the totals written out."""
        content = asdict(self)
        for name in ("n_read", "n_accepted", "n_rejected", "n_warned", "n_repaired"):
            content[name] = getattr(self, name)
        return json.dumps(content, ensure_ascii=False, indent=1, default=_plain)

    @classmethod
    def from_json(cls, text: str) -> Receipt:
        """Return the receipt that `to_json` wrote; names it does not know are passed over."""
        content: dict[str, Any] = json.loads(text)
        sheets = [_sheet(s) for s in content.get("sheets", [])]
        found = cls(**{**_known(cls, content), "sheets": sheets})
        found.proposals = [Proposal(**p) for p in content.get("proposals", [])]
        found.questions = [
            Question(**{**_known(Question, q), "choices": [Choice(**c) for c in q.get("choices", [])]})
            for q in content.get("questions", [])
        ]
        found.loaded_at = datetime.fromisoformat(content["loaded_at"]) if content.get("loaded_at") else None
        found.data_on = date.fromisoformat(content["data_on"]) if content.get("data_on") else None
        return found


def read_receipt(folder: Path) -> Receipt:
    """Return the receipt of a load's folder."""
    return Receipt.from_json((folder / "receipt.json").read_text("utf-8"))


def _sheet(content: dict[str, Any]) -> SheetReceipt:
    dropped = [DroppedColumn(**one) for one in content.get("dropped", [])]
    columns = [ColumnReading(**_known(ColumnReading, one)) for one in content.get("columns", [])]
    return SheetReceipt(**{**_known(SheetReceipt, content), "dropped": dropped, "columns": columns})


def _known(kind: type, content: dict[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {k: v for k, v in content.items() if k in names}


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
