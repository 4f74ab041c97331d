"""What publishing the candidate would change: figures before and after, worst first, and the loads that cause it."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from metrics import answer, catalogue
from metrics.model import Query
from metrics.table import Row
from metrics.viewer import PROVINCE
from warehouse import snapshots
from warehouse.snapshots import Opened, SnapshotRef

FOLDER = Path(__file__).parent
LEVELS = ("province", "commune", "agency")
MOST_FIGURES = 1000
"""Kept in the list; the counts tell of all."""
MOST_LOADS = 5
"""Named for one figure, those that change most."""
LEAST_COUNT = 20.0
"""A count is weighed against at least this: one case more of two is no upheaval."""
TINY = 1e-9
COUNTED = (
    "n_new", "n_changed_status", "n_changed_due", "n_changed_end", "n_replaced", "n_withdrawn", "n_corrected",
)  # fmt: skip
KINDS = ("gone", "moved", "new")


@cache
def headline() -> dict[str, dict[str, Any]]:
    """Return the datasets with the figures that are compared (`headline.toml`)."""
    return tomllib.loads((FOLDER / "headline.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Changes:
    """How rows differ between the published marts and those of a build, gathered while both were open."""

    rows: list[dict[str, Any]]
    coverage: list[dict[str, Any]]
    loads: list[dict[str, Any]]
    files: dict[int, str]


def changes_of(con: duckdb.DuckDBPyConnection, changes: str | None) -> Changes:
    """Return how the rows of `con` differ from those of the attached `previous`; `changes` as an addition has them."""
    loads = _records(con, _sql("changed_loads"))
    touched = {one["dataset"] for one in loads if one["act"] != "kept"}
    if not _is_same_ground(con):
        touched |= set(headline())
    rows: list[dict[str, Any]] = []
    if "case" in touched:
        before, after = (
            (f"SELECT * FROM {changes} WHERE sign = -1", f"SELECT * FROM {changes} WHERE sign = 1")
            if changes
            else ("SELECT * FROM previous.fct_case", "SELECT * FROM fct_case")
        )
        con.execute(f"CREATE OR REPLACE TEMP VIEW change_before AS {before}")
        con.execute(f"CREATE OR REPLACE TEMP VIEW change_after AS {after}")
        rows += _records(con, _sql("changed_cases"))
        con.execute("DROP VIEW change_before")
        con.execute("DROP VIEW change_after")
    for dataset, told in headline().items():
        if dataset in touched and "table" in told:
            rows += _records(con, _rows_sql(con, dataset, told))
    coverage = [one for one in _records(con, _sql("changed_coverage")) if one["dataset"] in headline()]
    files = {one["load_no"]: one["file_name"] for one in loads}
    return Changes(rows, coverage, [one for one in loads if one["act"] != "kept"], files)


def _is_same_ground(con: duckdb.DuckDBPyConnection) -> bool:
    """Return whether both were made with the same reference data and code."""
    found = _records(con, _sql("changed_ground"))
    return not found


def _rows_sql(con: duckdb.DuckDBPyConnection, dataset: str, told: dict[str, Any]) -> str:
    columns = [row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {told['table']}").fetchall()]
    content = ", ".join(c for c in columns if c != "load_no" and not c.startswith("source_"))
    one = (FOLDER / "sql" / "rows_of.sql").read_text("utf-8")
    for name in ("key", "starts_on", "ends_on"):
        one = one.replace(f"{{{name}}}", told[name])
    one = one.replace("{content}", content).replace("{only}", told.get("only", "TRUE"))
    return (
        _sql("changed_rows")
        .replace("{dataset}", dataset)
        .replace("{before}", one.replace("{table}", f"previous.{told['table']}"))
        .replace("{after}", one.replace("{table}", told["table"]))
    )


def between(published: SnapshotRef | None, candidate: SnapshotRef, changes: Changes | None) -> dict[str, Any]:
    """Return what would move, ready for JSON.

    `state`: compared, first (nothing is published), other_schema (the published one cannot be read by this version).
    `figures` are the headline figures of the province and of each commune and agency by calendar month: moved (both
    snapshots have a value and they differ), gone (only the published one has), new (only the candidate has).
    `why`: rows (`because` names the loads), time (the data reach further), ground (code or reference data changed).
    """
    if published is None or changes is None:
        state = "first" if published is None else "other_schema"
        return {"state": state, "n_figures": 0, "n_moved": 0, "n_new": 0, "n_gone": 0, "figures": [], "loads": []}
    with snapshots.held(published) as old, snapshots.held(candidate) as new:
        days = {"before": _info(old)["data_on"], "after": _info(new)["data_on"]}
        homes = {**_provinces(old), **_provinces(new)}
        index = _Index(changes, homes, _month(max(days.values())))
        if days["before"] != days["after"]:
            # Figures are as of the data's day, whichever file moved it: what was in time may be overdue by now, and
            # rows of days that were still to come count.
            for dataset in _sent(old) | _sent(new):
                index.widen(dataset, _month(min(days.values())), _month(max(days.values())))
        figures: list[dict[str, Any]] = []
        for dataset in sorted(index.touched):
            first, last = index.touched[dataset]
            figures += _compared(dataset, first, last, old, new, date.fromisoformat(days["before"]))
    figures = list({(f["metric"], f["unit_id"], f["period"]): f for f in figures}.values())
    figures.sort(key=_worst_first)
    counts = {f"n_{kind}": sum(f["kind"] == kind for f in figures) for kind in KINDS}
    counts["n_figures"] = counts["n_moved"] + counts["n_gone"]
    counts["n_past"] = sum(f["is_past"] and f["kind"] != "new" for f in figures)
    for figure in figures[:MOST_FIGURES]:
        figure["because"] = index.because(figure)
        # Without a row: the data reach further and what was in time is overdue; or rules or reference data changed.
        is_time = days["before"] != days["after"] and not figure["is_past"]
        figure["why"] = "rows" if figure["because"] else "time" if is_time else "ground"
    return {
        "state": "compared",
        **counts,
        "data_on": days,
        "figures": figures[:MOST_FIGURES],
        "loads": [{**one, **index.totals[one["load_no"]]} for one in changes.loads],
    }


def _worst_first(figure: dict[str, Any]) -> tuple[Any, ...]:
    """Return what figures are listed by; equals stand as the headline has them, so that a list is always the same."""
    place = list(headline()[figure["dataset"]]["metrics"]).index(figure["metric"])
    worst = (KINDS.index(figure["kind"]), not figure["is_past"], -figure["weight"], LEVELS.index(figure["level"]))
    return (*worst, figure["dataset"], place, figure["unit_id"], figure["period"])


def _sent(opened: Opened) -> set[str]:
    """Return the datasets of the headline that anything was sent of: of the others no figure moves with the day."""
    found = opened.cursor().execute("SELECT DISTINCT dataset FROM load").fetchall()
    return {dataset for (dataset,) in found} & headline().keys()


def _compared(
    dataset: str, first: str, last: str, old: Opened, new: Opened, known_to: date
) -> Iterator[dict[str, Any]]:
    """Yield the figures of a dataset that differ between the two snapshots."""
    names = tuple(headline()[dataset]["metrics"])
    for level in LEVELS:
        query = Query(names, level=level, period=first, period_to=last)
        before = {_key(row): row for row in answer.ask(query, PROVINCE, old).rows}
        after = {_key(row): row for row in answer.ask(query, PROVINCE, new).rows}
        for key in dict.fromkeys((*before, *after)):
            was, now = before.get(key), after.get(key)
            value_was, value_now = (row.value if row and row.is_shown else None for row in (was, now))
            if value_was == value_now:
                continue
            if value_was is not None and value_now is not None and abs(value_was - value_now) < TINY:
                continue
            row = now or was
            assert row is not None
            yield {"dataset": dataset, **_figure(row, was, now, value_was, value_now, known_to)}


def _figure(
    row: Row, was: Row | None, now: Row | None, value_was: float | None, value_now: float | None, known_to: date
) -> dict[str, Any]:
    metric = catalogue.metric(row.metric)
    moved = (value_now or 0.0) - (value_was or 0.0)
    scale = 1.0 if metric.is_share else max(abs(value_was or 0.0), abs(value_now or 0.0), LEAST_COUNT)
    worse = {"higher_is_better": moved < 0, "lower_is_better": moved > 0}.get(metric.direction, False)
    return {
        "metric": row.metric,
        "label": metric.label,
        "metric_unit": metric.unit,
        "direction": metric.direction,
        "level": row.level,
        "unit_id": row.unit_id,
        "unit_code": row.unit_code,
        "unit_name": row.unit_name,
        "period": f"{row.period_start:%Y-%m}",
        "period_start": row.period_start.isoformat(),
        "period_end": row.period_end.isoformat(),
        "kind": "gone" if value_now is None else "new" if value_was is None else "moved",
        "before": value_was,
        "after": value_now,
        "before_parts": [was.numerator, was.denominator] if was else None,
        "after_parts": [now.numerator, now.denominator] if now else None,
        "status_before": was.status if was else None,
        "status_after": now.status if now else None,
        "is_worse": worse,
        "is_past": row.period_end <= known_to,
        "weight": abs(moved) / scale,
    }


class _Index:
    """Which changed rows touch which unit and month, and how far each dataset is touched."""

    def __init__(self, changes: Changes, homes: dict[str, str], last_month: str):
        self.changes, self.homes, self.last_month = changes, homes, last_month
        self.touching: dict[tuple[str, str, str, str], set[int]] = defaultdict(set)
        self.covering: dict[tuple[str, str, str], set[int]] = defaultdict(set)
        self.touched: dict[str, tuple[str, str]] = {}
        self.totals: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
        for no, row in enumerate(changes.rows):
            for name in COUNTED:
                self.totals[row["load_no"]][name] += row[name]
            if row["is_changed"]:
                for side in ("before", "after"):
                    self._place(no, row, side)
        for one in changes.coverage:
            month = _month(one["month"])
            self.widen(one["dataset"], month, month)
            for unit in self._units(one["unit_id"]):
                self.covering[one["dataset"], unit, month].add(one["load_no"])

    def _place(self, no: int, row: dict[str, Any], side: str) -> None:
        start, end = row[f"start_{side}"], row[f"end_{side}"]
        if start is None:
            return
        first = _month(start)
        last = _month(end) if end else max(self.last_month, first)
        open_from, open_to = first, last
        if row["is_only_end"]:
            ends = [_month(row[name]) if row[name] else self.last_month for name in ("end_before", "end_after")]
            open_from, open_to = min(ends), max(ends)
        span = {"start": [first], "end": [last] if end else [], "span": _months(open_from, open_to)}
        self.widen(row["dataset"], min(open_from, *span["end"], open_to), open_to)
        for unit in self._units(row[f"unit_{side}"], row[f"successor_{side}"]):
            for reads, months in span.items():
                for month in months:
                    self.touching[row["dataset"], reads, unit, month].add(no)

    def _units(self, *bodies: str | None) -> set[str]:
        """Return the bodies and the provinces that they add up to."""
        found = {body for body in bodies if body}
        return found | {self.homes[body] for body in found if body in self.homes}

    def widen(self, dataset: str, first: str, last: str) -> None:
        """Count these months among those that are asked for."""
        known = self.touched.get(dataset, (first, last))
        self.touched[dataset] = (min(known[0], first), max(known[1], min(last, self.last_month), first))

    def because(self, figure: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the loads whose changed rows move this figure, with what they change, most first."""
        dataset = figure["dataset"]
        reads = headline()[dataset]["metrics"][figure["metric"]]
        found: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
        for no in self.touching.get((dataset, reads, figure["unit_id"], figure["period"]), ()):
            row = self.changes.rows[no]
            for name in COUNTED:
                found[row["load_no"]][name] += row[name]
        for load_no in self.covering.get((dataset, figure["unit_id"], figure["period"]), ()):
            _ = found[load_no]  # a load that only says "nothing happened here" moves the figure too
        listed = sorted(found.items(), key=lambda one: (-sum(one[1].values()), one[0]))
        return [
            {"load_no": load_no, "file_name": self.changes.files.get(load_no, ""), **counts}
            for load_no, counts in listed[:MOST_LOADS]
        ]


def _key(row: Row) -> tuple[str, str, date]:
    return row.metric, row.unit_id, row.period_start


def _month(day: date | str) -> str:
    return str(day)[:7]


def _months(first: str, last: str) -> list[str]:
    found = []
    year, month = int(first[:4]), int(first[5:7])
    while (text := f"{year:04d}-{month:02d}") <= last:
        found.append(text)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found or [first]


def _provinces(opened: Opened) -> dict[str, str]:
    rows = opened.cursor().execute(_sql("provinces")).fetchall()
    return {unit_id: province_id for unit_id, province_id in rows if province_id}


def _info(opened: Opened) -> dict[str, str]:
    return dict(opened.cursor().execute("SELECT key, value FROM snapshot_info").fetchall())


@cache
def _sql(name: str) -> str:
    return (FOLDER / "sql" / f"{name}.sql").read_text("utf-8")


def _records(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = con.execute(sql)
    columns = [c[0] for c in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def figures_of(units: Iterable[str], difference: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of these units, by code or id."""
    wanted = set(units)
    return [f for f in difference["figures"] if f["unit_id"] in wanted or f["unit_code"] in wanted]
