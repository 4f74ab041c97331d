"""Builds the mart tables from staged loads: all of them, or the difference that new loads make."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from etl import corrections
from etl.datasets import all_datasets
from etl.loaded import (
    Load,
    columns,
    create_load_tables,
    create_loaded_view,
    create_placed_view,
    insert_findings,
    staged_loads,
)
from etl.marts import SqlFile, in_order, sql_files
from warehouse.paths import DataDir

Progress = Callable[[str], None]
log = logging.getLogger("gandan")

CASE_FACTS = ("fct_case", "case_history")
"""What an addition changes row by row; every other mart is made anew when a load that it reads is new."""
ALWAYS = ("coverage",)
"""What is made anew with whatever load."""
CASE_STATES = ["stg_unit_answer", "stg_day", "stg_load_records", "stg_case", "case_state"]
"""What the states of the cases at hand are made from."""
CHANGES = "fct_case_change"
"""Temporary relation of an addition: replaced rows of `fct_case` with sign −1, new ones with sign +1."""


def silent(_: str) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Built:
    """What a build made: the loads in it, and the table of changes when it was an addition."""

    load_numbers: tuple[int, ...]
    added: tuple[int, ...]
    changes: str | None


class _Builder:
    """The connection, the loads and the SQL files of one build."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        data_dir: DataDir,
        numbers: Iterable[int],
        progress: Progress,
        loads: Iterable[Load] | None = None,
        only: Mapping[str, str] | None = None,
    ):
        self.con = con
        self.progress = progress
        wanted = set(numbers)
        staged = staged_loads(data_dir) if loads is None else list(loads)
        self.loads = [load for load in staged if load.load_no in wanted and not load.is_withheld]
        self.listed = [load for load in staged if load.load_no in wanted or load.is_withheld]
        self.files = sql_files()
        self.order = in_order(self.files, con)
        create_load_tables(con, self.listed, data_dir)
        self.fixes = corrections.read(data_dir, columns)
        for dataset in all_datasets():
            create_loaded_view(con, dataset, self.loads, self.fixes, (only or {}).get(dataset, ""))
        corrections.create_table(con, self.fixes)
        self.make(["stg_unit_answer"])
        for one in all_datasets().values():
            if one.same:
                create_placed_view(con, one.name)

    def make(self, names: Iterable[str], renamed: dict[str, str] | None = None) -> None:
        """Create the named tables and views, in order; `renamed` ones become temporary tables of another name."""
        wanted = set(names)
        for file in self.order:
            if file.name in wanted:
                self._make(file, (renamed or {}).get(file.name))

    def _make(self, file: SqlFile, other_name: str | None) -> None:
        kind = "TEMP TABLE" if other_name else file.kind
        if kind == "TABLE":
            self.progress(file.name)
        try:
            self.con.execute(f"CREATE OR REPLACE {kind} {other_name or file.name} AS\n{file.text}")
        except duckdb.Error as error:
            # The engine's own words may quote a stored value; the statement does not.
            raise RuntimeError(f"{file.path.name}: {type(error).__name__}\n{file.text}") from None

    def needed_by(self, targets: Iterable[str]) -> set[str]:
        """Return the files that these targets are made from, themselves included; other marts are there already."""
        wanted = set(targets)
        found: set[str] = set()
        waiting = list(wanted)
        while waiting:
            name = waiting.pop()
            is_there = name in self.files and self.files[name].kind == "TABLE" and name not in wanted
            if name in self.files and name not in found and not is_there:
                found.add(name)
                waiting += self.files[name].tables(self.con)
        return found

    def marts_of(self, datasets: Iterable[str]) -> set[str]:
        """Return the marts, those of cases apart, that read rows of these datasets or what is made from them."""
        changed = {f"{relation}_{dataset}" for dataset in datasets for relation in ("loaded", "placed")} | set(ALWAYS)
        if "case" in datasets:
            changed |= {*CASE_FACTS, CHANGES, "stg_state_seen"}
        for file in self.order:
            if file.name not in CASE_FACTS and file.tables(self.con) & changed:
                changed.add(file.name)
        return {name for name in changed - {*CASE_FACTS} if name in self.files and self.files[name].kind == "TABLE"}

    def drop_staging(self) -> None:
        """Drop the temporary tables, so that sums have the memory."""
        for file in reversed(self.order):
            if file.kind == "TEMP TABLE":
                self.con.execute(f"DROP TABLE IF EXISTS temp.{file.name}")

    def state_columns(self) -> list[str]:
        return [row[0] for row in self.con.execute("DESCRIBE SELECT * FROM case_state").fetchall()]


