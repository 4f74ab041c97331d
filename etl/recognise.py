"""Headers to a layout: which row is the header, which column is which field, and what is unknown.

`recognise` returns a `Match` (the sheet can be read) or an `Unanswered` (it waits: `questions` to ask, and in `columns`
how each column would be read so far). An answer is `{question.key: choice.value}`, handed in again as `answers`.

A known layout is followed where its headers stand; what it does not know, and every column of a sheet that no layout
fits, is told by the dictionary (`headers.toml`) and the cells (`mapping`). What is not sure is asked, never guessed.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from functools import cache
from pathlib import Path

from etl import header_rows
from etl.codebook import Codebook
from etl.compound import Split
from etl.datasets import all_datasets
from etl.extract import Sheet
from etl.headers import shown
from etl.layouts import CANONICAL, Layout, all_layouts, canonical
from etl.mapping import MAPPING_KEYS, MOST_ASKED, Known, Proposal, profiles, propose
from etl.personal import safe
from etl.profile import SAMPLE, Profile, known_labels
from etl.receipt import Choice, ColumnReading, Question
from etl.stated import stated_unit
from etl.text import clean, fold
from warehouse.paths import DataDir

FEW_DIFFER = 0.4
"""Share of a learned layout's columns that may be gone before it is another one (chosen by us)."""
CLOSE = 0.8
"""A kind of table whose headers speak for it as much as this share of the best one's is a rival (chosen by us)."""


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
    """Return how a sheet is to be read, or the questions that stop it."""
    answers = answers or {}
    dataset, layout = answers.get("dataset") or dataset, answers.get("layout") or layout
    candidates = _candidates(data_dir, dataset, layout)
    if not candidates:
        known = ", ".join(sorted({*all_layouts(data_dir), CANONICAL}))
        return Unanswered(
            [Question("no_such_layout", safe(sheet.name), {"layout": layout or dataset or "", "known": known})]
        )
    found = _Recognition(sheet, data_dir, candidates, dataset, layout, codebook, answers).run()
    questions = found.questions if isinstance(found, Unanswered) else []
    for one in questions:
        one.sheet = one.sheet or safe(sheet.name)
    return found


def _candidates(data_dir: DataDir, dataset: str | None, layout: str | None) -> list[Layout]:
    known = [*(canonical(d) for d in all_datasets()), *all_layouts(data_dir).values()]
    return [
        one for one in known if (dataset is None or one.dataset == dataset) and (layout is None or one.name == layout)
    ]


