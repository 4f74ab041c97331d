"""Sheets of .xlsx and .xls workbooks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl.readers.cells import cell_text
from etl.readers.limits import check_area, check_bytes, limits
from etl.readers.model import PREVIEW_ROWS, Grid, Unreadable
from etl.readers.ooxml import files_of_sheets, look_at

VBA = "_VBA_PROJECT".encode("utf-16-le")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_xlsx(path: Path) -> list[Grid]:
    """Return the sheets of an .xlsx, the cells with an error told from empty ones."""
    parts = look_at(path)
    has_errors = any(parts.errors.values())
    files = files_of_sheets(path) if has_errors else {}
    grids = _read(path)
    for grid in grids:
        grid.errors = sorted(parts.errors.get(files.get(grid.name, ""), ()))
    return grids


def read_xls(path: Path) -> list[Grid]:
    """Return the sheets of an old workbook (.xls)."""
    from etl.readers.biff import errors_by_sheet

    check_bytes("workbook", path.stat().st_size)
    content = path.read_bytes()
    if ENCRYPTED in content:
        raise Unreadable("encrypted")
    if VBA in content:
        raise Unreadable("macros")
    errors = errors_by_sheet(content)
    grids = _read(path)
    for grid in grids:
        grid.errors = errors.get(grid.name, [])
    return grids


def _read(path: Path) -> list[Grid]:
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        with path.open("rb") as opened:
            book: Any = CalamineWorkbook.from_filelike(opened)
            sheets = book.sheets_metadata
            if len(sheets) > limits("workbook")["sheets"]:
                raise Unreadable("too_many_sheets", n=str(len(sheets)), limit=str(limits("workbook")["sheets"]))
            return [grid for meta in sheets if (grid := _grid(book, meta))]
    except Unreadable:
        raise
    except PasswordError:
        raise Unreadable("encrypted") from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except MemoryError:
        raise Unreadable("reader_stopped") from None
    except BaseException as error:  # calamine's errors have no common base, and a panic is no Exception
        raise Unreadable("broken_workbook", detail=type(error).__name__) from None


def _grid(book: Any, meta: Any) -> Grid | None:
    kind = str(meta.typ).rpartition(".")[2]
    if kind == "MacroSheet":
        raise Unreadable("macros")
    if kind != "WorkSheet":
        return None  # charts and dialogues hold no rows
    sheet = book.get_sheet_by_name(meta.name)
    if sheet.end is None:
        return None
    check_area(sheet.end[0] + 1, sheet.end[1] + 1)
    rows = sheet.to_python(skip_empty_area=False)
    for n, row in enumerate(rows):
        rows[n] = [c if type(c) is str else cell_text(c) for c in row]
    if not any(any(r) for r in rows):
        return None
    # Below the header only cells merged downwards matter: one unit or field for several rows.
    ranges = ((a[0], a[1], b[0], b[1]) for a, b in sheet.merged_cell_ranges or [])
    merged = [one for one in ranges if one[0] < PREVIEW_ROWS or (one[1] == one[3] and one[0] < one[2])]
    return Grid(meta.name, rows, merged, is_hidden=not str(meta.visible).endswith(".Visible"))


def warm_up() -> None:
    """Load the parser before the process's memory is bounded."""
    import python_calamine  # noqa: F401