def build_marts(
    con: duckdb.DuckDBPyConnection, data_dir: DataDir, load_numbers: Iterable[int], progress: Progress = silent
) -> Built:
    """Return what was built: every mart table, made from the reference tables in `con` and these loads."""
    builder = _Builder(con, data_dir, load_numbers, progress)
    con.execute("SET preserve_insertion_order = false")
    builder.make(CASE_STATES)
    con.execute("CREATE OR REPLACE TEMP TABLE stg_case_known AS SELECT * FROM case_state LIMIT 0")
    con.execute(
        "CREATE OR REPLACE TEMP VIEW stg_state_seen AS "
        "SELECT load_no, sent_unit_id, received_on, completed_on FROM case_state"
    )
    _remote_units(con, data_dir)
    targets = [name for name, file in builder.files.items() if file.kind == "TABLE"]
    builder.make(builder.needed_by(targets) - set(CASE_STATES))
    insert_findings(con, builder.loads)
    builder.drop_staging()
    numbers = tuple(load.load_no for load in builder.loads)
    return Built(numbers, numbers, None)


def add_loads(
    con: duckdb.DuckDBPyConnection,
    data_dir: DataDir,
    load_numbers: Iterable[int],
    added: Iterable[int],
    progress: Progress = silent,
    loads: Iterable[Load] | None = None,
    only: Mapping[str, str] | None = None,
) -> Built:
    """Return what was added: the marts in `con`, a copy of the published ones, take in the `added` of `load_numbers`.

    Only the cases that the new loads name are looked at again, with all their states; what comes of the other datasets,
    which are small, is made anew when a load of theirs is new. `loads` are those to choose from where they lie in more
    than one folder, `only` a condition on the rows of a dataset (a draft of one unit).
    """
    new = set(added)
    builder = _Builder(con, data_dir, load_numbers, progress, loads, only)
    con.execute("SET preserve_insertion_order = false")
    _remote_units(con, data_dir)
    new_loads = [load for load in builder.loads if load.load_no in new]
    datasets = {load.receipt.dataset for load in new_loads}
    if "case" in datasets:
        _add_cases(builder, new_loads)
    else:
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {CHANGES} AS SELECT *, CAST(1 AS INTEGER) AS sign FROM fct_case LIMIT 0"
        )
    builder.make(builder.needed_by(builder.marts_of(datasets)))
    insert_findings(con, new_loads)
    builder.drop_staging()
    return Built(tuple(load.load_no for load in builder.loads), tuple(sorted(new)), CHANGES)


