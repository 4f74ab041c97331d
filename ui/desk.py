"""What the Data page says of files on their way in: states, counts, progress, what is not yet published. Pure."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from ui import numbers, tables
from ui.jobs import Progress
from ui.text import Text
from warehouse.paths import REPOSITORY

Record = Mapping[str, Any]


class _Unsaid(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return numbers.MISSING


@dataclass(frozen=True)
class Words:
    """What the intake calls its codes: kind → code → words."""

    table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(self, kind: str, code: str, **values: object) -> str:
        """Return the words of a code with their places filled; an unknown code as it is.

        >>> Words({"reason": {"a": "Ô {cell} trống"}})("reason", "a", cell="B2"), Words()("reason", "x")
        ('Ô B2 trống', 'x')
        """
        found = self.table.get(kind, {}).get(code)
        return str(found).format_map(_Unsaid(values)) if found else code

    def has(self, kind: str, code: str) -> bool:
        """Return whether the code has words."""
        return code in self.table.get(kind, {})


@cache
def kept_days(rule: str) -> int:
    """Return for how many days something is kept by a rule of the intake, which is data: `waiting_days` and others."""
    return int(tomllib.loads((REPOSITORY / "etl" / "retention.toml").read_text("utf-8"))[rule])


# Files of a batch ---------------------------------------------------------------------------------------------------


def state_of(receipt: Record, waiting: Iterable[str] = (), published: Iterable[int] = ()) -> str:
    """Return what became of a file: published, loaded, partly, waiting, answered, repeat, nothing or refused.

    `waiting` are the ids of the files that still wait, `published` the numbers of the loads in the snapshot.
    """
    is_waiting = bool(receipt.get("waiting_id")) and receipt["waiting_id"] in waiting
    if receipt.get("is_repeat"):
        return "repeat"
    if receipt.get("load_no") is not None:
        if not receipt.get("n_accepted"):
            return "nothing"
        if is_waiting:
            return "partly"
        return "published" if receipt["load_no"] in published else "loaded"
    if receipt.get("waiting_id"):
        return "waiting" if is_waiting else "answered"
    return "refused"


def batch(results: Iterable[Iterable[Record]]) -> list[Record]:
    """Return one receipt per file and dataset of several runs; what a later run says of a file takes its place."""
    found: dict[tuple[str, str], list[Record]] = {}
    for receipts in results:
        latest: dict[tuple[str, str], list[Record]] = {}
        for one in receipts:
            latest.setdefault((str(one.get("sha256")), str(one.get("file_name"))), []).append(one)
        for key, given in latest.items():
            # A file answered later keeps the part of it that was staged before.
            kept = [r for r in found.get(key, []) if r.get("load_no") is not None]
            numbers_now = {r.get("load_no") for r in given}
            found[key] = [r for r in kept if r.get("load_no") not in numbers_now] + given
    return [one for group in found.values() for one in group]


def set_aside(receipt: Record) -> int:
    """Return how many rows of a file were no records: totals, repeated headers, notes."""
    return sum(sum(s.get("set_aside", {}).values()) for s in receipt.get("sheets", []))


def files(
    text: Text, receipts: Sequence[Record], words: Words, waiting: Iterable[str] = (), published: Iterable[int] = ()
) -> tables.Table:
    """Return the table of files: dataset, layout, rows by what became of them, state; what needs a person first."""
    waiting, published = set(waiting), set(published)
    order = ("refused", "waiting", "partly", "nothing", "loaded", "published", "answered", "repeat")
    rows = []
    for one in receipts:
        state = state_of(one, waiting, published)
        has_rows = one.get("load_no") is not None
        counts = [one.get(n) if has_rows else None for n in ("n_read", "n_accepted", "n_rejected", "n_warned")]
        rows.append(
            (
                order.index(state),
                (
                    one.get("file_name", ""),
                    text(f"desk.state.{state}"),
                    dataset_name(text, str(one.get("dataset") or "")),
                    *counts,
                    set_aside(one) if has_rows else None,
                    one.get("load_no"),
                    words("layout", str(one.get("layout") or "")),
                ),
            )
        )
    columns = (
        tables.Column(text("column.file_name")),
        tables.Column(text("column.state")),
        tables.Column(text("column.dataset")),
        tables.Column(text("column.n_read"), "count"),
        tables.Column(text("column.n_accepted"), "count"),
        tables.Column(text("column.n_rejected"), "count"),
        tables.Column(text("column.n_warned"), "count"),
        tables.Column(text("column.set_aside"), "count"),
        tables.Column(text("column.load_no"), "count"),
        tables.Column(text("column.layout")),
    )
    return tables.Table(columns, tuple(values for _, values in sorted(rows, key=lambda r: r[0])))


def say(text: Text, receipts: Sequence[Record], waiting: Iterable[str] = (), published: Iterable[int] = ()) -> str:
    """Return how many files came to what, and that read = accepted + rejected."""
    if not receipts:
        return text("desk.files.none")
    waiting, published = set(waiting), set(published)
    states = Counter(state_of(one, waiting, published) for one in receipts)
    staged = [r for r in receipts if r.get("load_no") is not None and not r.get("is_repeat")]
    totals = {
        k: numbers.integer(sum(r.get(f"n_{k}") or 0 for r in staged), text.lang)
        for k in ("read", "accepted", "rejected")
    }
    return text(
        "desk.files.say",
        files=numbers.integer(len({(r.get("sha256"), r.get("file_name")) for r in receipts}), text.lang),
        states=", ".join(f"{n} {text(f'desk.state.{state}')}" for state, n in states.most_common()),
        aside=numbers.integer(sum(map(set_aside, staged)), text.lang),
        **totals,
    )


def refusals(receipts: Sequence[Record], words: Words) -> list[str]:
    """Return why each refused file could not be read and what to do, in the intake's own words."""
    return [
        question_text(one, question, words)
        for one in receipts
        if state_of(one) == "refused"
        for question in one.get("questions", [])
    ]


