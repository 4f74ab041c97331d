"""The snapshot of a draft: reference tables and the unit's own rows of the published one, and the draft's files added.

Not a copy of the whole: that would take a province's gigabytes for each commune, and put every other commune's cases
into a file that belongs to one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from etl import runner
from etl.checks import Finding, run_checks
from etl.datasets import all_datasets
from etl.loaded import Load, create_loaded_view
from etl.receipt import Receipt, SheetReceipt, read_receipt
from gandan import build as whole
from gandan.draft_rows import NEVER, condition
from metrics import sums
from warehouse import clock, schema
from warehouse.drafts import Draft
from warehouse.engines import connect_builder
from warehouse.paths import GROUP_READS, DataDir
from warehouse.snapshots import SnapshotRef

log = logging.getLogger("gandan")
MEMORY = "600MB"
OWN = "(unit_id IN (SELECT unit_id FROM own_body) OR successor_unit_id IN (SELECT unit_id FROM own_body))"
ROWS = {
    # What it settles and, to be read, what it received for others (product.md §6).
    "fct_case": f"({OWN} OR receiving_unit_id IN (SELECT unit_id FROM own_body))",
    "case_history": "case_id IN (SELECT case_id FROM fct_case)",
    "fct_case_step": "case_id IN (SELECT case_id FROM fct_case)",
    "fct_complaint": f"({OWN} AND kind <> 'denunciation')",
    "fct_reception": OWN,
    "fct_reception_week": OWN,
    "fct_engagement": OWN,
    "fct_queue_ticket": OWN,
    "fct_settlement_summary": OWN,
    "fct_official_score": "FALSE",
    "fct_survey_answer": "FALSE",
    "coverage": f"unit_id IN (SELECT unit_id FROM own_body) AND dataset NOT IN {NEVER}",
    "load_list": "sent_unit_id IN (SELECT unit_id FROM own_body)",
    "reject": "load_no IN (SELECT load_no FROM own_load)",
    "warning": "load_no IN (SELECT load_no FROM own_load)",
}
"""Of the tables with rows of units, which rows a draft takes over. A table of neither list stops the build."""
WHOLE = ("dim_", "unit_", "complaint_deadline", "office_hours")
"""Reference tables begin so: they are of everybody."""
MADE = ("sum_", "load", "load_sheet", "dropped_column", "intake_word", "correction", "snapshot_info")
"""These are made anew."""
SMALL = "small_rows_kept"
"""The one check that counts whole tables against whole files; it holds where the files of all are at hand."""


class UnknownTable(RuntimeError):
    """A table of the snapshot of which nobody said what a draft may take: nothing is taken then."""


def build(
    folder: DataDir, draft: Draft, published: SnapshotRef, loads: Sequence[Load], progress: Callable[[str], None]
) -> Path:
    """Return the draft's snapshot, built and checked in `work/`; raise `CheckFailed` when a `#fail` check finds."""
    schema.check(published.name, int(published.info().get("schema", 0)))
    name = whole.next_name(folder)
    folder.work.mkdir(mode=GROUP_READS, parents=True, exist_ok=True)
    half = folder.work / f"{name}.duckdb"
    con = connect_builder(half, folder.work / "spill", memory_limit=MEMORY)
    try:
        con.execute("SET checkpoint_threshold = '1TB'")
        progress("copy")
        con.execute(f"ATTACH '{str(published.path).replace(chr(39), chr(39) * 2)}' AS published (READ_ONLY)")
        _copy(con, draft.bodies)
        before = [_published_load(con, folder.home, number) for number in _numbers(con)]
        own = {dataset: found for dataset in all_datasets() if (found := condition(dataset, draft.bodies))}
        every, new = [*before, *loads], [one.load_no for one in loads]
        # Cases come from the new files alone, and of these nothing but own rows is left.
        own.pop("case", None)
        built = runner.add_loads(con, folder, [one.load_no for one in every], new, progress, every, own)
        _keep_coverage(con, loads)
        _write_info(con, folder, name, draft, published)
        con.execute("DETACH published")
        progress("sums")
        sums.build(con)
        progress("checks")
        findings = _checked(con, loads, built.changes)
        fatal = [one for one in findings if one.is_fatal]
        if fatal:
            log.error("draft refused: %s", ", ".join(f"{one.check} ({one.n_rows})" for one in fatal))
            raise whole.CheckFailed(fatal)
        con.execute("CHECKPOINT")
    finally:
        con.close()
    whole.seal(half, name)
    return half


def reach(con: duckdb.DuckDBPyConnection, bodies: Iterable[str]) -> dict[str, date]:
    """Return the last day that the published data of these bodies reach, by dataset."""
    found = con.execute(
        "SELECT dataset, max(last_on) FROM coverage WHERE unit_id IN (SELECT unnest($1)) GROUP BY dataset",
        [list(bodies)],
    ).fetchall()
    return dict(found)


