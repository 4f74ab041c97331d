"""Who answered what, as arrays: one row per respondent, one column per item; read once per snapshot."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from metrics.stats.design import Design, Floats, Ints
from metrics.survey.formula import Part

PREPARED = "sum_survey_respondent"
SQL = Path(__file__).resolve().parents[1] / "sql" / "survey_respondents.sql"
Bools = npt.NDArray[np.bool_]
POPULATIONS = ("user", "resident")
KEPT = 2
"""Snapshots whose respondents stay in memory."""


def statement() -> str:
    """Return the SQL that makes respondents out of answers."""
    return SQL.read_text(encoding="utf-8")


@dataclass(frozen=True, eq=False)
class Respondents:
    """Everyone who answered any survey of the snapshot, sorted by survey, stratum and PSU."""

    survey: Ints
    surveys: tuple[str, ...]
    population: Ints
    """Position in `POPULATIONS`; -1 where the file does not say."""
    unit: Ints
    successor: Ints
    units: tuple[str, ...]
    """What the codes of `unit` and `successor` mean."""
    unit_ends_on: Ints
    """Days since 1970 (as all days here); a unit in force ends in the far future."""
    answered_on: Ints
    weight: Floats
    design: Design
    is_clustered: Bools
    scores: Floats
    """Respondents × items, 0–1, NaN where there is no answer."""
    tops: Floats
    """The same of "satisfied or very satisfied": 1, 0 or NaN."""
    items: tuple[str, ...]
    factors: tuple[str, ...]
    """The factor of each item, "" for those of a dimension."""
    sub_dimensions: tuple[str, ...]
    parts: tuple[Part, ...]
    above: dict[str, tuple[tuple[str, str, int, int], ...]]
    """Unit → level, ancestor, first day, day after the last."""
    lowest_level: dict[str, str]
    """Survey → the lowest level that it represents, where that is known."""

    def __len__(self) -> int:
        return len(self.survey)

    @cached_property
    def scale_of_weights(self) -> Floats:
        """Return each respondent's weight relative to the mean of his survey: surveys pooled count by their people."""
        n = np.bincount(self.survey, minlength=len(self.surveys))
        mean = np.bincount(self.survey, self.weight, len(self.surveys)) / np.maximum(n, 1)
        return np.asarray(self.weight / mean[self.survey])

    def columns(self, items: Sequence[str]) -> list[int]:
        """Return the columns of items, those that no reference file has left out."""
        at = self._at
        return [at[i] for i in items if i in at]

    @cached_property
    def _at(self) -> dict[str, int]:
        return {item: i for i, item in enumerate(self.items)}

    def of_factor(self, factors: Sequence[str]) -> list[int]:
        """Return the columns of the items of some factors."""
        return [i for i, f in enumerate(self.factors) if f in factors]


def days(day: date) -> int:
    """Return the days since 1970."""
    return (day - date(1970, 1, 1)).days


FOREVER = days(date(9999, 12, 31))
_kept: OrderedDict[str, tuple[Respondents, str]] = OrderedDict()


def of(cursor: Any) -> tuple[Respondents, str]:
    """Return the respondents of the snapshot behind a cursor, and the SQL that reads them.

    A published file never changes, so what was read of it stays read; a database in memory is read each time.
    """
    path = cursor.execute(
        "SELECT path FROM duckdb_databases() WHERE database_name = current_database() AND readonly"
    ).fetchall()
    key = path[0][0] if path else None
    found = _kept.get(key) if key else None
    if found is None:
        has_prepared = cursor.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [PREPARED]
        ).fetchall()
        sql = f"SELECT * FROM {PREPARED}" if has_prepared[0][0] else statement()
        found = _read(cursor, sql), sql
        if key:
            _kept[key] = found
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return found


