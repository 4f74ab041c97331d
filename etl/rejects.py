"""The rejected rows of the staged loads, and the workbook that goes back to the sender."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow.parquet as pq

from etl import messages, returned
from etl.loaded import staged_loads
from warehouse.paths import DataDir

TOLD = ("sheet", "row", "column", "field", "value_shape", "reason")


@dataclass(frozen=True)
class RejectedRow:
    """One rejected row: where it stands at the sender's, and why it was not taken."""

    load_no: int
    file_name: str
    sheet: str
    row: int
    column: str
    field: str
    value_shape: str | None
    reason: str
    state: str = "open"
    """open, mended (a corrected row was taken) or again (sent again and rejected again)."""
    by_load: int | None = None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def rejected_rows(data_dir: DataDir, load_no: int | None = None) -> list[RejectedRow]:
    """Return the rejected rows of one load or all, in the sender's order."""
    found = []
    mended, again = returned.mended(data_dir), returned.sent_again(data_dir)
    for load in staged_loads(data_dir):
        if load_no not in (None, load.load_no) or not (load.folder / "rejects.parquet").is_file():
            continue
        rows = pq.read_table(load.folder / "rejects.parquet").to_pylist()
        rows.sort(key=lambda r: (r["sheet"] or "", r["row"] or 0))
        done, back = mended.get(load.load_no, {}), again.get(load.load_no, {})
        for row in rows:
            place = (row["sheet"] or "", row["row"])
            state, by_load = ("mended", done[place]) if place in done else ("open", None)
            if place in back:
                state, by_load = "again", back[place]
            told = {name: row[name] for name in TOLD}
            found.append(RejectedRow(load.load_no, load.receipt.file_name, **told, state=state, by_load=by_load))
    return found


def write_workbook(rows: list[RejectedRow], path: Path, lang: str = "vi") -> None:
    """Write the rows as .xlsx: the sender's row numbers, mapped columns only, shapes where a value may be personal."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(messages.text("receipt", "rejected_sheet", lang))
    bold = book.add_format({"bold": True, "bottom": 1})
    headers = messages.table(lang)["receipt"]["columns"]
    for at, header in enumerate(headers):
        sheet.write_string(0, at, header, bold)
    for at, width in enumerate((8, 34, 16, 8, 24, 24, 70)):
        sheet.set_column(at, at, width)
    sheet.freeze_panes(1, 0)
    for n, row in enumerate(rows, 1):
        sheet.write_number(n, 0, row.load_no)
        sheet.write_string(n, 1, row.file_name)
        sheet.write_string(n, 2, row.sheet or "")
        sheet.write_number(n, 3, row.row)
        sheet.write_string(n, 4, row.column or "")
        sheet.write_string(n, 5, row.value_shape or "")
        sheet.write_string(n, 6, messages.reason(row.reason, lang))
    sheet.autofilter(0, 0, max(1, len(rows)), len(headers) - 1)
    book.close()
