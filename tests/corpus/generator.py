"""The corpus: base layouts, their mutations, and which of them nobody tunes on."""

from __future__ import annotations

from pathlib import Path
from random import Random

from corpus.layouts_drawn import base_layouts
from corpus.model import Table
from corpus.mutations import mutated

MUTATION_SEED = 7
HELD_OUT_SEED = 4417
"""Decides which third of the layouts is held aside; it is never changed and nothing is tuned on that third."""


def held_out(names: list[str]) -> set[str]:
    """Return the layouts held aside: every third of each kind, by seed."""
    kinds = sorted({n.rpartition("-")[0] for n in names})
    chosen: set[str] = set()
    for kind in kinds:
        own = sorted(n for n in names if n.rpartition("-")[0] == kind)
        chosen |= set(Random(f"{HELD_OUT_SEED}-{kind}").sample(own, round(len(own) / 3)))
    return chosen


def corpus(shared: Path, is_held_out: bool) -> list[tuple[Table, list[Table]]]:
    """Return (base, mutations) of the layouts that are open to look at, or of those held aside."""
    bases = base_layouts(shared)
    aside = held_out([b.name for b in bases])
    return [(b, mutated(b, MUTATION_SEED)) for b in bases if (b.name in aside) == is_held_out]
