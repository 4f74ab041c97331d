"""Runs a part of the corpus, with nothing learned and with last month's layout learned."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

from corpus.measure import Reader
from corpus.model import Table
from corpus.report import Report

Part = list[tuple[Table, list[Table]]]


def map_all(part: Part, root: Path) -> tuple[Report, Report]:
    """Return the reports of recognition for layouts never seen, and for changed files of layouts learned before."""
    new, known = Reader(root / "new"), Reader(root / "known")
    unseen, learned = Report(), Report()
    for base, mutations in part:
        known.learn(base)
        for table in (base, *mutations):
            sheet = new.opened(table)
            unseen.add(new.mapped(table, sheet))
            learned.add(known.mapped(table, sheet))
    return unseen, learned


def map_among_all(part: Part, root: Path) -> Report:
    """Return the report for changed files where the layouts of all senders were learned, not only their own."""
    reader, report = Reader(root / "all"), Report()
    for base, _ in part:
        reader.learn(base, beside=True)
    for base, mutations in part:
        for table in (base, *mutations):
            report.add(reader.mapped(table))
    return report


def load_all(part: Part, root: Path) -> tuple[Report, Report]:
    """Return the same two reports for loads, every stored cell held against the truth."""
    new, known = Reader(root / "new"), Reader(root / "known")
    unseen, learned = Report(), Report()
    for base, mutations in part:
        known.learn(base, by_load=True)
        for table in mutations:
            unseen.add(new.loaded(table))
            learned.add(known.loaded(table))
    return unseen, learned


def one_of_each(part: Part, seed: int = 1) -> Part:
    """Return a part with each mutation in one layout, drawn by seed: what a run of minutes can load."""
    files = [(n, k) for n, (_, mutations) in enumerate(part) for k in range(len(mutations))]
    Random(seed).shuffle(files)
    chosen: dict[str, tuple[int, int]] = {}
    for n, k in files:
        chosen.setdefault(part[n][1][k].mutation.partition(".")[0], (n, k))
    kept: dict[int, list[int]] = {}
    for n, k in chosen.values():
        kept.setdefault(n, []).append(k)
    return [(part[n][0], [part[n][1][k] for k in sorted(ks)]) for n, ks in sorted(kept.items())]


def only(part: Part, text: str) -> Part:
    """Return the files whose name holds a text."""
    found: Iterable[tuple[Table, list[Table]]] = (
        (base, [t for t in mutations if text in f"{t.name} {t.mutation}"]) for base, mutations in part
    )
    return [(base, mutations) for base, mutations in found if mutations]