class _Recognition:
    def __init__(
        self,
        sheet: Sheet,
        data_dir: DataDir,
        candidates: list[Layout],
        dataset: str | None,
        layout: str | None,
        codebook: Codebook | None,
        answers: Mapping[str, str],
    ):
        self.sheet, self.data_dir, self.candidates = sheet, data_dir, candidates
        self.dataset, self.layout, self.codebook, self.answers = dataset, layout, codebook, answers
        self.matches: list[Match] = []

    def run(self) -> Match | Unanswered:
        rows = list(header_rows.candidates(self.sheet))
        for headers, last in rows:
            folded = [fold(h) for h in headers]
            lower = [fold(h.rpartition(": ")[2]) for h in headers]
            shared = {*folded, *lower}
            # A row that shares fewer than two headers with a layout is not its header.
            self.matches += [
                _match(candidate, headers, folded, lower, last, self.codebook)
                for candidate in self.candidates
                if len(shared & candidate.headers.keys()) >= 2
            ]
        known = frozenset().union(*(one.headers.keys() for one in self.candidates))
        items = frozenset(self.codebook.items) if self.codebook else frozenset()
        best = header_rows.best(rows, known | items)
        whole = self._of_row([m for m in self.matches if not m.missing], best, known | items)
        near = self._near(best)
        if near is not None and not any(m.layout.is_learned for m in whole):
            # Where a learned layout says as much as a known one, it was told from such files.
            whole = [m for m in whole if len(m.fields) > len(near.fields)]
        if whole:
            return self._known(whole)
        if near is not None:
            return self._read(near, near.layout)
        # A layout that was asked for by name is followed or refused; nothing else is made of the sheet.
        if best is None or self.layout is not None:
            return _stop(self._unknown(self.matches))
        return self._new(*best)

    # -- known layouts -----------------------------------------------------------------------------------------------

    def _known(self, whole: list[Match]) -> Match | Unanswered:
        learned = [m for m in whole if m.layout.is_learned and _knows_all(m)]
        top = sorted(learned or whole, key=lambda m: (m.score[0], m.score[2], m.score[1]), reverse=True)
        first = top[0]
        rivals = [
            m for m in top[1:] if m.score == first.score and m.fields != first.fields and m.headers == first.headers
        ]
        if rivals:
            names = sorted({first.layout.name, *(m.layout.name for m in rivals)})
            choices = [Choice(name, name) for name in names]
            return _stop(Question("two_layouts", "", {"layouts": ", ".join(names)}, "layout", choices))
        nearer = [m for m in self.matches if _says_more(m, first)]
        if nearer:
            return _stop(self._unknown(nearer))
        return self._read(first, first.layout)

    def _of_row(self, matches: list[Match], best: header_rows.Headers | None, known: frozenset[str]) -> list[Match]:
        """Return the matches of the row that is rather the header; a part of a merged heading is not all of it."""
        if best is None:
            return matches
        weight = header_rows.weight(best[0], known)
        return [m for m in matches if m.headers == best[0]] or [
            m for m in matches if header_rows.weight(m.headers, known) + 2 > weight
        ]

    def _near(self, best: header_rows.Headers | None) -> Match | None:
        """Return the learned layout of which only few columns are gone."""
        near = [
            m
            for m in self.matches
            if m.layout.is_learned
            and len(m.fields) >= 2
            and (best is None or m.headers == best[0])
            and len(m.layout.columns) - len(m.fields) <= max(2, FEW_DIFFER * len(m.layout.columns))
        ]
        return max(near, key=lambda m: m.score, default=None)

    def _read(self, match: Match, layout: Layout) -> Match | Unanswered:
        """Return a sheet read through a layout, the columns it does not know weighed one by one."""
        is_canonical = layout.name == CANONICAL
        lost = tuple(f for f in layout.columns if f not in match.fields) if layout.is_learned else ()
        provided = frozenset(_given(match, self.codebook)) - match.fields.keys()
        provided |= header_rows.told_above(layout.dataset, self.sheet, match.last_header_row)
        known = Known(match.fields, layout.ignore, frozenset(match.items), lost, provided, is_canonical, self._labels())
        looks = self._looks(match.headers, match.last_header_row)
        found = propose(layout.dataset, match.headers, looks, self.answers, known)
        return self._result(found, match, layout)

    # -- a layout of its own -----------------------------------------------------------------------------------------

    def _new(self, headers: list[str], last: int) -> Match | Unanswered:
        ranked = header_rows.datasets_of(headers, [self.dataset] if self.dataset else list(all_datasets()))
        if not ranked:
            return _stop(self._unknown(self.matches))
        looks = self._looks(headers, last)
        proposals: list[tuple[float, Match, Proposal]] = []
        for share, dataset in ranked[:3]:
            if share < CLOSE * ranked[0][0]:
                break
            layout = Layout("", dataset, {}, {}, {}, is_date_order_stated=False)
            match = _match(layout, headers, [], [], last, self.codebook)
            folded = [fold(h) for h in headers]
            if self.codebook and dataset == "survey_answer":
                match.items = {i: self.codebook.items[h] for i, h in enumerate(folded) if h in self.codebook.items}
            provided = frozenset(_given(match, self.codebook)) | header_rows.told_above(dataset, self.sheet, last)
            known = Known(items=frozenset(match.items), provided=provided, labels=self._labels())
            found = propose(dataset, headers, looks, self.answers, known)
            proposals.append((share, match, found))
        able = [one for one in proposals if not self._lacks(one[2], one[1])] or proposals
        if len(able) > 1 and self.dataset is None:
            able.sort(key=lambda one: (len(one[2].questions) == 0, one[0]), reverse=True)
            rivals = [one for one in able if one[0] >= CLOSE * able[0][0]]
            if len(rivals) > 1 and not _is_clear(rivals[0][2], rivals[1][2]):
                choices = [Choice(one[2].dataset) for one in rivals]
                question = Question("which_dataset", "", {}, "dataset", choices, rivals[0][2].dataset)
                return Unanswered([question], rivals[0][2].columns, "", last + 1)
        _, match, found = able[0]
        return self._result(found, match, match.layout)

    # -- what comes of it --------------------------------------------------------------------------------------------

    def _looks(self, headers: list[str], last: int) -> list[tuple[list[str], Profile]]:
        rows = self.sheet.preview[last + 1 :]
        if self.sheet.rows and len(rows) < SAMPLE:
            more = self.sheet.rows[last + 1 + len(rows) : last + 1 + 2 * SAMPLE]
            rows = [*rows, *([clean(c) for c in row] for row in more)]
        rows = [row for row in rows if not header_rows.is_furniture(row, headers)]
        return profiles(headers, rows, self._labels())

    def _labels(self) -> Mapping[str, Mapping[str, str]]:
        return known_labels(self.data_dir)

    def _lacks(self, found: Proposal, match: Match) -> list[str]:
        """Return the required fields that neither a column, nor a constant, nor a question at hand can give."""
        given = {*found.fields, *_given(match, self.codebook), *found.constants, *found.provided}
        hoped = {q.key.partition(":")[2] for q in found.questions if q.key.startswith(("field:", "constant:"))}
        hoped |= {c.value for q in found.questions if q.key.startswith("column:") for c in q.choices}
        if hoped & {"unit_code", "unit_name"}:
            hoped.add("unit_code")
        return all_datasets()[found.dataset].misses(given | hoped)

    def _result(self, found: Proposal, match: Match, layout: Layout) -> Match | Unanswered:
        row = match.last_header_row + 1
        lacks = self._lacks(found, match)
        waits = Unanswered(list(found.questions), found.columns, found.dataset, row, layout.name)
        if found.is_shifted:
            waits.questions = [Question("cells_shifted", "", {"row": str(row), "n": str(found.n_denied)})]
            return waits
        if lacks == ["unit_code"] and (unit := stated_unit(self.sheet, match.last_header_row)):
            # A register without a column of units is most often of the body in its title; whose it is must be said.
            choices = [Choice(unit, safe(unit)), Choice("", "", "no_column")]
            asked = Question("unit_of_title", "", {"unit": safe(unit)}, "constant:unit_name", choices, unit)
            if asked.key not in self.answers and safe(unit) == unit:
                waits.questions = [asked, *waits.questions][:MOST_ASKED]
                return waits
        if lacks:
            match.fields, match.missing = found.fields, lacks
            match.layout = layout if layout.name else replace(layout, name=self._nearest_name(match), columns={})
            waits.questions = [self._unknown([match], is_header=True)]
            return waits
        if found.questions:
            return waits
        done = replace(
            match, fields=found.fields, headers=[*match.headers, *found.virtual], columns=found.columns,
            splits=found.splits, missing=[],
        )  # fmt: skip
        is_asked = any(k.startswith(MAPPING_KEYS) for k in self.answers)
        if not layout.name or (is_asked and layout.name != CANONICAL):
            done.layout, done.is_new = self._layout_of(done, found, layout), True
        order = self.answers.get("date_order")
        if order in ("dmy", "mdy"):
            done.layout = replace(done.layout, date_order=order, is_date_order_stated=True)  # type: ignore[arg-type]
        return done

    def _layout_of(self, match: Match, found: Proposal, base: Layout) -> Layout:
        """Return the layout that these headers make, named after them; a learned one keeps its name and its headers."""
        width = len(match.headers) - len(found.virtual)
        columns: dict[str, tuple[str, ...]] = dict(base.columns) if base.is_learned else {}
        for name, at in sorted(match.fields.items(), key=lambda item: item[1]):
            if at < width and shown(match.headers[at]) == clean(match.headers[at]):
                held = [h for h in columns.get(name, ()) if fold(h) != fold(match.headers[at])]
                columns[name] = (match.headers[at], *held)
        for name in found.declined:
            columns.pop(name, None)
        mapped = {fold(h) for texts in columns.values() for h in texts}
        others = {fold(h) for h in match.headers[:width] if h and shown(h) == clean(h)} - mapped
        # Headers that tell a person apart are in no layout; the same headers in another order are the same layout.
        known = " ".join(sorted(mapped | others))
        name = base.name if base.is_learned else f"{base.dataset}-{hashlib.sha256(known.encode()).hexdigest()[:6]}"
        return replace(
            base,
            name=name,
            title={},
            columns=columns,
            headers={fold(h): f for f, texts in columns.items() for h in texts},
            optional=frozenset(set(columns) - set(all_datasets()[base.dataset].required)),
            ignore=base.ignore - mapped,
            constants={**base.constants, **found.constants},
            priority=1,
        )

    def _nearest_name(self, match: Match) -> str:
        known = [one for one in self.candidates if one.dataset == match.layout.dataset and one.name != CANONICAL]
        folded = {fold(h) for h in match.headers}
        return max(known, key=lambda one: len(folded & one.headers.keys())).name if known else CANONICAL

    def _unknown(self, matches: list[Match], is_header: bool = False) -> Question:
        near = [m for m in matches if is_header or len(m.fields) >= 2]
        if not near:
            return Question("no_header", "", self._nearest())
        best = max(near, key=lambda m: (len(m.fields) / max(1, len(m.fields) + len(m.missing)), *m.score))
        layout = best.layout
        names = [(layout.columns.get(f) or (f,))[0] for f in best.missing]
        if layout.dataset == "survey_answer" and {"item_id", "answer"} <= set(best.missing):
            return Question("needs_codebook", "", {"layout": layout.name})
        unknown = [shown(best.headers[i]) for i in best.unmapped if fold(best.headers[i]) not in layout.ignore]
        return Question(
            "unknown_layout",
            "",
            {
                "layout": layout.name,
                "matched": str(len(best.fields)),
                "of": str(len(best.fields) + len(best.missing)),
                "missing": ", ".join(f'"{n}"' for n in names),
                "unknown": ", ".join(f'"{u}"' for u in unknown) or "–",
            },
        )

    def _nearest(self) -> dict[str, str]:
        """Return the layout whose headers look most like the first row that may be one, and the columns it needs."""
        row = next((headers for headers, _ in header_rows.candidates(self.sheet)), [])
        folded = [fold(h) for h in row if h]

        def likeness(one: Layout) -> tuple[float, int]:
            close = (SequenceMatcher(None, a, b).ratio() for a in folded for b in one.headers)
            return max(close, default=0.0), -len(one.required_columns)

        best = max(self.candidates, key=lambda one: (sum(h in one.headers for h in folded), *likeness(one)))
        needed = [best.columns[name] for name in sorted(best.required_columns)]
        missing = [texts[0] for texts in needed if not {fold(h) for h in texts} & {*folded}]
        return {
            "layout": best.name if best.name != CANONICAL else f"{best.name} ({best.dataset})",
            "matched": str(sum(h in best.headers for h in folded)),
            "of": str(len(needed)),
            "missing": ", ".join(f'"{text}"' for text in missing) or "–",
        }


