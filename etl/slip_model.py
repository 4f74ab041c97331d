"""What a receipt holds: the slip of a commune and file, its findings and its figures by month."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Literal

from etl import returned

Kind = Literal["file", "unit", "unknown", "restricted"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, in the sender's own cell; `value` is a shape where the value may not be shown."""

    sheet: str
    row: int
    cell: str
    column: str
    field: str
    value: str
    is_shape: bool
    reason: str
    state: str = ""
    """Of a rejected row: open, mended or again (sent again and rejected again)."""
    by_load: int | None = None


@dataclass(frozen=True)
class Month:
    """Accepted rows of a month ("2026-10"; empty: without a date): received, and settled where the dataset says so."""

    month: str
    n_received: int
    n_settled: int | None


@dataclass
class Slip:
    """The receipt of one commune, of the rows of no known unit, or of the whole file."""

    load_no: int
    number: str
    kind: Kind
    file_name: str
    sha256: str
    dataset: str
    layout: str
    era: str
    loaded_at: datetime | None
    data_on: date | None
    data_on_source: str
    layout_title: dict[str, str] = field(default_factory=dict)
    unit_id: str | None = None
    unit_code: str = ""
    unit_name: str = ""
    first_on: date | None = None
    last_on: date | None = None
    n_accepted: int = 0
    n_rejected: int = 0
    n_warned: int = 0
    n_repaired: int = 0
    n_mended: int = 0
    n_open: int = 0
    n_unlisted: int = 0
    """Rejected rows of which no list may speak."""
    rejects: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    months: list[Month] = field(default_factory=list)
    rejected: list[Finding] = field(default_factory=list)
    warned: list[Finding] = field(default_factory=list)
    set_aside: dict[str, int] = field(default_factory=dict)
    """Of the whole file, on every slip of it: rows that are no records."""
    text_repairs: dict[str, int] = field(default_factory=dict)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    """(header, reason) of the file's columns that were not taken."""
    corrects: dict[str, Any] = field(default_factory=dict)

    @property
    def n_read(self) -> int:
        return self.n_accepted + self.n_rejected

    def as_dict(self) -> dict[str, Any]:
        """Return the slip as plain JSON values."""
        content: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in ("months", "rejected", "warned"):
            content[name] = [asdict(one) for one in content[name]]
        for name, value in content.items():
            if isinstance(value, Counter):
                content[name] = dict(value.most_common())
            elif isinstance(value, date | datetime):
                content[name] = value.isoformat()
        return {**content, "n_read": self.n_read}


def readable(text: str) -> str:
    """Return a kept cell as people write it: a date as dd/mm/yyyy.

    >>> readable("2026-10-03"), readable("2026-10-03 08:30:00"), readable("31/02/2026")
    ('03/10/2026', '03/10/2026 08:30', '31/02/2026')
    """
    day = returned.as_day(text) if len(text) >= 10 and text[4:5] == "-" else None
    if isinstance(day, datetime):
        return f"{day:%d/%m/%Y %H:%M}"
    return f"{day:%d/%m/%Y}" if day else text


def letters(column_no: int) -> str:
    """Return a column's letters in a spreadsheet.

    >>> letters(1), letters(27), letters(702)
    ('A', 'AA', 'ZZ')
    """
    found = ""
    while column_no > 0:
        column_no, rest = divmod(column_no - 1, 26)
        found = chr(65 + rest) + found
    return found
