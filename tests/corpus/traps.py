"""Traps: columns and labels that look like a field and are another."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from corpus.model import Column, Table
from corpus.register import free, mutation, one_row


def _free(table: Table, headers: list[str], rng: Random) -> str | None:
    found = free(table, headers)
    return rng.choice(found) if found else None


def _filing(table: Table, header: str) -> Column | None:
    column = table.only("received_at") or table.only("received_on")
    if column is None or column.moments is None:
        return None
    earlier = [m - timedelta(days=2 + n % 3, minutes=41) if m else None for n, m in enumerate(column.moments)]
    made = Column(header, [], moments=earlier)
    made.write_dates(column.style)
    return made


@mutation
def filing_beside_receipt(table: Table, rng: Random) -> bool:
    words = (
        ["Ngày viết đơn"] if table.dataset == "complaint" else ["Ngày nộp hồ sơ", "Ngày nộp", "Ngày gửi", "Ngày tạo"]
    )
    header = _free(table, words, rng)
    made = _filing(table, header) if header else None
    if made is None:
        return False
    one_row(table)
    column = table.only("received_at") or table.only("received_on")
    assert column is not None
    table.columns.insert(table.columns.index(column), made)
    return True


@mutation
def filing_instead_of_receipt(table: Table, rng: Random) -> bool:
    column = table.only("received_at")
    if column is None or any(c.header.startswith("Ngày nộp") for c in table.columns):
        return False
    column.also, column.is_sure = [], False
    if rng.random() < 0.5:
        column.header = "Ngày nộp hồ sơ"
        return True
    made = _filing(table, "Ngày nộp hồ sơ")
    assert made is not None
    made.upper = column.upper
    table.columns[table.columns.index(column)] = made
    table.may_stop = True
    return True


@mutation
def handed_over_only(table: Table, rng: Random) -> bool:
    done, handed = table.only("completed_at"), table.only("handed_over_at")
    if done is None or done.moments is None:
        return False
    if handed is not None:
        one_row(table)
        table.columns.remove(done)
        return True
    later = [m + timedelta(days=1 + n % 4, minutes=9) if m else None for n, m in enumerate(done.moments)]
    made = Column("Ngày trả kết quả", [], {"handed_over_at": list(later)}, moments=list(later), upper=done.upper)
    made.write_dates(done.style)
    table.columns[table.columns.index(done)] = made
    return True


@mutation
def first_due_beside_due(table: Table, rng: Random) -> bool:
    due = table.only("due_at")
    if due is None or due.moments is None or table.holding("due_original_at") or not due.is_sure:
        return False
    earlier = [m - timedelta(days=1 + n % 4) if m else None for n, m in enumerate(due.moments)]
    header = rng.choice(["Ngày hẹn trả lần đầu", "Ngày hẹn trả ban đầu", "Hẹn trả lần đầu"])
    made = Column(header, [], {"due_original_at": list(earlier)}, moments=list(earlier))
    made.write_dates(due.style)
    one_row(table)
    table.columns.insert(table.columns.index(due) + rng.randint(0, 1), made)
    return True


@mutation
def returned_on_alone(table: Table, rng: Random) -> bool:
    done = table.only("completed_at")
    if done is None or table.holding("handed_over_at"):
        return False
    done.header, done.also, done.is_sure = "Ngày trả", [], False
    if rng.random() < 0.5:
        done.truth = {"handed_over_at": done.truth["completed_at"]}
    return True


@mutation
def status_given_back(table: Table, rng: Random) -> bool:
    """A label that may mean handed over or sent back, in rows with an end date and in rows without."""
    column, done = table.only("status"), table.only("completed_at")
    if column is None or done is None:
        return False
    label = rng.choice(["Đã trả", "Trả hồ sơ"])
    meaning = "completed" if label == "Đã trả" and rng.random() < 0.6 else "returned"
    table.meanings[label] = meaning
    cells, truth = list(column.cells), list(column.truth["status"])
    ends = done.truth["completed_at"]
    if meaning == "completed":
        chosen = [n for n, t in enumerate(truth) if t == "completed"]
    else:
        chosen = [n for n, end in enumerate(ends) if end is None][:4]
        _cut(done, chosen)
    if not chosen:
        return False
    for n in chosen:
        cells[n], truth[n] = label, meaning
    if meaning == "completed":
        _cut(done, chosen[:2])
    column.cells, column.truth = cells, {"status": truth}
    return True


def _cut(column: Column, rows: list[int]) -> None:
    """Take the dates of some rows out of a column."""
    name = column.fields[0]
    assert column.moments is not None
    column.moments = [None if n in rows else m for n, m in enumerate(column.moments)]
    column.truth = {name: [None if n in rows else v for n, v in enumerate(column.truth[name])]}
    column.write_dates(column.style)


@mutation
def receiving_body_only(table: Table, rng: Random) -> bool:
    column = next((c for c in table.columns if c.fields in (("unit_name",), ("unit_code",))), None)
    if column is None or table.dataset != "case":
        return False
    code = column.fields[0] == "unit_code"
    others = table.holding("receiving_unit_name", "receiving_unit_code")
    for other in others:
        table.columns.remove(other)
    one_row(table)
    column.header = "Mã đơn vị tiếp nhận" if code else "Đơn vị tiếp nhận"
    column.also, column.is_sure = [], False
    column.truth = {"receiving_unit_code" if code else "receiving_unit_name": column.truth[column.fields[0]]}
    table.may_stop = True
    return True


@mutation
def duration_for_due(table: Table, rng: Random) -> bool:
    due = table.only("due_at")
    if due is None:
        return False
    days = [f"{rng.randint(1, 15)} ngày" if rng.random() < 0.5 else rng.randint(1, 15) for _ in range(table.n_records)]
    header = _free(table, ["Thời hạn giải quyết", "Thời hạn quy định"], rng) or "Thời gian giải quyết"
    table.columns[table.columns.index(due)] = Column(header, list(days), upper=due.upper)
    return True


@mutation
def codes_like_phones(table: Table, rng: Random) -> bool:
    column = table.only("case_code") or table.only("letter_code")
    if column is None or table.dataset == "case_step":
        return False
    column.cells = [f"09{rng.randrange(10**8):08d}" for _ in range(table.n_records)]
    column.truth = {}
    table.is_judged_by_rows = table.may_stop = True
    return True


@mutation
def end_and_hand_over_swapped(table: Table, rng: Random) -> bool:
    done, handed = table.only("completed_at"), table.only("handed_over_at")
    if done is None or handed is None:
        return False
    a, b = table.columns.index(done), table.columns.index(handed)
    table.columns[a], table.columns[b] = table.columns[b], table.columns[a]
    done.upper, handed.upper = handed.upper, done.upper
    return True


@mutation
def dates_shifted(table: Table, rng: Random) -> bool:
    """The dates slipped one column to the left under headers that stayed: every end lies before its receipt."""
    columns = [table.only("received_at"), table.only("due_at"), table.only("completed_at")]
    if any(c is None or not c.is_sure for c in columns):
        return False
    found = [c for c in columns if c is not None]
    contents = [(c.cells, c.truth, c.moments, c.style) for c in found]
    for column, (cells, truth, moments, style) in zip(found, [*contents[1:], contents[0]], strict=True):
        column.cells, column.truth, column.moments, column.style = cells, truth, moments, style
        column.is_sure = False
    # Rows may all be rejected, or the file asked about; what may not happen is that one is stored so.
    table.may_stop = True
    return True


@mutation
def header_without_meaning(table: Table, rng: Random) -> bool:
    """A column that matters is called by a word that says nothing: only its cells speak."""
    names = {"received_at", "due_at", "completed_at", "status", "unit_name", "received_on", "settled_on"}
    columns = [c for c in table.columns if len(c.truth) == 1 and names & set(c.truth) and c.is_sure]
    if not columns:
        return False
    column = rng.choice(columns)
    column.header, column.also, column.is_sure = rng.choice(["Cột 7", "F5", "Mục khác", "Dữ liệu"]), [], False
    return True


@mutation
def one_header_twice(table: Table, rng: Random) -> bool:
    """Two columns of dates under one header; which is which only the sender knows."""
    due, other = table.only("due_at"), table.only("handed_over_at") or table.only("completed_at")
    if due is None or other is None:
        return False
    for column in (due, other):
        column.header, column.also, column.is_sure = "Ngày trả kết quả", [], False
    return True


@mutation
def other_cells_under_the_header(table: Table, rng: Random) -> bool:
    """The export now writes working days where the due date stood; its header stayed."""
    due = table.only("due_at")
    if due is None:
        return False
    days = [f"{rng.randint(1, 15)} ngày" for _ in range(table.n_records)]
    due.cells, due.truth, due.moments, due.is_sure = list(days), {}, None, False
    table.is_judged_by_rows = True
    return True
