"""What changes in a file from one month to the next, and the traps that look harmless."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from random import Random

from corpus.layouts_drawn import date_cells, personal_cells, plain_cells
from corpus.model import Cell, Column, Mutate, Table
from corpus.vocabulary import DECOY_DATES, PERSONAL, PLAIN

MUTATIONS: dict[str, Mutate] = {}
SHORT = {
    "thủ tục hành chính": "TTHC", "tiếp nhận": "TN", "kết quả": "KQ", "hồ sơ": "HS", "đơn vị": "ĐV", "cơ quan": "CQ",
    "giải quyết": "GQ", "thủ tục": "TT",
}  # fmt: skip
NOTES = (" (dd/mm/yyyy)", " (*)", " (1)", " (nếu có)", ":")


def mutation(change: Mutate) -> Mutate:
    """Enter a mutation under the name of its function."""
    MUTATIONS[change.__name__] = change
    return change


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
    _one_row(table)
    rng.shuffle(table.columns)
    return True


def _one_row(table: Table) -> None:
    table.has_two_rows = False
    for column in table.columns:
        column.upper = ""


def _insert(table: Table, column: Column, rng: Random) -> None:
    _one_row(table)
    table.columns.insert(rng.randint(1, len(table.columns)), column)


def _free(table: Table, headers: list[str], rng: Random) -> str | None:
    taken = {c.header for c in table.columns}
    free = [h for h in headers if h not in taken]
    return rng.choice(free) if free else None


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


# -- split and merged


@mutation
def date_and_time_apart(table: Table, rng: Random) -> bool:
    column = next((c for c in table.of_dates() if c.fields[0] in ("received_at", "taken_at", "started_at")), None)
    if column is None or column.moments is None:
        return False
    _one_row(table)
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
    _one_row(table)
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
    _one_row(table)
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
    column.header, column.also = rng.choice(["Mã, tên đơn vị giải quyết", "Mã - Tên đơn vị giải quyết"]), []
    column.cells = [f"{code} - {names[unit]}" for code, unit in zip(column.cells, ids, strict=True)]
    return True


# -- dates


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
def shifted_cells(table: Table, rng: Random) -> bool:
    table.is_shifted = True
    table.may_stop = True
    return True


# -- texts


def _as_text_file(table: Table, font: str, encoding: str) -> bool:
    table.kind, table.font, table.encoding = "csv", font, encoding
    _one_row(table)
    for column in table.columns:
        if column.moments is not None and column.style == "cell":
            column.write_dates("dmy")
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
    table.furniture[at] = [[c.header for c in table.columns], group]
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


# -- traps


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
    _one_row(table)
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
        _one_row(table)
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
    _one_row(table)
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
    _one_row(table)
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
    table.may_stop = True
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


TRAPS = (
    "filing_beside_receipt", "filing_instead_of_receipt", "handed_over_only", "first_due_beside_due",
    "returned_on_alone", "status_given_back", "receiving_body_only", "duration_for_due", "codes_like_phones",
    "end_and_hand_over_swapped",
)  # fmt: skip
PER_LAYOUT = 25
NO_SERIALS = datetime(1954, 1, 1)


def mutated(base: Table, seed: object, n: int = PER_LAYOUT) -> list[Table]:
    """Return so many mutations of a layout that apply to it, each from a seed of its own; the rest is drawn twice."""
    names = list(MUTATIONS)
    Random(f"{seed}-{base.name}").shuffle(names)
    made: list[Table] = []
    for turn in range(3):
        for name in names:
            if len(made) == n:
                return made
            table = base.copy(name if not turn else f"{name}.{turn + 1}")
            if MUTATIONS[name](table, Random(f"{seed}-{base.name}-{name}-{turn}")):
                made.append(table)
    return made