def _copy(con: duckdb.DuckDBPyConnection, bodies: Sequence[str]) -> None:
    con.execute("CREATE TEMP TABLE own_body AS SELECT unnest($1) AS unit_id", [list(bodies)])
    con.execute(
        "CREATE TEMP TABLE own_load AS SELECT load_no FROM published.coverage GROUP BY load_no "
        "HAVING count(*) FILTER (WHERE unit_id NOT IN (SELECT unit_id FROM own_body)) = 0"
    )
    listed = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'published' AND schema_name = 'main'"
    ).fetchall()
    names = {str(row[0]) for row in listed}
    # Those that others are chosen by come first.
    for name in sorted(names, key=lambda one: (one != "fct_case", one)):
        if name in ROWS:
            where = ROWS[name].replace("FROM fct_case", "FROM main.fct_case")
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM published.{name} WHERE {where}")
        elif name.startswith(WHOLE):
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM published.{name}")
        elif not name.startswith(MADE):
            raise UnknownTable(name)


def _numbers(con: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the published loads that the copied rows come from, or that speak of the unit."""
    found = con.execute(
        "SELECT load_no FROM fct_case UNION SELECT seen_load_no FROM fct_case UNION SELECT load_no FROM case_history "
        "UNION SELECT load_no FROM coverage ORDER BY 1"
    ).fetchall()
    return [int(row[0]) for row in found if row[0] is not None]


def _published_load(con: duckdb.DuckDBPyConnection, home: DataDir, number: int) -> Load:
    """Return a load of what is published, as it was published, whatever was done with it since."""
    place = home.loads / f"{number:06d}"
    if (place / "receipt.json").is_file():
        return Load(number, place, replace(read_receipt(place), load_no=number), False)
    columns = ("file_name", "sha256", "dataset", "layout", "loaded_at", "data_on", "era", "sender_unit_id")
    row = con.execute(f"SELECT {', '.join(columns)} FROM published.load WHERE load_no = ?", [number]).fetchone()
    told: dict[str, Any] = dict(zip(columns, row, strict=True)) if row else {"file_name": ""}
    return Load(number, place, Receipt(load_no=number, sheets=[SheetReceipt("", 0)], **told), False)


def _keep_coverage(con: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    """Tell of earlier files what was published of them: how far they reach shows in rows that are not here.

    A letter that a new file lists again is the new file's, so what earlier files cover of letters is as made now.
    """
    new = ", ".join(str(one.load_no) for one in loads)
    is_made_anew = any(one.receipt.dataset == "complaint" for one in loads)
    con.execute("CREATE TEMP TABLE made AS SELECT dataset, unit_id, load_no FROM coverage")
    con.execute(f"DELETE FROM coverage WHERE load_no NOT IN ({new}) OR unit_id NOT IN (SELECT unit_id FROM own_body)")
    con.execute(
        f"INSERT INTO coverage BY NAME SELECT * FROM published.coverage WHERE {ROWS['coverage']} "
        f"AND (dataset <> 'complaint' OR NOT {is_made_anew} OR (dataset, unit_id, load_no) IN (SELECT * FROM made))"
    )
    con.execute("DROP TABLE made")


def _write_info(
    con: duckdb.DuckDBPyConnection, folder: DataDir, name: str, draft: Draft, published: SnapshotRef
) -> None:
    info = dict(con.execute("SELECT key, value FROM published.snapshot_info").fetchall())
    listed = con.execute("SELECT CAST(max(data_on) AS VARCHAR) FROM load").fetchall()[0][0]
    info |= {
        "snapshot": name,
        "built_at": clock.now().isoformat(timespec="seconds"),
        "data_on": max(str(info.get("data_on", ""))[:10], listed or ""),
        "draft_of": draft.unit,
        "base": published.name,
    }
    con.execute("CREATE OR REPLACE TABLE snapshot_info (key VARCHAR, value VARCHAR)")
    con.executemany("INSERT INTO snapshot_info VALUES (?, ?)", list(info.items()))


def _checked(con: duckdb.DuckDBPyConnection, loads: Sequence[Load], changes: str | None) -> list[Finding]:
    """Return what the checks find; what is counted per file is so for the draft's files, whose rows are all here."""
    numbers = ", ".join(str(one.load_no) for one in loads)
    con.execute(f"CREATE TEMP TABLE draft_load AS SELECT * FROM load WHERE load_no IN ({numbers})")
    con.execute("ALTER TABLE temp.draft_load RENAME TO load")
    create_loaded_view(con, "complaint", loads)
    try:
        found = run_checks(con, has_previous=False, changes=changes)
    finally:
        con.execute("DROP TABLE temp.load")
    is_small = {one.receipt.dataset for one in loads} - {"case", "case_step", "complaint"}
    return [one for one in found if is_small or one.check != SMALL]
