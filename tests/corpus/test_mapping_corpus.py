"""A column is matched, asked about or left out, and never taken for another: 1,200 files drawn with their truth.

In CI every file is recognised (with its layout never seen, and with last month's learned), and each mutation is loaded
once to the stored rows. `GANDAN_CORPUS=all` loads every file; `python -m corpus` (in tests/) prints the findings.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.generator import corpus
from corpus.judge import Outcome, hold_columns
from corpus.layouts_drawn import base_layouts, held_out
from corpus.measure import Reader
from corpus.mutations import PER_LAYOUT
from corpus.oracle import Oracle
from corpus.report import Report
from corpus.run import load_all, map_all, map_among_all, one_of_each
from corpus.spoil import tcvn3, vni
from corpus.strange import strange
from etl.layouts import canonical
from etl.receipt import Choice, Question
from etl.recognise import Match

ACCURACY = 0.995
MOST_CHOICES = 3
ALL = os.environ.get("GANDAN_CORPUS") == "all"

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-22")


def assert_holds(report: Report, title: str) -> None:
    """A silent misreading is worst; then too many questions; then too little read."""
    print(report.text(title))
    assert report.misread() == []
    assert [o.name for o in report.outcomes if len(o.asked) > MOST_CHOICES] == []
    assert report.accuracy >= ACCURACY


@pytest.mark.parametrize("is_held_out", [False, True], ids=["open", "held_out"])
def test_a_column_is_matched_asked_about_or_left_out_and_never_mapped_to_a_wrong_field(
    shared: Path, tmp_path: Path, is_held_out: bool
) -> None:
    """Both states in one test: each file is written and opened once for the two."""
    unseen, learned = map_all(corpus(shared, is_held_out), tmp_path)
    assert_holds(unseen, "recognised, layout never seen")
    assert_holds(learned, "recognised, layout learned before")
    again = [o for o in learned.outcomes if o.table.mutation == "base"]
    assert {o.name: o.asked for o in again if o.asked} == {}, "last month's layout is not asked about again"


def test_the_layouts_of_all_senders_beside_each_other_mislead_nobody(shared: Path, tmp_path: Path) -> None:
    assert_holds(map_among_all(corpus(shared, False), tmp_path), "recognised, the layouts of all senders learned")


@pytest.mark.parametrize("n_strange", [1, 3, 99])
def test_words_that_no_list_holds_are_asked_about_or_left_out(shared: Path, tmp_path: Path, n_strange: int) -> None:
    """How much is then read is the sender's matter; that nothing is misread is ours."""
    for report in map_all(strange(shared, n_strange), tmp_path):
        print(report.text(f"{n_strange} headers in words of nobody's system"))
        assert report.misread() == []
        assert report.accuracy_of_read == 1
        assert report.most_choices <= MOST_CHOICES


@pytest.mark.parametrize("is_held_out", [False, True], ids=["open", "held_out"])
def test_every_stored_value_is_the_senders(shared: Path, tmp_path: Path, is_held_out: bool) -> None:
    part = corpus(shared, is_held_out)
    unseen, learned = load_all(part if ALL else one_of_each(part), tmp_path)
    assert_holds(unseen, "loaded, layout never seen")
    assert_holds(learned, "loaded, layout learned before")


# -- the corpus itself


def test_the_corpus_has_48_layouts_of_25_mutations_and_a_third_is_held_aside(shared: Path) -> None:
    bases = base_layouts(shared)
    aside = held_out([b.name for b in bases])
    assert (len(bases), len(aside)) == (48, 18)
    for part in (False, True):
        for base, mutations in corpus(shared, part):
            assert len(mutations) == PER_LAYOUT == 25
            assert len({t.mutation for t in mutations}) == 25, base.name


def test_the_corpus_is_the_same_each_time(shared: Path) -> None:
    first, second = base_layouts(shared)[3], base_layouts(shared)[3]
    assert first == second


def test_filing_taken_for_receipt_is_a_silent_misreading_unless_somebody_was_asked(shared: Path) -> None:
    table = next(
        t
        for _, ts in corpus(shared, False)
        for t in ts
        if t.mutation == "filing_beside_receipt" and t.dataset == "case"
    )
    filed = next(n for n, c in enumerate(table.columns) if not c.truth and c.moments)
    match = Match(canonical("case"), 0, {"received_at": filed}, [c.header for c in table.columns])
    silent = hold_columns(Outcome(table), match)
    assert sum(silent.misreads.values()) == table.n_records
    asked = hold_columns(Outcome(table, answers={"field:received_at": "x"}), match)
    assert (sum(asked.misreads.values()), sum(asked.wrong.values())) == (0, table.n_records)


def test_a_stored_date_of_another_column_is_a_silent_misreading(shared: Path, tmp_path: Path) -> None:
    """The judge of rows sees what a reader that is led astray has stored."""
    base = next(b for b, _ in corpus(shared, False) if b.dataset == "case" and b.only("handed_over_at"))
    table = base.copy("led_astray")
    for column, header in zip(table.columns, [c.header for c in table.columns], strict=True):
        column.header = next((f for f in column.fields), header)
        column.upper = ""
    table.has_two_rows = False
    done, handed = table.only("completed_at"), table.only("handed_over_at")
    assert done and handed
    done.header, handed.header = handed.header, done.header
    outcome = Reader(tmp_path).loaded(replace(table, titles=[]))
    assert {what.split(" ")[0] for what in outcome.misreads} == {"completed_at", "handed_over_at"}


def test_the_oracle_answers_from_the_cells_and_counts_what_it_is_asked(shared: Path) -> None:
    base = next(b for b, _ in corpus(shared, False) if b.only("received_at") and b.only("due_at") and not b.font)
    received = base.only("received_at")
    assert received
    oracle = Oracle(base)
    header = sorted(oracle.headers_of(received))[0]
    answers = oracle.answer(
        [
            Question("which", key=f"column:{header}", choices=[Choice("due_at"), Choice("received_at"), Choice("")]),
            Question("which", key="field:synced_at", choices=[Choice(header), Choice("")]),
            Question("date_order", key="date_order", choices=[Choice("dmy"), Choice("mdy")]),
        ],
        {},
    )
    assert answers[f"column:{header}"] == "received_at"
    assert answers["field:synced_at"] == ""
    assert answers["date_order"] == "dmy"
    assert len(oracle.asked) == 3


def test_old_fonts_are_written_as_they_were() -> None:
    assert tcvn3("Ngày tiếp nhận, Đông") == "Ngµy tiÕp nhËn, §«ng"
    assert vni("Ngày tiếp nhận, Đường ỵ") == "Ngaøy tieáp nhaän, Ñöôøng î"