def question_text(receipt: Record, question: Record, words: Words) -> str:
    """Return a question, or what stopped a file, in words."""
    code = str(question["code"])
    # In the reader's language where the words are known; the command's own are in the language it was run in.
    if question.get("text") and not words.has("question", code):
        return str(question["text"])
    sheet = f", “{question['sheet']}”" if question.get("sheet") else ""
    values = {"suffix": "?", "guess": "?", **question.get("values", {})}
    return words("question", code, **values, file=receipt.get("file_name", ""), sheet=sheet)


def new_layouts(receipts: Sequence[Record]) -> list[str]:
    """Return the layouts that were told from these files and remembered."""
    found = [str(r["layout"]) for r in receipts if r.get("is_new_layout") and r.get("load_no") is not None]
    return list(dict.fromkeys(found))


def unknown_labels(receipts: Sequence[Record]) -> list[tuple[str, str, int]]:
    """Return (field, label, rows) of every value that no table of labels knows, the most frequent first."""
    n = Counter[tuple[str, str]]()
    for one in receipts:
        for sheet in one.get("sheets", []):
            for name, labels in sheet.get("unknown_labels", {}).items():
                for label, count in labels.items():
                    n[name, label] += count
    return [(name, label, count) for (name, label), count in n.most_common()]


def dataset_name(text: Text, dataset: str) -> str:
    """Return what a dataset is called."""
    return text(f"dataset.{dataset}") if text.has(f"dataset.{dataset}") else dataset


# What waits for a publish -------------------------------------------------------------------------------------------


def unpublished(loads: Sequence[Record], published: Iterable[int]) -> list[Record]:
    """Return the loads that take part and are not in the snapshot."""
    held = set(published)
    return [one for one in loads if one.get("state") == "staged" and one["load_no"] not in held and one["n_accepted"]]


def withheld(loads: Sequence[Record]) -> list[Record]:
    """Return the loads that a rollback holds back."""
    return [one for one in loads if one.get("state") == "withheld"]


def names(text: Text, loads: Sequence[Record], most: int = 4) -> str:
    """Return the files of loads, so many by name and the others counted."""
    shown = [str(one["file_name"]) for one in loads[:most]]
    rest = len(loads) - len(shown)
    return ", ".join([*shown, text("desk.moves.more", n=rest)] if rest else shown)


# Progress -----------------------------------------------------------------------------------------------------------


def progress(text: Text, found: Progress) -> str:
    """Return how far a job is: for whom it waits, or file, stage and the time left."""
    if found.waits_for:
        return text("desk.job.waits", holder=found.waits_for)
    known = f"desk.stage.{found.stage}"
    stage = text(known) if text.has(known) else found.text or found.stage
    if found.of:
        at = text("desk.job.file", number=found.number, of=found.of, stage=stage, name=found.name)
    else:
        at = ", ".join(filter(None, [stage, found.name])) or text("desk.job.starting")
    left = [text("desk.job.left", time=duration(text, found.seconds_left))] if found.seconds_left is not None else []
    return "; ".join([at, *left])


def duration(text: Text, seconds: float) -> str:
    """Return a rough time: tens of seconds below two minutes, else minutes."""
    if seconds < 115:
        return text("desk.job.seconds", n=max(5, round(seconds / 5) * 5))
    return text("desk.job.minutes", n=round(seconds / 60))


def moment(value: Any) -> datetime | None:
    """Return a moment that was written down, or None."""
    try:
        return datetime.fromisoformat(str(value).rstrip("Z"))
    except ValueError:
        return None
