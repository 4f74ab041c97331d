"""Columns whose header shares its words with a field and whose cells look alike, and which are something else."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from corpus.model import Cell, Column, Table
from corpus.records import UNITS
from corpus.register import free, mutation, one_row

LOOKALIKES: dict[str, list[str]] = {
    "received_at": ["Ngày tiếp nhận của cơ quan phối hợp", "Ngày phân công xử lý", "Ngày nhận bản giấy"],
    "due_at": ["Hạn thẩm định", "Ngày hẹn bổ sung", "Hạn xử lý của cơ quan phối hợp", "Hạn nộp bản gốc"],
    "completed_at": ["Ngày thẩm định xong", "Ngày có kết quả của cơ quan phối hợp", "Ngày trình ký"],
    "handed_over_at": ["Ngày trả kết quả của cơ quan phối hợp", "Ngày chuyển bưu điện"],
    "case_code": ["Mã hồ sơ liên thông", "Mã bưu gửi", "Số biên lai"],
    "unit_name": ["Cơ quan phối hợp", "Đơn vị phối hợp"],
    "unit_code": ["Mã cơ quan phối hợp", "Mã đơn vị phối hợp"],
    "status": ["Trạng thái thanh toán", "Trạng thái đồng bộ"],
    "channel": ["Hình thức nhận kết quả", "Hình thức trả kết quả", "Hình thức thanh toán"],
    "received_on": ["Ngày viết đơn", "Ngày ghi trên đơn"],
    "settled_on": ["Hạn giải quyết", "Ngày báo cáo kết quả"],
    "letter_code": ["Số văn bản trả lời", "Số quyết định giải quyết"],
}
NEEDED = ("received_at", "case_code", "unit_name", "unit_code", "received_on", "letter_code")


def _lookalike(column: Column, table: Table, header: str, rng: Random) -> Column:
    name = column.fields[0]
    if column.moments is not None:
        away = rng.choice([1, 2, 3])
        made = Column(header, [], moments=[m + timedelta(days=away) if m else None for m in column.moments])
        made.write_dates(column.style)
        return made
    return Column(header, [_cell(name, header, rng) for _ in range(table.n_records)])


def _cell(name: str, header: str, rng: Random) -> Cell:
    if name in ("case_code", "letter_code"):
        return f"LT-{rng.randrange(10**6):06d}"
    if name in ("unit_name", "unit_code"):
        _, code, full = rng.choice(UNITS)
        return full if name == "unit_name" else code
    if name == "status":
        return rng.choice(["Đã thanh toán", "Chưa thanh toán"] if "toán" in header else ["Đã đồng bộ", "Chờ đồng bộ"])
    return rng.choice(["Trực tiếp", "Trực tuyến"] if "toán" in header else ["Trực tiếp", "Bưu chính công ích"])


def _candidates(table: Table, rng: Random) -> list[tuple[Column, str]]:
    found = []
    for column in table.columns:
        if len(column.fields) == 1 and column.fields[0] in LOOKALIKES:
            headers = free(table, LOOKALIKES[column.fields[0]])
            if headers:
                found.append((column, rng.choice(headers)))
    rng.shuffle(found)
    return found


@mutation
def lookalikes_beside(table: Table, rng: Random) -> bool:
    one_row(table)
    chosen = _candidates(table, rng)[:3]
    for column, header in chosen:
        table.columns.insert(rng.randint(1, len(table.columns)), _lookalike(column, table, header, rng))
    return bool(chosen)


@mutation
def lookalike_instead(table: Table, rng: Random) -> bool:
    """The field itself is gone this month; the column that looks like it stayed."""
    chosen = [(c, h) for c, h in _candidates(table, rng) if not _is_explained_by_another(c, table)]
    if not chosen:
        return False
    column, header = chosen[0]
    made = _lookalike(column, table, header, rng)
    made.upper = column.upper
    table.columns[table.columns.index(column)] = made
    table.may_stop = table.may_stop or column.fields[0] in NEEDED
    return True


def _is_explained_by_another(column: Column, table: Table) -> bool:
    return any(c is not column and c.truth.keys() & column.truth.keys() for c in table.columns)
