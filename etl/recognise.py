"""Headers to a layout: which row is the header, which column is which field, and what is unknown.

`recognise` returns a `Match` (the sheet can be read) or an `Unanswered` (it waits: `questions` to ask, and in `columns`
how each column would be read so far). An answer is `{question.key: choice.value}`, handed in again as `answers`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from etl.codebook import Codebook
from etl.datasets import all_datasets
from etl.extract import Sheet
from etl.layouts import CANONICAL, Layout, all_layouts, canonical
from etl.personal import safe
from etl.receipt import ColumnReading, Question
from etl.text import clean, fold
from warehouse.paths import DataDir

HEADER_WITHIN = 40
"""A header lies within so many rows of the top."""


@dataclass(frozen=True)
class Split:
    """A compound column, cut into virtual columns, or several columns joined into one (`etl.unpack`)."""

    kind: str
    """cut (one column, several fields) or joined (several columns, one field)."""
    sources: tuple[int, ...]
    """Columns of the sheet."""
    fields: tuple[str, ...]
    targets: tuple[int, ...]
    """Virtual columns, to the right of the sheet's own."""
    pattern: str = ""
    """For cut: a regular expression with one group per field; for joined: the text between the parts."""


@dataclass
class Unanswered:
    """A sheet that cannot be read before a person answers."""

    questions: list[Question]
    columns: list[ColumnReading] = field(default_factory=list)
    """How each column would be read so far."""
    dataset: str = ""
    header_row: int = 0
    """The sender's number of the last header row; 0: none was found."""
    layout: str = ""


