"""The corpus: base layouts, their mutations, and which of them nobody tunes on."""

from __future__ import annotations

from pathlib import Path

from corpus.layouts_drawn import base_layouts, held_out
from corpus.model import Table
from corpus.mutations import mutated

MUTATION_SEED = 7


def corpus(shared: Path, is_held_out: bool) -> list[tuple[Table, list[Table]]]:
    """Return (base, mutations) of the layouts that are open to look at, or of those held aside."""
    bases = base_layouts(shared)
    aside = held_out([b.name for b in bases])
    return [(b, mutated(b, MUTATION_SEED)) for b in bases if (b.name in aside) == is_held_out]


def another(shared: Path, seed: int) -> list[tuple[Table, list[Table]]]:
    """Return a corpus drawn anew, to look for what the fixed one has not met."""
    return [(b, mutated(b, f"{MUTATION_SEED}-{seed}")) for b in base_layouts(shared, seed)]
