"""The register of mutations: name -> what it changes in a table."""

from __future__ import annotations

from corpus.model import Mutate, Table

MUTATIONS: dict[str, Mutate] = {}


def mutation(change: Mutate) -> Mutate:
    """Enter a mutation under the name of its function."""
    MUTATIONS[change.__name__] = change
    return change


def one_row(table: Table) -> None:
    """Take the merged heading above the headers away: a change of columns would tear it."""
    table.has_two_rows = False
    for column in table.columns:
        column.upper = ""


def free(table: Table, headers: list[str]) -> list[str]:
    """Return the headers that the table does not have yet."""
    taken = {c.header for c in table.columns}
    return [h for h in headers if h not in taken]
