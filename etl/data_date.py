"""The date that a load's data speak for, and whether its dates are written the way its layout says."""

from __future__ import annotations

from datetime import date

import duckdb

from etl.datasets import Dataset
from etl.query import count, first_row
from etl.raw import Raw
from etl.receipt import Question
from etl.text import quoted
from etl.unit_columns import CHANGE_DAY
from warehouse import clock

END_FIELDS = ("completed_at", "settled_on", "ended_at", "ended_on", "replied_on", "published_on")


def _dates(dataset: Dataset, table: Raw) -> list[str]:
    return [f.name for f in dataset.fields.values() if f.type in ("instant", "day") and f.name in table.columns]


def ahead(stated: date | None) -> Question | None:
    """Return the question about a stated day still to come: such a load would win over every true one after it."""
    today = clock.today()
    if stated is None or stated <= today:
        return None
    return Question("data_on_ahead", "", {"day": f"{stated:%d/%m/%Y}", "today": f"{today:%d/%m/%Y}"})


def latest(con: duckdb.DuckDBPyConnection, tables: list[Raw], dataset: Dataset) -> date | None:
    """Return the latest synchronisation date, else the latest receipt or end date that is not after today."""
    for names in (("synced_at",), (dataset.event, *END_FIELDS)):
        found = []
        for table in tables:
            present = [n for n in names if n in table.columns]
            for name in present:
                day = f"CAST({quoted(name)} AS DATE)"
                sql = f"SELECT max({day}) FILTER (WHERE {day} <= DATE '{clock.today()}') FROM {table.table}"
                row = first_row(con, sql)
                if row and row[0]:
                    found.append(row[0])
        if found:
            return max(found)
    return None


def received_after_era(con: duckdb.DuckDBPyConnection, source: str, dataset: Dataset, era: str) -> int:
    """Return how many rows of a file of three tiers were received when its units were no more."""
    # A published figure is for a period of its own, whenever it was published.
    if era != "3tier" or any(f.type == "period" for f in dataset.fields.values()):
        return 0
    return count(con, f"SELECT count(*) FROM {source} WHERE CAST({dataset.event} AS DATE) >= DATE '{CHANGE_DAY}'")


def data_on(
    con: duckdb.DuckDBPyConnection, source: str, dataset: Dataset, stated: date | None, is_option: bool
) -> tuple[date, str]:
    """Return the data's date and where it comes from (product.md §4, Time)."""
    if stated:
        return stated, "option" if is_option else "stated"
    today = f"DATE '{clock.today()}'"
    names = [n for n in dict.fromkeys((dataset.event, *END_FIELDS)) if n in dataset.fields]
    if "synced_at" in dataset.fields:
        # A clock that runs ahead says nothing about the data; the row is warned of (rules.toml).
        day = "CAST(synced_at AS DATE)"
        row = first_row(con, f"SELECT max({day}) FILTER (WHERE {day} <= {today}) FROM {source}")
        if row and row[0]:
            return row[0], "synced_at"
    each = ", ".join(f"max(CAST({n} AS DATE)) FILTER (WHERE CAST({n} AS DATE) <= {today})" for n in names)
    row = first_row(con, f"SELECT {each} FROM {source}")
    days = [d for d in row or () if d]
    return (max(days), "latest_date") if days else (clock.today(), "load_day")
