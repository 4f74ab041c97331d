"""Form II.06a/VPCP/KSTT as a typed workbook: columns (1)–(13), by field or by unit, identities checked first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import xlsxwriter

from metrics import periods, places
from metrics.answer import AnswerTable, Row, ask
from metrics.model import Query

if TYPE_CHECKING:
    from metrics.places import Snapshot
    from metrics.viewer import Viewer

COLUMNS = (
    "received", "received_online", "received_counter_post", "carried_in", "settled", "settled_early", "settled_on_time",
    "settled_late", "pending", "pending_in_time", "pending_overdue",
)  # fmt: skip
"""Columns (3) to (13) of the form, in its order."""
IDENTITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("received", ("received_online", "received_counter_post", "carried_in")),
    ("received", ("settled", "pending")),
    ("settled", ("settled_early", "settled_on_time", "settled_late")),
    ("pending", ("pending_in_time", "pending_overdue")),
)
FROM_TABLES = ("from_summary", "some_from_summary")
"""Reasons of figures that hold counts sent as a table."""
GROUPS = (("Tiếp nhận", 2, 5), ("Đã giải quyết", 6, 9), ("Đang giải quyết", 10, 12))
HEADERS = (
    "Tổng số", "Trực tuyến", "Trực tiếp, dịch vụ bưu chính", "Từ kỳ trước", "Tổng số", "Trước hạn",
    "Đúng hạn (bao gồm cả hồ sơ chờ bổ sung và trả lại, xin rút)", "Quá hạn", "Tổng số",
    "Trong hạn (bao gồm cả hồ sơ chờ bổ sung và hồ sơ khác)", "Quá hạn",
)  # fmt: skip
RULE = (
    "Cách tính: theo thực tế hệ thống một cửa, so sánh theo ngày; hồ sơ chờ bổ sung nằm ở cột (12); "
    "hồ sơ trả lại, xin rút, từ chối và không có ngày hẹn trả nằm ở cột (9). Lời văn Thông tư chưa đối chiếu Công báo."
)
DISTRICT_OFFICE = "Cấp huyện: "
NO_FIELD = "Chưa ghi lĩnh vực"
By = Literal["field", "unit"]


class IdentityBroken(ValueError):
    """A line of the form whose columns do not add up: nothing is written."""

    def __init__(self, line: str, whole: str, n: int, total: int) -> None:
        super().__init__(f"{line}: {whole} = {n}, its parts = {total}")
        self.line = line


class NoFigures(LookupError):
    """The unit has sent nothing for the period, or did not exist in it."""


@dataclass(frozen=True)
class Line:
    """One row of the form: what it is about and columns (3)–(13)."""

    title: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """The form of one unit and one stretch of time."""

    unit_name: str
    starts_on: date
    ends_on: date
    lines: tuple[Line, ...]
    total: Line
    data_on: date | None
    is_demo: bool
    notes: tuple[str, ...]
    snapshot: str


def forms(
    unit: str,
    period: str,
    viewer: Viewer,
    snapshot: Snapshot,
    *,
    calendar: str = "report",
    by: By = "field",
    level: str = "",
) -> list[Form]:
    """Return the form per side of the period (one, unless units changed within it); raise where it cannot be made."""
    known = places.of(snapshot)
    level = level or known.level_of(unit)
    whole = Query(COLUMNS, level, unit, period, calendar="report" if calendar == "report" else "calendar")
    totals = ask(whole, viewer, snapshot)
    if by == "field":
        parts = ask(whole.at(by="field_name"), viewer, snapshot)
    else:
        parts = _units(totals, whole, viewer, snapshot)
    sides = sorted({(r.period_start, r.period_end) for r in totals if r.numerator is not None})
    if not sides:
        raise NoFigures("; ".join(dict.fromkeys(r.note for r in totals)))
    return [_form(totals, parts, side, by) for side in sides]


def _units(totals: AnswerTable, whole: Query, viewer: Viewer, snapshot: Snapshot) -> AnswerTable:
    """Return the figures of each settling unit, per side of a change within the body that this side's total is of."""
    known = places.of(snapshot)
    found: list[Row] = []
    for body, day in dict.fromkeys((r.unit_id, r.period_start) for r in totals if r.numerator is not None):

        def at(level: str, body: str = body, day: date = day) -> list[Row]:
            asked = ask(whole.at(unit=None, level=level, within=body), viewer, snapshot)
            return [r for r in asked if r.period_start == day and r.numerator is not None]

        own = [*at("commune"), *at("agency")]
        settled: Counter[tuple[str, str]] = Counter()
        for row in own:
            for district in known.ancestors(row.unit_id, "district", day):
                settled[district, row.metric] += int(row.numerator or 0)
        # A district's figure holds its communes'; what is left is what its own committee settles.
        for row in at("district"):
            rest = int(row.numerator or 0) - settled[row.unit_id, row.metric]
            own.append(replace(row, numerator=rest, unit_name=f"{DISTRICT_OFFICE}{row.unit_name}"))
        found += own
    return replace(totals, rows=tuple(found))


