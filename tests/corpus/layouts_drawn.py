"""Base layouts by seed: which columns, in which order, under which headers, in what kind of file."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from corpus.model import Cell, Column, Table
from corpus.records import DRAWN, Record, feedback
from corpus.vocabulary import PERSONAL, PLAIN, UNSURE, held_aside, vocabulary

WORDS: dict[str, dict[str, list[str]]] = {
    "status": {
        "received": ["Mới tiếp nhận", "Đã tiếp nhận"],
        "processing": ["Đang giải quyết", "Đang xử lý"],
        "awaiting_supplement": ["Chờ bổ sung", "Yêu cầu bổ sung"],
        "completed": ["Đã giải quyết", "Đã có kết quả", "Đã xử lý xong", "Đã trả kết quả"],
        "returned": ["Trả lại hồ sơ", "Dừng xử lý"],
        "withdrawn": ["Công dân rút hồ sơ", "Rút hồ sơ"],
    },
    "channel": {
        "online_full": ["Toàn trình", "Trực tuyến toàn trình"],
        "online_partial": ["Một phần", "Trực tuyến một phần"],
        "counter": ["Trực tiếp", "Nộp trực tiếp"],
        "post": ["Bưu chính công ích", "Qua bưu chính"],
    },
    "kind": {"complaint": ["Khiếu nại"], "denunciation": ["Tố cáo"], "petition": ["Kiến nghị, phản ánh"]},
    "outcome": {"right": ["Đúng"], "partly_right": ["Đúng một phần"], "wrong": ["Sai"]},
    "host": {"chair": ["Chủ tịch", "Chủ tịch UBND"], "delegate": ["Ủy quyền"], "regular": ["Thường xuyên"]},
    "engagement": {"dialogue": ["Đối thoại"], "community_meeting": ["Hội nghị cộng đồng dân cư"]},
}
NEEDED = {
    "case": ["case_code", "unit", "received_at", "due_at", "completed_at", "status"],
    "complaint": ["letter_code", "kind", "unit", "received_on", "settled_on"],
    "reception": ["unit", "received_on", "host", "n_visits"],
    "queue_ticket": ["unit", "taken_at", "called_at", "finished_at"],
    "settlement_summary": [
        "unit", "period_start", "period_end", "field_name", "received", "received_online", "received_counter_post",
        "carried_in", "settled", "settled_early", "settled_on_time", "settled_late", "pending", "pending_in_time",
        "pending_overdue",
    ],
    "survey_answer": ["survey_id", "respondent_id", "unit", "item_id", "answer"],
    "case_step": ["case_code", "step_name", "started_at"],
    "engagement": ["unit", "kind", "held_on", "n_people"],
    "official_score": ["index_id", "unit", "period", "component_id", "score"],
}  # fmt: skip
OFTEN = {
    "case": [
        "procedure_code", "procedure_name", "field_name", "channel", "receiving_unit", "handed_over_at", "accepted_at",
        "due_original_at", "n_supplements", "n_reappointments", "apology_at", "supplement_requested_at",
        "supplement_received_at",
    ],
    "complaint": ["field_name", "accepted_on", "transferred_on", "n_people", "outcome"],
    "reception": ["n_people", "n_matters", "n_groups"],
    "queue_ticket": ["counter_code"],
    "settlement_summary": [],
    "survey_answer": ["answered_on", "weight"],
    "case_step": ["ended_at"],
    "engagement": ["n_questions", "n_answered", "published_on"],
    "official_score": ["max_score", "published_on", "document_no"],
}  # fmt: skip
HOW_MANY = (
    ("case", 29), ("complaint", 5), ("feedback", 2), ("reception", 2), ("queue_ticket", 2), ("settlement_summary", 2),
    ("survey_answer", 2), ("case_step", 2), ("engagement", 1), ("official_score", 1),
)  # fmt: skip
LABELS = {("engagement", "kind"): "engagement"}
DATE_STYLES = ("dmy", "dmy", "dmy_time", "cell", "loose", "dmy_seconds", "dashes")
SEED = 20261122
HELD_OUT_SEED = 4417
"""Decides which third of the layouts, and which headers, are held aside; never changed, nothing is tuned on them."""


def base_layouts(shared: Path, seed: int = SEED) -> list[Table]:
    """Return the base layouts in their fixed order, each drawn from a seed of its own.

    Another seed draws other layouts, all of them from the headers that are open to look at.
    """
    names = [(f"{dataset}-{k:02d}", dataset) for dataset, n in HOW_MANY for k in range(n)]
    aside = held_out([name for name, _ in names])
    whole, common = vocabulary(shared), vocabulary(shared, held_aside(shared, HELD_OUT_SEED))
    return [
        _table(name, dataset, whole if name in aside and seed == SEED else common, Random(f"{seed}-{name}"))
        for name, dataset in names
    ]


def held_out(names: list[str]) -> set[str]:
    """Return the layouts held aside: every third of each kind, by seed."""
    kinds = sorted({n.rpartition("-")[0] for n in names})
    chosen: set[str] = set()
    for kind in kinds:
        own = sorted(n for n in names if n.rpartition("-")[0] == kind)
        chosen |= set(Random(f"{HELD_OUT_SEED}-{kind}").sample(own, round(len(own) / 3)))
    return chosen


def _table(name: str, dataset: str, words: dict[str, dict[str, list[str]]], rng: Random) -> Table:
    is_feedback = dataset == "feedback"
    true_dataset = "complaint" if is_feedback else dataset
    n = rng.randint(12, 20)
    records = feedback(rng, n) if is_feedback else DRAWN[true_dataset](rng, n)
    often = OFTEN[true_dataset]
    chosen = NEEDED[true_dataset] + [f for f in often if rng.random() < (0.5 if true_dataset == "case" else 0.7)]
    if is_feedback:
        chosen = ["letter_code", "unit", "received_on", "settled_on"] + ["field_name"] * rng.randint(0, 1)
    known = words[true_dataset]
    if is_feedback:
        known = {
            **known,
            "letter_code": ["Mã phản ánh", "Mã PAKN", "Mã số PAKN"],
            "received_on": ["Ngày tiếp nhận", "Ngày gửi phản ánh"],
            "settled_on": ["Ngày trả lời", "Ngày xử lý xong"],
        }
    style = rng.choice(DATE_STYLES)
    columns = [_column(field, records, known, true_dataset, style, rng) for field in chosen]
    table = Table(name, true_dataset, columns, n)
    table.kind = rng.choice(["xlsx", "xlsx", "csv"])
    table.delimiter = rng.choice([",", ";", "\t"])
    _order(table, rng)
    _extras(table, records, rng)
    _unsure(table, rng)
    if rng.random() < 0.5:
        table.titles = ["ỦY BAN NHÂN DÂN TỈNH QUẢNG TRỊ", _title(true_dataset), ""][: rng.randint(1, 3)]
    if table.dataset == "case" and rng.random() < 0.25:
        under_one_heading(table)
    if is_feedback:
        table.constants = {"kind": "feedback"}
    table.units = {unit[2]: unit[0] for r in records for unit in (r.get("unit"), r.get("receiving_unit")) if unit}
    return table


def _title(dataset: str) -> str:
    return {
        "case": "DANH SÁCH HỒ SƠ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        "complaint": "SỔ THEO DÕI ĐƠN THƯ",
        "reception": "SỔ TIẾP CÔNG DÂN",
    }.get(dataset, "BIỂU TỔNG HỢP")


def _column(
    field: str, records: list[Record], words: dict[str, list[str]], dataset: str, style: str, rng: Random
) -> Column:
    if field in ("unit", "receiving_unit"):
        return _unit_column(field, records, words, dataset, rng)
    values = [r[field] for r in records]
    headers = words[field]
    header = rng.choice(headers)
    also = [h for h in headers if h != header]
    if any(isinstance(v, datetime) for v in values):
        column = Column(header, [], {field: values}, moments=values, also=also)
        is_moment = dataset == "queue_ticket" or (dataset == "case_step" and style in ("dmy", "loose", "dashes"))
        column.write_dates("dmy_time" if is_moment and style not in ("cell", "dmy_seconds") else style)
        return column
    table = WORDS.get(LABELS.get((dataset, field), field))
    if table:
        said = {value: rng.choice(texts) for value, texts in table.items()}
        return Column(header, [said[v] if v else "" for v in values], {field: values}, also=also)
    cells: list[Cell] = [v if v is not None else "" for v in values]
    return Column(header, cells, {field: values}, also=also)


def _unit_column(field: str, records: list[Record], words: dict[str, list[str]], dataset: str, rng: Random) -> Column:
    by_name = f"{field}_name" in words and (f"{field}_code" not in words or rng.random() < 0.5)
    name = f"{field}_name" if by_name else f"{field}_code"
    header = rng.choice(words[name])
    cells: list[Cell] = []
    office = rng.choice(["", "UBND "]) if by_name else ""
    for record in records:
        _, code, full = record[field]
        cells.append((office + (full[0].lower() + full[1:] if office else full)) if by_name else code)
    truth = {name: [r[field][0] for r in records]}
    return Column(header, cells, truth, also=[h for h in words[name] if h != header])


def _order(table: Table, rng: Random) -> None:
    head, rest = table.columns[:1], table.columns[1:]
    if rng.random() < 0.6:
        rng.shuffle(rest)
    table.columns = head + rest


def _extras(table: Table, records: list[Record], rng: Random) -> None:
    if rng.random() < 0.7:
        table.columns.insert(0, Column(rng.choice(["STT", "TT"]), list(range(1, table.n_records + 1))))
    if table.dataset not in ("case", "complaint"):
        return
    for header, kind in rng.sample(sorted(PERSONAL.items()), rng.randint(0, 3)):
        table.columns.insert(rng.randint(1, len(table.columns)), Column(header, personal_cells(kind, table, rng)))
    for header, kind in rng.sample(sorted(PLAIN.items()), rng.randint(0, 2)):
        table.columns.insert(rng.randint(1, len(table.columns)), Column(header, plain_cells(kind, table, rng)))


def _unsure(table: Table, rng: Random) -> None:
    """Some senders call one thing by a word that others use for another: theirs to explain."""
    if table.dataset not in ("case", "complaint") or rng.random() > 0.4:
        return
    column = rng.choice([c for c in table.columns if c.truth and set(c.truth) & UNSURE.keys()] or [None])
    if column is None:
        return
    field = column.fields[0]
    taken = {c.header for c in table.columns}
    header = rng.choice(UNSURE[field])
    if header not in taken:
        column.header, column.is_sure, column.also = header, False, []


def under_one_heading(table: Table, heading: str = "Ngày, tháng, năm") -> bool:
    """Put the columns of dates under one merged heading, as printed registers do."""
    dated = [c for c in table.columns if c.moments is not None and c.truth]
    if table.dataset not in ("case", "complaint") or table.kind != "xlsx" or len(dated) < 2:
        return False
    others = [c for c in table.columns if c not in dated]
    for column in dated:
        column.upper = heading
    table.columns = [*others[:3], *dated, *others[3:]]
    table.has_two_rows = True
    return True


def personal_cells(kind: str, table: Table, rng: Random) -> list[Cell]:
    """Return cells that look like what a person's column holds; nobody is meant."""

    def one() -> str:
        if kind == "phone":
            return f"09{rng.randrange(10**8):08d}"
        if kind == "identity":
            return f"044{rng.randrange(10**9):09d}"
        if kind == "address":
            return f"Thôn {rng.randint(1, 9)}, xã Lao Bảo"
        return f"Nguyễn Văn {rng.choice(['An', 'Bình', 'Cúc', 'Dung'])}"

    return [one() for _ in range(table.n_records)]


def plain_cells(kind: str, table: Table, rng: Random) -> list[Cell]:
    """Return cells of columns that are no field: notes, counts, durations."""

    def one() -> Cell:
        if kind == "number":
            return rng.randint(0, 9)
        if kind == "days":
            return f"{rng.randint(1, 15)} ngày"
        return rng.choice(["", "", "Đã báo công dân", "Chờ ký"])

    return [one() for _ in range(table.n_records)]


def date_cells(table: Table, after: tuple[int, int], rng: Random) -> list[datetime | None]:
    """Return dates that lie so many days after the records' first dates: of something else."""
    base: list[Any] = next((c.moments for c in table.of_dates()), None) or [datetime(2026, 9, 1)] * table.n_records
    days = sorted(after)
    return [
        (m or datetime(2026, 9, 1)).replace(hour=0, minute=0) + timedelta(days=rng.randint(days[0], days[1]))
        for m in base
    ]
