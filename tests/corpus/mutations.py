"""All mutations together, and which of them a layout gets."""

from __future__ import annotations

from random import Random

from corpus import lookalikes, mutated_cells, mutated_columns, traps
from corpus.model import Table
from corpus.register import MUTATIONS, mutation

PARTS = (mutated_columns, mutated_cells, traps, lookalikes)
"""Importing them enters their mutations in the register."""
PER_LAYOUT = 25
RARE = {
    "code_and_name_in_one",
    "dates_in_one_column",
    "date_and_time_apart",
    "unit_code_and_name_in_one",
    "printed_form",
    "merged_heading",
}
"""Apply to few layouts: drawn before others where they do, as traps are."""


TOGETHER = 3


@mutation
def several(table: Table, rng: Random) -> bool:
    """A new version of the system: three changes in one month."""
    alone = {"several", "shifted_cells", "dates_shifted"}
    names = [name for name in MUTATIONS if name not in alone]
    done = 0
    for name in rng.sample(names, len(names)):
        done += MUTATIONS[name](table, rng)
        if done == TOGETHER:
            return True
    return False


def mutated(base: Table, seed: object, n: int = PER_LAYOUT) -> list[Table]:
    """Return so many mutations of a layout that apply to it, each from a seed of its own; the rest is drawn twice."""
    hard = RARE | {
        name for name, change in MUTATIONS.items() if change.__module__ in (traps.__name__, lookalikes.__name__)
    }
    place = {name: Random(f"{seed}-{base.name}-{name}").random() * (0.5 if name in hard else 1) for name in MUTATIONS}
    made: list[Table] = []
    for turn in range(3):
        for name in sorted(MUTATIONS, key=place.__getitem__):
            if len(made) == n:
                return made
            table = base.copy(name if not turn else f"{name}.{turn + 1}")
            if MUTATIONS[name](table, Random(f"{seed}-{base.name}-{name}-{turn}")):
                made.append(table)
    return made