def _stop(question: Question) -> Unanswered:
    return Unanswered([question])


def _says_more(other: Match, chosen: Match) -> bool:
    """Whether canonical headers are rather those of another dataset, of which one that it needs is missing.

    A register of letters without its codes has all that a file of receptions needs.
    """
    both_canonical = other.layout.name == chosen.layout.name == CANONICAL
    return both_canonical and other.headers == chosen.headers and len(other.fields) > len(chosen.fields)


def _knows_all(match: Match) -> bool:
    """Whether a layout knows every header of a sheet that may be written down."""
    known = match.layout.headers.keys() | match.layout.ignore
    return all(fold(h) in known for h in match.headers if h and shown(h) == clean(h))


def _is_clear(one: Proposal, other: Proposal) -> bool:
    """Whether a table is rather the first: it reads clearly more columns."""
    return len(one.fields) >= len(other.fields) + 2


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
    survey_id = layout.survey_id or (codebook.survey_id if codebook else "")
    match = Match(layout, last, fields, headers, items, [], survey_id)
    given = _given(match, codebook)
    missing = [f for f in layout.columns if f in layout.required_columns and f not in given and f not in ("unit_code",)]
    needed = all_datasets()[layout.dataset].misses(given | ({"unit_code"} if "unit_name" in missing else set()))
    match.missing = missing + [f for f in needed if f not in missing]
    return match


def _given(match: Match, codebook: Codebook | None) -> set[str]:
    """Return the fields that a layout, a codebook and the columns found so far give."""
    layout = match.layout
    given = {*match.fields, *layout.constants}
    if match.items:
        given |= {"item_id", "answer"}
        if codebook and codebook.survey_id:
            given.add("survey_id")
    if layout.unit:
        given.add("unit_code")
    if layout.survey_id:
        given.add("survey_id")
    return given


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