def _form(totals: AnswerTable, parts: AnswerTable, side: tuple[date, date], by: By) -> Form:
    mine = [r for r in totals if (r.period_start, r.period_end) == side and r.numerator is not None]
    total = Line("Tổng cộng", tuple(int(r.numerator or 0) for r in mine[: len(COLUMNS)]))
    table: dict[tuple[str, str], dict[str, int]] = {}
    for row in parts:
        if (row.period_start, row.period_end) != side or row.numerator is None:
            continue
        key = (row.split_value or "", row.split_value or NO_FIELD) if by == "field" else (row.unit_id, row.unit_name)
        table.setdefault(key, {})[row.metric] = int(row.numerator)
    lines = [Line(title, tuple(counts.get(c, 0) for c in COLUMNS)) for (_, title), counts in table.items()]
    lines = [line for line in lines if any(line.counts)]
    rest = tuple(t - sum(line.counts[i] for line in lines) for i, t in enumerate(total.counts))
    if any(rest):
        # What the parts do not show is one line, so that the form adds up.
        lines.append(Line("Đơn vị khác", rest))
    told = any(r.code in FROM_TABLES for row in mine for r in row.reasons)
    for line in (*lines, total):
        check(line, across=not told)
    notes = tuple(dict.fromkeys(note for r in mine for note in r.note.split("; ") if note))
    return Form(mine[0].unit_name, *side, tuple(lines), total, totals.data_on, totals.is_demo, notes, totals.snapshot)


def check(line: Line, across: bool = True) -> None:
    """Raise `IdentityBroken` unless the line's columns add up.

    `across`: what came in equals what went out and what is left. Months that a unit sent as tables need not tie (one
    may be missing), and a province is not refused its form for that.
    """
    n = dict(zip(COLUMNS, line.counts, strict=True))
    for whole, its_parts in IDENTITIES:
        if its_parts == ("settled", "pending") and not across:
            continue
        total = sum(n[part] for part in its_parts)
        if n[whole] != total:
            raise IdentityBroken(line.title, whole, n[whole], total)


def write(
    made: Sequence[Form], target: Path | BinaryIO, *, calendar: str = "report", period: str = "", by: By = "field"
) -> None:
    """Write the forms, one sheet each, with numbers as numbers."""
    book = xlsxwriter.Workbook(target if not isinstance(target, Path) else str(target), {"in_memory": True})
    base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
    styles = {
        "title": book.add_format({**base, "bold": True, "font_size": 13, "align": "center"}),
        "line": book.add_format({**base, "align": "center", "italic": True}),
        "head": book.add_format({**base, "bold": True, "align": "center", "text_wrap": True, "border": 1}),
        "text": book.add_format({**base, "border": 1, "text_wrap": True}),
        "number": book.add_format({**base, "border": 1, "num_format": "#,##0", "align": "right"}),
        "total_text": book.add_format({**base, "border": 1, "bold": True}),
        "total": book.add_format({**base, "border": 1, "bold": True, "num_format": "#,##0", "align": "right"}),
        "note": book.add_format({**base, "font_size": 9, "text_wrap": True, "valign": "top"}),
    }
    for form in made:
        _sheet(book, styles, form, calendar, period, by)
    book.close()


def workbook(made: Sequence[Form], *, calendar: str = "report", period: str = "", by: By = "field") -> bytes:
    """Return the workbook as bytes, for a download."""
    out = BytesIO()
    write(made, out, calendar=calendar, period=period, by=by)
    return out.getvalue()


def _sheet(
    book: xlsxwriter.Workbook, styles: Mapping[str, object], form: Form, calendar: str, period: str, by: By
) -> None:
    sheet = book.add_worksheet(f"{form.starts_on:%d%m%Y}-{form.ends_on:%d%m%Y}")
    days = f"Từ ngày {form.starts_on:%d/%m/%Y} đến ngày {form.ends_on:%d/%m/%Y}"
    name = periods.parse(period, "report" if calendar == "report" else "calendar").name("vi") if period else ""
    data = f"Số liệu đến hết {form.data_on:%d/%m/%Y}; bản số liệu {form.snapshot}" if form.data_on else form.snapshot
    top = [
        ("Biểu số II.06a/VPCP/KSTT", "line"),
        ("TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", "title"),
        (f"Đơn vị: {form.unit_name}", "line"),
        (f"{name}. {days}" if name else days, "line"),
        (data, "line"),
    ]
    if form.is_demo:
        top.insert(0, ("Dữ liệu minh họa", "title"))
    for i, (text, style) in enumerate(top):
        sheet.merge_range(i, 0, i, 12, text, styles[style])
    row = len(top) + 1
    sheet.merge_range(row, 0, row + 1, 0, "TT", styles["head"])
    about = "Lĩnh vực, công việc giải quyết theo cấp" if by == "field" else "Đơn vị giải quyết"
    sheet.merge_range(row, 1, row + 1, 1, about, styles["head"])
    for text, first, last in GROUPS:
        sheet.merge_range(row, first, row, last, text, styles["head"])
    for i, text in enumerate(HEADERS):
        sheet.write_string(row + 1, i + 2, text, styles["head"])
    for i in range(13):
        sheet.write_string(row + 2, i, f"({i + 1})", styles["head"])
    row += 3
    for no, line in enumerate(form.lines, start=1):
        sheet.write_number(row, 0, no, styles["number"])
        sheet.write_string(row, 1, line.title, styles["text"])
        for i, n in enumerate(line.counts):
            sheet.write_number(row, i + 2, n, styles["number"])
        row += 1
    sheet.write_blank(row, 0, None, styles["total"])
    sheet.write_string(row, 1, form.total.title, styles["total_text"])
    for i, n in enumerate(form.total.counts):
        sheet.write_number(row, i + 2, n, styles["total"])
    for offset, text in enumerate((RULE, *form.notes), start=2):
        sheet.merge_range(row + offset, 0, row + offset, 12, text, styles["note"])
    sheet.set_row(row + 2, 28)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, 38)
    sheet.set_column(2, 12, 11)
    sheet.freeze_panes(len(top) + 4, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