def _read(cursor: Any, sql: str) -> Respondents:
    items = cursor.execute(
        "SELECT item_id, coalesce(factor, ''), coalesce(sub_dimension_id, '') FROM dim_survey_item ORDER BY item_id"
    ).fetchall()
    parts = cursor.execute(
        'SELECT part_id, parent_id, "floor", span FROM dim_survey_part WHERE "floor" IS NOT NULL ORDER BY part_id'
    ).fetchall()
    lowest = cursor.execute("SELECT survey_id, lowest_level FROM dim_survey WHERE lowest_level IS NOT NULL").fetchall()
    table = cursor.sql(sql).to_arrow_table()
    survey, surveys = _coded(table, "survey_id")
    units = table.column("unit_id").to_pylist()
    successors = table.column("successor_unit_id").to_pylist()
    names = sorted({*units, *(s for s in successors if s)})
    at = {name: i for i, name in enumerate(names)}
    stratum, _ = _coded(table, "stratum")
    psu, _ = _coded(table, "psu")
    scores, tops = _matrices(table, len(items))
    places = {p: i for i, p in enumerate(POPULATIONS)}
    above: dict[str, list[tuple[str, str, int, int]]] = {}
    for unit, level, ancestor, first, last in cursor.execute(
        "SELECT unit_id, level, ancestor_id, valid_from, valid_to FROM unit_rollup"
        " WHERE unit_id IN (SELECT unnest($1))",
        [names],
    ).fetchall():
        above.setdefault(unit, []).append((level, ancestor, days(first), days(last) if last else FOREVER))
    return Respondents(
        survey=survey,
        surveys=surveys,
        population=np.array([places.get(p, -1) for p in table.column("population").to_pylist()], dtype=np.int64),
        unit=np.array([at[u] for u in units], dtype=np.int64),
        successor=np.array([at[s or u] for s, u in zip(successors, units, strict=True)], dtype=np.int64),
        units=tuple(names),
        unit_ends_on=_days(table, "unit_ends_on"),
        answered_on=_days(table, "answered_on"),
        weight=table.column("weight").to_numpy().astype(float),
        design=_design(survey, stratum, psu),
        is_clustered=psu >= 0,
        scores=scores,
        tops=tops,
        items=tuple(i for i, _, _ in items),
        factors=tuple(f for _, f, _ in items),
        sub_dimensions=tuple(s for _, _, s in items),
        parts=tuple(Part(*row) for row in parts),
        above={unit: tuple(found) for unit, found in above.items()},
        lowest_level=dict(lowest),
    )


def _coded(table: pa.Table, column: str) -> tuple[Ints, tuple[str, ...]]:
    """Return a text column as numbers in order of first appearance, -1 for none, and what they mean."""
    seen: dict[str, int] = {}
    codes = [-1 if v is None else seen.setdefault(v, len(seen)) for v in table.column(column).to_pylist()]
    return np.array(codes, dtype=np.int64), tuple(seen)


def _days(table: pa.Table, column: str) -> Ints:
    found = [FOREVER if v is None else days(v) for v in table.column(column).to_pylist()]
    return np.array(found, dtype=np.int64)


def _design(survey: Ints, stratum: Ints, psu: Ints) -> Design:
    """Return everyone's design: strata within surveys, PSUs within strata; who names no PSU is his own."""
    if not len(survey):
        return Design(survey, survey)
    _, h = np.unique(np.stack([survey, stratum]), axis=1, return_inverse=True)
    own = np.where(psu >= 0, psu, psu.max() + 1 + np.arange(len(psu)))
    _, first, cluster = np.unique(np.stack([h, own]), axis=1, return_index=True, return_inverse=True)
    return Design(cluster, h[first])


def _matrices(table: pa.Table, n_items: int) -> tuple[Floats, Floats]:
    lists = table.column("items").combine_chunks()
    at = (
        np.repeat(np.arange(len(lists)), np.diff(lists.offsets.to_numpy())),
        lists.flatten().to_numpy().astype(np.int64),
    )
    found = []
    for column in ("scores", "tops"):
        values = table.column(column).combine_chunks().flatten().cast(pa.float64())
        matrix = np.full((len(lists), n_items), np.nan)
        matrix[at] = values.fill_null(np.nan).to_numpy()  # with nulls inside, to_numpy would import pandas
        found.append(matrix)
    return found[0], found[1]