@dataclass
class Match:
    """A sheet read through a layout: column positions to fields (or survey items)."""

    layout: Layout
    last_header_row: int
    """Index in the preview."""
    fields: dict[str, int]
    headers: list[str]
    items: dict[int, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    survey_id: str = ""
    """Told by the codebook or the layout, for an export without such a column."""
    columns: list[ColumnReading] = field(default_factory=list)
    """How every column was read, and why."""
    is_new: bool = False
    """No known layout: told from the headers and cells of this sheet, and worth remembering (`etl.learned`)."""
    splits: list[Split] = field(default_factory=list)

    @property
    def unmapped(self) -> list[int]:
        taken = {*self.fields.values(), *self.items, *(at for one in self.splits for at in one.sources)}
        return [i for i, h in enumerate(self.headers) if i not in taken and h]

    @property
    def score(self) -> tuple[int, int, int]:
        return (len(self.fields) + len(self.items), -len(self.unmapped), self.layout.priority)


def recognise(
    sheet: Sheet,
    data_dir: DataDir,
    dataset: str | None = None,
    layout: str | None = None,
    codebook: Codebook | None = None,
    answers: Mapping[str, str] | None = None,
) -> Match | Unanswered:
    """Return the layout that fits a sheet, or the questions that stop it."""
    found = _recognise(sheet, data_dir, dataset, layout, codebook)
    return Unanswered([found]) if isinstance(found, Question) else found


def _recognise(
    sheet: Sheet,
    data_dir: DataDir,
    dataset: str | None = None,
    layout: str | None = None,
    codebook: Codebook | None = None,
) -> Match | Question:
    candidates = _candidates(data_dir, dataset, layout)
    if not candidates:
        known = ", ".join(sorted({*all_layouts(data_dir), "canonical"}))
        return Question("no_such_layout", safe(sheet.name), {"layout": layout or dataset or "", "known": known})
    matches = []
    for headers, last in _header_rows(sheet):
        folded = [fold(h) for h in headers]
        lower = [fold(h.rpartition(": ")[2]) for h in headers]
        shared = {*folded, *lower}
        # A row that shares fewer than two headers with a layout is not its header.
        matches += [
            _match(candidate, headers, folded, lower, last, codebook)
            for candidate in candidates
            if len(shared & candidate.headers.keys()) >= 2
        ]
    whole = [m for m in matches if not m.missing]
    if whole:
        best = max(m.score[::2] for m in whole)
        top = [m for m in whole if m.score[::2] == best]
        top.sort(key=lambda m: m.score, reverse=True)
        rivals = [
            m for m in top[1:] if m.score == top[0].score and m.fields != top[0].fields and m.headers == top[0].headers
        ]
        if rivals:
            names = ", ".join(sorted({top[0].layout.name, *(m.layout.name for m in rivals)}))
            return Question("two_layouts", safe(sheet.name), {"layouts": names})
        nearer = [m for m in matches if _says_more(m, top[0])]
        return _unknown(sheet, nearer, candidates) if nearer else top[0]
    return _unknown(sheet, matches, candidates)


def _says_more(other: Match, chosen: Match) -> bool:
    """Whether canonical headers are rather those of another dataset, of which one that it needs is missing.

    A register of letters without its codes has all that a file of receptions needs.
    """
    both_canonical = other.layout.name == chosen.layout.name == CANONICAL
    return both_canonical and other.headers == chosen.headers and len(other.fields) > len(chosen.fields)


def _candidates(data_dir: DataDir, dataset: str | None, layout: str | None) -> list[Layout]:
    known = [*(canonical(d) for d in all_datasets()), *all_layouts(data_dir).values()]
    return [
        one for one in known if (dataset is None or one.dataset == dataset) and (layout is None or one.name == layout)
    ]


def _header_rows(sheet: Sheet) -> Iterable[tuple[list[str], int]]:
    """Yield (headers, index of the last header row): each row alone, and each pair under a merged heading."""
    rows = sheet.preview[:HEADER_WITHIN]
    for i, row in enumerate(rows):
        if sum(bool(c) for c in row) >= 2:
            yield row, i
        if i + 1 < len(rows) and sheet.merged:
            upper, lower = _filled(sheet, i), rows[i + 1]
            width = max(len(upper), len(lower))
            upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
            if any(lower) and any(m[0] == i for m in sheet.merged):
                yield [f"{u}: {w}" if u and w and u != w else u or w for u, w in zip(upper, lower, strict=True)], i + 1


def _filled(sheet: Sheet, index: int) -> list[str]:
    row = list(sheet.preview[index])
    for top, left, bottom, right in sheet.merged:
        if top <= index <= bottom and left < len(sheet.preview[top]):
            row += [""] * (right + 1 - len(row))
            for column in range(left, right + 1):
                row[column] = sheet.preview[top][left]
    return row


def _match(
    layout: Layout, headers: list[str], folded: list[str], lower: list[str], last: int, codebook: Codebook | None
) -> Match:
    fields: dict[str, int] = {}
    for name, synonyms in layout.columns.items():
        for synonym in (fold(s) for s in synonyms):
            at = next((i for i, h in enumerate(folded) if h == synonym and i not in fields.values()), None)
            if at is None:
                at = next((i for i, h in enumerate(lower) if h == synonym and i not in fields.values()), None)
            if at is not None:
                fields[name] = at
                break
    items = {}
    if codebook and layout.dataset == "survey_answer":
        items = {i: codebook.items[h] for i, h in enumerate(folded) if h in codebook.items and i not in fields.values()}
    given = {*fields, *layout.constants}
    if items:
        given |= {"item_id", "answer"}
        if codebook and codebook.survey_id:
            given.add("survey_id")
    if layout.unit:
        given.add("unit_code")
    if layout.survey_id:
        given.add("survey_id")
    missing = [f for f in layout.columns if f in layout.required_columns and f not in given and f not in ("unit_code",)]
    needed = all_datasets()[layout.dataset].misses(given | ({"unit_code"} if "unit_name" in missing else set()))
    missing += [f for f in needed if f not in missing]
    survey_id = layout.survey_id or (codebook.survey_id if codebook else "")
    return Match(layout, last, fields, headers, items, missing, survey_id)


def _unknown(sheet: Sheet, matches: list[Match], candidates: list[Layout]) -> Question:
    near = [m for m in matches if len(m.fields) >= 2]
    if not near:
        return Question("no_header", safe(sheet.name), _nearest(sheet, candidates))
    best = max(near, key=lambda m: (len(m.fields) / max(1, len(m.fields) + len(m.missing)), *m.score))
    layout = best.layout
    names = [(layout.columns.get(f) or (f,))[0] for f in best.missing]
    if layout.dataset == "survey_answer" and {"item_id", "answer"} <= set(best.missing):
        return Question("needs_codebook", safe(sheet.name), {"layout": layout.name})
    unknown = [safe(best.headers[i]) for i in best.unmapped if fold(best.headers[i]) not in layout.ignore]
    return Question(
        "unknown_layout",
        safe(sheet.name),
        {
            "layout": layout.name,
            "matched": str(len(best.fields)),
            "of": str(len(best.fields) + len(best.missing)),
            "missing": ", ".join(f'"{n}"' for n in names),
            "unknown": ", ".join(f'"{u}"' for u in unknown) or "–",
        },
    )


def _nearest(sheet: Sheet, candidates: list[Layout]) -> dict[str, str]:
    """Return the layout whose headers look most like the first row that may be one, and the columns it needs."""
    row = next((headers for headers, _ in _header_rows(sheet)), [])
    folded = [fold(h) for h in row if h]

    def likeness(one: Layout) -> tuple[float, int]:
        close = (SequenceMatcher(None, a, b).ratio() for a in folded for b in one.headers)
        return max(close, default=0.0), -len(one.required_columns)

    best = max(candidates, key=lambda one: (sum(h in one.headers for h in folded), *likeness(one)))
    needed = [best.columns[name] for name in sorted(best.required_columns)]
    missing = [texts[0] for texts in needed if not {fold(h) for h in texts} & {*folded}]
    return {
        "layout": best.name if best.name != CANONICAL else f"{best.name} ({best.dataset})",
        "matched": str(sum(h in best.headers for h in folded)),
        "of": str(len(needed)),
        "missing": ", ".join(f'"{text}"' for text in missing) or "–",
    }


@cache
def _stated_phrases() -> re.Pattern[str]:
    words = tomllib.loads((Path(__file__).parent / "layouts.toml").read_text("utf-8"))["stated_date"]
    return re.compile(rf"\b(?:{'|'.join(words)})\b.*?(\d{{1,2}}) (\d{{1,2}}) (\d{{4}})")


def stated_date(sheet: Sheet, match: Match) -> date | None:
    """Return the data's date written above the header ("Số liệu đến ngày 14/11/2026"), if any."""
    for row in sheet.preview[: match.last_header_row]:
        found = _stated_phrases().search(fold(" ".join(clean(c) for c in row if c)))
        if found:
            day, month, year = (int(g) for g in found.groups())
            try:
                return date(year, month, day)
            except ValueError:
                continue
    return None
