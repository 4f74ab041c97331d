"""Changes of how cells are written: dates, texts, and rows that are no records."""

from __future__ import annotations

from random import Random

from corpus.model import HEADER_AGAIN, Cell, Table
from corpus.register import mutation, one_row

LEAST_TO_TELL = 6
IN_WORDS = {"status", "channel", "unit_name", "receiving_unit_name", "procedure_name", "field_name", "kind", "host"}


def _dates(table: Table, style: str) -> bool:
    for column in table.columns:
        if column.moments is not None:
            is_moment = any(m and (m.hour, m.minute) != (0, 0) for m in column.moments)
            needs_time = table.dataset == "queue_ticket" or bool({"started_at", "ended_at"} & set(column.truth))
            column.write_dates(
                {"short": "dmy_time", "iso": "iso_time", "dots": "dmy_time", "mixed": "cell", "loose": "dmy_time"}.get(
                    style, style
                )
                if needs_time and is_moment
                else style
            )
    return bool(table.of_dates())


@mutation
def dates_short(table: Table, rng: Random) -> bool:
    return _dates(table, "short")


@mutation
def dates_iso(table: Table, rng: Random) -> bool:
    return _dates(table, "iso")


@mutation
def dates_with_time_first(table: Table, rng: Random) -> bool:
    return _dates(table, "time_dmy")


@mutation
def dates_as_serials(table: Table, rng: Random) -> bool:
    return _dates(table, "serial")


@mutation
def dates_as_cells(table: Table, rng: Random) -> bool:
    return _dates(table, "cell")


@mutation
def dates_dotted(table: Table, rng: Random) -> bool:
    return _dates(table, "dots")


@mutation
def dates_mixed(table: Table, rng: Random) -> bool:
    return _dates(table, "mixed")


@mutation
def dates_american(table: Table, rng: Random) -> bool:
    table.date_order = "mdy"
    return _dates(table, "mdy_time" if table.dataset in ("queue_ticket", "case_step") else "mdy")


@mutation
def dates_turned(table: Table, rng: Random) -> bool:
    """A spreadsheet set to month-day took each day within 12 for a month; the other dates stayed texts."""
    if table.kind != "xlsx" or table.dataset in ("queue_ticket", "case_step"):
        return False
    within = [[m.day <= 12 for m in c.moments or [] if m] for c in table.of_dates()]
    if not any(min(days.count(True), days.count(False)) >= LEAST_TO_TELL for days in within):
        return False  # nobody could tell from the file
    for column in table.columns:
        if column.moments is not None:
            column.write_dates("dmy")
            column.cells = [
                m.replace(month=m.day, day=m.month, hour=0, minute=0) if m and m.day <= 12 else cell
                for m, cell in zip(column.moments, column.cells, strict=True)
            ]
    table.are_cells_turned = True
    return True


@mutation
def shifted_cells(table: Table, rng: Random) -> bool:
    table.is_shifted = True
    table.is_judged_by_rows = table.may_stop = True
    return True


# -- texts


def _as_text_file(table: Table, font: str, encoding: str) -> bool:
    table.kind, table.font, table.encoding = "csv", font, encoding
    one_row(table)
    for column in table.columns:
        if column.moments is not None and column.style == "cell":
            column.write_dates("dmy")
    return True


@mutation
def nothing_as_a_sign(table: Table, rng: Random) -> bool:
    sign = rng.choice(["-", "NULL", "–"])
    for column in table.columns:
        column.cells = [sign if cell in ("", None) else cell for cell in column.cells]
    return True


@mutation
def spaces_around(table: Table, rng: Random) -> bool:
    for column in table.columns:
        column.cells = [f"\u00a0{cell}  " if isinstance(cell, str) and cell else cell for cell in column.cells]
    return True


@mutation
def words_in_capitals(table: Table, rng: Random) -> bool:
    for column in table.columns:
        if set(column.truth) & IN_WORDS:
            column.cells = [cell.upper() if isinstance(cell, str) else cell for cell in column.cells]
    table.units = {name.upper(): unit for name, unit in table.units.items()}
    return True


@mutation
def in_cp1258(table: Table, rng: Random) -> bool:
    return _as_text_file(table, "", "cp1258")


@mutation
def in_tcvn3(table: Table, rng: Random) -> bool:
    if table.kind == "xlsx":
        table.font = "tcvn3"
        return True
    return _as_text_file(table, "tcvn3", "latin")


@mutation
def in_vni(table: Table, rng: Random) -> bool:
    if table.kind == "xlsx":
        table.font = "vni"
        return True
    return _as_text_file(table, "vni", "latin")


@mutation
def in_utf16(table: Table, rng: Random) -> bool:
    return _as_text_file(table, "", "utf-16")


@mutation
def read_twice(table: Table, rng: Random) -> bool:
    if table.encoding in ("cp1258", "latin"):
        return False
    table.font = "mojibake"
    return True


# -- rows that are no records


@mutation
def totals_and_signatures(table: Table, rng: Random) -> bool:
    width = len(table.columns)
    total: list[Cell] = [""] * width
    total[0], total[-1] = "Tổng cộng", table.n_records
    table.furniture[table.n_records] = [
        total,
        [""] * width,
        ["Người lập biểu"] + [""] * (width - 2) + ["Thủ trưởng đơn vị"],
        ["Ghi chú: số liệu lấy từ hệ thống"] + [""] * (width - 1),
    ]
    return True


@mutation
def header_repeated(table: Table, rng: Random) -> bool:
    at = table.n_records // 2
    group: list[Cell] = ["II. Lĩnh vực đất đai"] + [""] * (len(table.columns) - 1)
    table.furniture[at] = [[HEADER_AGAIN], group]
    return True


@mutation
def columns_numbered(table: Table, rng: Random) -> bool:
    if rng.random() < 0.5:
        table.furniture[0] = [[f"({k})" for k in range(1, len(table.columns) + 1)]]
    else:
        table.furniture[0] = [list(range(1, len(table.columns) + 1))]
    return True


@mutation
def more_titles(table: Table, rng: Random) -> bool:
    table.titles = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "",
        "BÁO CÁO CHI TIẾT",
        "Số liệu đến ngày 15/11/2026",
        "",
    ]
    return True
