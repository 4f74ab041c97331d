"""Sheets drawn in a test: a header, and rows of one-stop cases as an office would write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from etl.extract import Sheet
from etl.recognise import Match, Unanswered, recognise
from warehouse.paths import DataDir

N_ROWS = 12
FIRST = date(2026, 10, 13)


def dates(after: int = 0) -> list[str]:
    """Return one day per row, so many days after the receipt."""
    return [f"{FIRST + timedelta(days=n + after):%d/%m/%Y}" for n in range(N_ROWS)]


CODES = [f"H44.12-2610{n + 1:02d}-{n + 1:04d}" for n in range(N_ROWS)]
UNITS = ["Xã Lao Bảo", "Phường Đông Hà"] * (N_ROWS // 2)
UNIT_CODES = ["19432", "19351"] * (N_ROWS // 2)
STATUSES = ["Đã có kết quả", "Đang giải quyết", "Rút hồ sơ"] * (N_ROWS // 3)
PROCEDURES = ["1.004873", "2.000815"] * (N_ROWS // 2)
DURATIONS = ["7 ngày", "15 ngày"] * (N_ROWS // 2)


def sheet(columns: Mapping[str, Sequence[str]] | Sequence[tuple[str, Sequence[str]]], above: int = 0) -> Sheet:
    """Return a sheet of these columns (header -> cells), with so many lines of titles above."""
    pairs = list(columns.items()) if isinstance(columns, Mapping) else list(columns)
    rows = [["SỔ THEO DÕI", *[""] * (len(pairs) - 1)] for _ in range(above)]
    rows.append([header for header, _ in pairs])
    rows += [list(row) for row in zip(*(cells for _, cells in pairs), strict=True)]
    return Sheet("T10", rows[:60], rows=rows)


def cases(**more: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return the columns that a log of cases needs, each under its plainest header, and others by header."""
    return {"Mã hồ sơ": CODES, "Cơ quan giải quyết": UNITS, "Ngày tiếp nhận": dates(), **more}


def read(drawn: Sheet, data_dir: DataDir, answers: Mapping[str, str] | None = None) -> Match:
    """Return the match of a sheet that needs no answer any more."""
    found = recognise(drawn, data_dir, answers=answers)
    assert isinstance(found, Match), [(q.code, q.key, q.values) for q in found.questions]
    return found


def asked(drawn: Sheet, data_dir: DataDir, answers: Mapping[str, str] | None = None) -> Unanswered:
    """Return what a sheet waits for."""
    found = recognise(drawn, data_dir, answers=answers)
    assert isinstance(found, Unanswered), found.fields
    return found


def fields(match: Match) -> dict[str, str]:
    """Return field -> header of the column it was read from."""
    return {name: match.headers[at] for name, at in match.fields.items()}
