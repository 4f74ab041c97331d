"""What changes in the columns of a file from one month to the next: headers, order, number, splits."""

from __future__ import annotations

import unicodedata
from random import Random

from corpus.layouts_drawn import date_cells, personal_cells, plain_cells, under_one_heading
from corpus.model import Column, Table
from corpus.register import free, mutation, one_row
from corpus.vocabulary import DECOY_DATES, PERSONAL, PLAIN

SHORT = {
    "thủ tục hành chính": "TTHC", "tiếp nhận": "TN", "kết quả": "KQ", "hồ sơ": "HS", "đơn vị": "ĐV", "cơ quan": "CQ",
    "giải quyết": "GQ", "thủ tục": "TT",
}  # fmt: skip
NOTES = (" (dd/mm/yyyy)", " (*)", " (1)", " (nếu có)", ":")


def _renamed(table: Table, rng: Random, n: int) -> bool:
    columns = [c for c in table.columns if c.truth and c.also]
    taken = {c.header for c in table.columns}
    done = 0
    for column in rng.sample(columns, len(columns)):
        free = [h for h in column.also if h not in taken]
        if free and done < n:
            column.also.append(column.header)
            column.header = rng.choice(free)
            taken.add(column.header)
            done += 1
    return done > 0


@mutation
def renamed_one(table: Table, rng: Random) -> bool:
    return _renamed(table, rng, 1)


@mutation
def renamed_three(table: Table, rng: Random) -> bool:
    return _renamed(table, rng, 3)


@mutation
def abbreviated(table: Table, rng: Random) -> bool:
    done = 0
    for column in table.columns:
        lower = column.header.lower()
        long = next((k for k in SHORT if k in lower and lower != k), None)
        if column.truth and long and done < 3:
            at = lower.index(long)
            column.header = (column.header[:at] + SHORT[long] + column.header[at + len(long) :]).strip()
            done += 1
    return done > 0


@mutation
def mistyped(table: Table, rng: Random) -> bool:
    columns = [c for c in table.columns if c.truth and c.is_sure and max(map(len, c.header.split())) >= 4]
    if not columns:
        return False
    column = rng.choice(columns)
    words = column.header.split()
    at = max(range(len(words)), key=lambda i: len(words[i]))
    word, k = words[at], rng.randint(1, len(words[at]) - 2)
    words[at] = rng.choice([word[:k] + word[k + 1] + word[k] + word[k + 2 :], word[:k] + word[k : k + 1] + word[k:]])
    column.header = " ".join(words)
    return True


@mutation
def upper_case(table: Table, rng: Random) -> bool:
    for column in table.columns:
        column.header, column.upper = column.header.upper(), column.upper.upper()
    return True


@mutation
def without_accents(table: Table, rng: Random) -> bool:
    for column in table.columns:
        plain = unicodedata.normalize("NFD", column.header).replace("đ", "d").replace("Đ", "D")
        column.header = "".join(c for c in plain if not unicodedata.combining(c))
    return True


@mutation
def decomposed(table: Table, rng: Random) -> bool:
    table.is_nfd = True
    return True


@mutation
def with_notes(table: Table, rng: Random) -> bool:
    for column in rng.sample(table.columns, min(4, len(table.columns))):
        column.header += " (dd/mm/yyyy)" if column.moments else rng.choice(NOTES[1:])
    return True


@mutation
def broken_lines(table: Table, rng: Random) -> bool:
    for column in table.columns:
        if column.header.count(" ") >= 2:
            column.header = column.header.replace(" ", "\n", 2).replace("\n", " ", 1)
    return True


@mutation
def longer_words(table: Table, rng: Random) -> bool:
    columns = [c for c in table.columns if c.moments is not None and c.truth and c.is_sure]
    if not columns:
        return False
    column = rng.choice(columns)
    column.header += rng.choice([" của hồ sơ", " (theo hệ thống)", " tại Trung tâm"])
    return True


@mutation
def swapped(table: Table, rng: Random) -> bool:
    a, b = rng.sample(range(len(table.columns)), 2)
    if table.has_two_rows and (table.columns[a].upper != table.columns[b].upper):
        table.has_two_rows = False
        for column in table.columns:
            column.upper = ""
    table.columns[a], table.columns[b] = table.columns[b], table.columns[a]
    return True


@mutation
def shuffled(table: Table, rng: Random) -> bool:
    one_row(table)
    rng.shuffle(table.columns)
    return True


def _insert(table: Table, column: Column, rng: Random) -> None:
    one_row(table)
    table.columns.insert(rng.randint(1, len(table.columns)), column)


def _free(table: Table, headers: list[str], rng: Random) -> str | None:
    found = free(table, headers)
    return rng.choice(found) if found else None


@mutation
def unknown_inserted(table: Table, rng: Random) -> bool:
    header = _free(table, sorted(PLAIN), rng) or "Mã lô"
    _insert(table, Column(header, plain_cells(PLAIN.get(header, "number"), table, rng)), rng)
    return True


@mutation
def person_inserted(table: Table, rng: Random) -> bool:
    for _ in range(2):
        header = _free(table, sorted(PERSONAL), rng)
        if header:
            _insert(table, Column(header, personal_cells(PERSONAL[header], table, rng)), rng)
    return True


