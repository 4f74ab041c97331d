"""Reads the sums prepared at publish where they cover a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from metrics.compile import Part, Span
from metrics.model import Boundaries


class Store:
    """The sum tables of one snapshot."""

    def sql(
        self,
        group: Sequence[Part],
        spans: Sequence[Span],
        level: str,
        *,
        boundaries: Boundaries,
        by: str | None,
        split_value: str | None,
        units: Sequence[str] | None,
    ) -> str | None:
        """Return the statement over the sums, None when they do not cover the question."""
        return None


def open_store(cursor: Any) -> Store | None:
    """Return the sums of a snapshot, None when it has none."""
    return None