def _add_cases(builder: _Builder, new_loads: list[Load]) -> None:
    con = builder.con
    builder.progress("fct_case")
    create_loaded_view(con, "case", new_loads, builder.fixes)
    builder.make(CASE_STATES)
    # Which rows first, by the code alone; then all columns of those few.
    con.execute(
        "CREATE OR REPLACE TEMP TABLE stg_affected AS SELECT fct_case.rowid AS row_no FROM fct_case "
        "SEMI JOIN (SELECT DISTINCT case_id FROM stg_case) AS named ON named.case_id = fct_case.case_id"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE stg_case_before AS "
        "SELECT * FROM fct_case WHERE rowid IN (SELECT row_no FROM stg_affected)"
    )
    named = ", ".join(
        "stg_load.load_rank" if column == "load_rank" else f"state.{column}" for column in builder.state_columns()
    )
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE stg_case_known AS
        SELECT {named}
        FROM (
            SELECT * FROM stg_case_before
            UNION ALL BY NAME
            SELECT * EXCLUDE (replaced_by_load_no) FROM case_history
            SEMI JOIN stg_case_before ON stg_case_before.case_id = case_history.case_id
        ) AS state
        INNER JOIN stg_load ON stg_load.load_no = state.load_no
        """
    )
    con.execute(
        """
        CREATE OR REPLACE TEMP VIEW stg_state_seen AS
        SELECT load_no, sent_unit_id, received_on, completed_on FROM case_state
        UNION ALL
        SELECT load_no, sent_unit_id, received_on, completed_on FROM fct_case
        UNION ALL
        SELECT load_no, sent_unit_id, received_on, completed_on FROM case_history
        """
    )
    names = builder.needed_by(CASE_FACTS) - set(CASE_STATES)
    builder.make(names, renamed={"fct_case": "fct_case_new", "case_history": "case_history_new"})
    con.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW {CHANGES} AS
        SELECT *, CAST(-1 AS INTEGER) AS sign FROM stg_case_before
        UNION ALL
        SELECT *, CAST(1 AS INTEGER) AS sign FROM fct_case_new
        """
    )
    con.execute("DELETE FROM fct_case WHERE rowid IN (SELECT row_no FROM stg_affected)")
    con.execute("DELETE FROM case_history WHERE case_id IN (SELECT case_id FROM stg_case_before)")
    for table in CASE_FACTS:
        con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {table}_new")
    _mark_unseen(con, new_loads)
    # `stg_case_before` and `fct_case_new` stay: the changes are read from them.
    for table in ("stg_affected", "stg_case_known", "case_history_new"):
        con.execute(f"DROP TABLE {table}")


def _mark_unseen(con: duckdb.DuckDBPyConnection, new_loads: list[Load]) -> None:
    # Of the cases that the new files do not name, those that a new file should have named.
    numbers = ", ".join(str(load.load_no) for load in new_loads)
    con.execute(
        f"""
        UPDATE fct_case SET is_last_seen = FALSE
        FROM stg_last_file AS last_file
        INNER JOIN stg_load AS file_load ON file_load.load_rank = last_file.load_rank
        INNER JOIN stg_load AS seen_load ON seen_load.sender_key = last_file.sender_key
        WHERE file_load.load_no IN ({numbers})
            AND fct_case.seen_load_no = seen_load.load_no
            AND seen_load.load_rank < last_file.load_rank
            AND last_file.received_on = fct_case.received_on
            AND last_file.sent_unit_id = fct_case.sent_unit_id
            AND fct_case.is_last_seen
        """
    )


def _remote_units(con: duckdb.DuckDBPyConnection, data_dir: DataDir) -> None:
    """Create the temporary `stg_remote_unit`: remote areas by unit id or code, dated; empty without the file."""
    con.execute("CREATE OR REPLACE TEMP TABLE stg_remote_unit (unit_id VARCHAR, valid_from DATE, valid_to DATE)")
    path = data_dir.reference("remote_areas.csv")
    if not path.is_file():
        return
    source = f"read_csv('{str(path).replace(chr(39), chr(39) * 2)}', header = true, delim = ',', all_varchar = true)"
    present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    named = "unit_id" if "unit_id" in present else "unit_code"
    key = "unit_id" if named == "unit_id" else "code"
    dates = ", ".join(
        f"CAST(nullif(flagged.{c}, '') AS DATE)" if c in present else "NULL" for c in ("valid_from", "valid_to")
    )
    con.execute(
        f"INSERT INTO stg_remote_unit SELECT DISTINCT dim_unit.unit_id, {dates} FROM {source} AS flagged "
        f"INNER JOIN dim_unit ON dim_unit.{key} = flagged.{named}"
    )