@mutation
def other_date_inserted(table: Table, rng: Random) -> bool:
    if not table.of_dates():
        return False
    header = _free(table, sorted(DECOY_DATES), rng)
    if header is None:
        return False
    column = Column(header, [], moments=date_cells(table, DECOY_DATES[header], rng))
    column.write_dates(table.of_dates()[0].style)
    _insert(table, column, rng)
    return True


@mutation
def empty_columns(table: Table, rng: Random) -> bool:
    for _ in range(2):
        _insert(table, Column("", [""] * table.n_records), rng)
    return True


OPTIONAL = (
    "procedure_name",
    "field_name",
    "channel",
    "handed_over_at",
    "status",
    "accepted_on",
    "n_people",
    "counter_code",
    "weight",
)


@mutation
def optional_removed(table: Table, rng: Random) -> bool:
    column = next((c for c in table.columns if c.fields and c.fields[0] in OPTIONAL), None)
    if column is None:
        return False
    table.columns.remove(column)
    return True


@mutation
def needed_removed(table: Table, rng: Random) -> bool:
    names = {"case": ("case_code", "received_at"), "complaint": ("letter_code", "received_on")}.get(table.dataset)
    column = next((c for c in table.columns if names and set(c.truth) & set(names)), None)
    if column is None:
        return False
    table.columns.remove(column)
    table.may_stop = True
    return True


@mutation
def merged_heading(table: Table, rng: Random) -> bool:
    return not table.has_two_rows and under_one_heading(table, rng.choice(HEADINGS))


@mutation
def printed_form(table: Table, rng: Random) -> bool:
    """Form II.06a as it is printed: the counts under three merged headings, which alone tell them apart."""
    if table.dataset != "settlement_summary" or table.kind != "xlsx":
        return False
    for heading, below in FORM.items():
        for name, header in below.items():
            column = table.only(name)
            assert column is not None
            column.upper, column.header, column.also = heading, header, []
            table.columns.remove(column)
            table.columns.append(column)
    table.has_two_rows = True
    return True


HEADINGS = ("Ngày, tháng, năm", "Thời gian", "Các mốc thời gian")
FORM = {
    "Số hồ sơ tiếp nhận": {
        "received": "Tổng số",
        "received_online": "Trực tuyến",
        "received_counter_post": "Trực tiếp, dịch vụ bưu chính",
        "carried_in": "Từ kỳ trước",
    },
    "Số hồ sơ đã giải quyết": {
        "settled": "Tổng số",
        "settled_early": "Trước hạn",
        "settled_on_time": "Đúng hạn",
        "settled_late": "Quá hạn",
    },
    "Số hồ sơ đang giải quyết": {"pending": "Tổng số", "pending_in_time": "Trong hạn", "pending_overdue": "Quá hạn"},
}

# -- split and merged


@mutation
def date_and_time_apart(table: Table, rng: Random) -> bool:
    column = next((c for c in table.of_dates() if c.fields[0] in ("received_at", "taken_at", "started_at")), None)
    if column is None or column.moments is None:
        return False
    one_row(table)
    header = column.header if column.header.startswith("Ngày ") else "Ngày " + column.header.split(" ", 2)[-1]
    clock = Column(
        "Giờ " + header.removeprefix("Ngày ").removeprefix("giờ "),
        [m.strftime("%H:%M") if m else "" for m in column.moments],
        # The hour is part of the same moment: a reader that leaves it out has not misread the day.
        truth={},
    )
    column.header = header.replace("Ngày giờ", "Ngày")
    column.write_dates("dmy")
    table.columns.insert(table.columns.index(column) + 1, clock)
    return True


@mutation
def dates_in_one_column(table: Table, rng: Random) -> bool:
    pair = [table.only("received_at"), table.only("due_at")]
    if pair[0] is None or pair[1] is None or not (pair[0].is_sure and pair[1].is_sure):
        return False
    one_row(table)
    first, second = pair[0], pair[1]
    joint = rng.choice([" - ", " – ", "; "])
    for one in (first, second):
        one.write_dates("dmy")
    merged = Column(
        f"{first.header} - {second.header}",
        [f"{a}{joint}{b}" for a, b in zip(first.cells, second.cells, strict=True)],
        {**first.truth, **second.truth},
    )
    table.columns[table.columns.index(first)] = merged
    table.columns.remove(second)
    return True


@mutation
def code_and_name_in_one(table: Table, rng: Random) -> bool:
    code, name = table.only("procedure_code"), table.only("procedure_name")
    if code is None or name is None:
        return False
    one_row(table)
    merged = Column(
        rng.choice(["Mã - Tên TTHC", "Mã TTHC - Tên TTHC", "Mã, tên thủ tục hành chính"]),
        [f"{a} - {b}" for a, b in zip(code.cells, name.cells, strict=True)],
        {**code.truth, **name.truth},
    )
    table.columns[table.columns.index(code)] = merged
    table.columns.remove(name)
    return True


@mutation
def unit_code_and_name_in_one(table: Table, rng: Random) -> bool:
    column = table.only("unit_code")
    if column is None or not table.units:
        return False
    names = {v: k for k, v in table.units.items()}
    ids = column.truth["unit_code"]
    whose = " giải quyết" if table.dataset in ("case", "complaint") else ""
    column.header, column.also = rng.choice([f"Mã, tên đơn vị{whose}", f"Mã - Tên đơn vị{whose}"]), []
    column.cells = [f"{code} - {names[unit]}" for code, unit in zip(column.cells, ids, strict=True)]
    return True
