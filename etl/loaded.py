"""The staged loads of a data folder, and how a connection sees them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from etl import corrections, words
from etl.datasets import NOT_STORED, all_datasets
from etl.receipt import Receipt, read_receipt
from warehouse.ledger import WITHDRAWN, WITHHELD
from warehouse.paths import DataDir

TEMPLATES = Path(__file__).parent / "sql" / "templates"

SQL_TYPES = {"instant": "TIMESTAMP", "day": "DATE", "integer": "INTEGER", "number": "DOUBLE", "boolean": "BOOLEAN"}
"""Field type → column type; every other type is text."""


@dataclass(frozen=True)
class Load:
    """One staged load: its folder, its receipt, and whether it takes part."""

    load_no: int
    folder: Path
    receipt: Receipt
    is_withheld: bool
    withheld_why: str = ""
    """withdrawn (a person took it back) or rolled_back (until it is released); a withdrawal goes first."""
    withheld: dict[str, Any] = dataclasses.field(default_factory=dict)
    """What the marker says: since when, by whom, for what reason."""

    @property
    def rows(self) -> Path:
        return self.folder / "rows.parquet"


def staged_loads(data_dir: DataDir) -> list[Load]:
    """Return every whole load by number; a folder without a receipt is a leftover and no load."""
    found = []
    if data_dir.loads.is_dir():
        for folder in sorted(data_dir.loads.iterdir()):
            if folder.name.isdigit() and (folder / "receipt.json").is_file():
                why, told = _withheld(folder)
                found.append(Load(int(folder.name), folder, read_receipt(folder), bool(why), why, told))
    return found


def _withheld(folder: Path) -> tuple[str, dict[str, Any]]:
    for name, why in ((WITHDRAWN, "withdrawn"), (WITHHELD, "rolled_back")):
        marker = folder / name
        if marker.exists():
            try:
                told = json.loads(marker.read_text("utf-8"))
            except ValueError:  # an empty marker says enough: the load takes no part
                told = {}
            return why, told if isinstance(told, dict) else {}
    return "", {}


def columns(dataset: str) -> dict[str, str]:
    """Return the columns that marts read of a dataset's rows, with their types."""
    named = {"unit_id": "VARCHAR"}
    for field in all_datasets()[dataset].fields.values():
        if field.type in NOT_STORED:
            if field.name.startswith("receiving_"):
                named["receiving_unit_id"] = "VARCHAR"
        else:
            named[field.name] = SQL_TYPES.get(field.type, "VARCHAR")
    return {**named, "source_sheet": "VARCHAR", "source_row": "INTEGER"}


def create_load_tables(con: duckdb.DuckDBPyConnection, loads: list[Load], data_dir: DataDir) -> None:
    """Create `load`, `load_sheet`, `dropped_column` from the receipts, temporarily `stg_load`: those that count.

    `stg_load_cover` lists the bodies that a load covers as a whole.
    """
    for table, rows in _receipt_rows(loads).items():
        con.register("receipt_rows", pa.Table.from_pylist(rows, schema=RECEIPT_SCHEMAS[table]))
        con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM receipt_rows")
        con.unregister("receipt_rows")
    con.register("word_rows", words.rows(data_dir))
    con.execute("CREATE OR REPLACE TABLE intake_word AS SELECT * FROM word_rows ORDER BY kind, code, lang")
    con.unregister("word_rows")
    covers = [(load.load_no, unit_id) for load in loads for unit_id in load.receipt.covers]
    con.register(
        "cover_rows",
        pa.table(
            {
                "load_no": pa.array([number for number, _ in covers], pa.int32()),
                "unit_id": pa.array([unit_id for _, unit_id in covers], pa.string()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE stg_load_cover AS SELECT * FROM cover_rows")
    con.unregister("cover_rows")
    _create_load_fields(con, loads)
    _create_load_corrections(con, loads)
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE stg_load AS
        SELECT
            load_no,
            file_name,
            due_precision,
            coalesce(data_on, CAST(loaded_at AS DATE)) AS data_on,
            CAST(loaded_at AS DATE) AS loaded_on,
            coalesce(sender_unit_id, layout, '') AS sender_key,
            CAST(row_number() OVER (
                ORDER BY coalesce(data_on, CAST(loaded_at AS DATE)), load_no
            ) AS INTEGER) AS load_rank
        FROM load
        WHERE NOT is_withheld
        """
    )
    con.execute("ALTER TABLE load DROP COLUMN due_precision")


RECORDED = ("case", "engagement")
"""Datasets in which a column that a file does not have tells that nothing was recorded, not that nothing was done."""


def _create_load_fields(con: duckdb.DuckDBPyConnection, loads: list[Load]) -> None:
    """Create the temporary `stg_load_field`: the canonical fields that each file of RECORDED has a column for."""
    fields = [
        (load.load_no, name)
        for load in loads
        if load.receipt.dataset in RECORDED and load.rows.is_file()
        for name in _fields_of(load)
    ]
    con.register(
        "field_rows",
        pa.table(
            {
                "load_no": pa.array([number for number, _ in fields], pa.int32()),
                "field": pa.array([name for _, name in fields], pa.string()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE stg_load_field AS SELECT * FROM field_rows")
    con.unregister("field_rows")


def _create_load_corrections(con: duckdb.DuckDBPyConnection, loads: list[Load]) -> None:
    """Create the temporary `stg_load_correction`: loads that hold nothing but corrected rows of another, the first one.

    They list no unit's cases: what they do not name is not missing.
    """
    corrected = {load.load_no: int(load.receipt.corrects["load_no"]) for load in loads if load.receipt.corrects}
    roots = dict(corrected)
    for load_no in roots:
        while roots[load_no] in corrected:
            roots[load_no] = corrected[roots[load_no]]
    con.register(
        "correction_rows",
        pa.table(
            {
                "load_no": pa.array(list(roots), pa.int32()),
                "corrects_load_no": pa.array(list(roots.values()), pa.int32()),
            }
        ),
    )
    con.execute("CREATE OR REPLACE TEMP TABLE stg_load_correction AS SELECT * FROM correction_rows")
    con.unregister("correction_rows")


def _fields_of(load: Load) -> Iterable[str]:
    """Return the fields that every sheet of a load has a column for; of a load that does not say, what it stored."""
    told = [set(sheet.fields) for sheet in load.receipt.sheets if sheet.fields]
    return sorted(set.intersection(*told)) if told else pq.read_schema(load.rows).names


def create_loaded_view(
    con: duckdb.DuckDBPyConnection,
    dataset: str,
    loads: Iterable[Load],
    fixes: Iterable[corrections.Correction] = (),
    only: str = "",
) -> None:
    """Create the temporary view `loaded_<dataset>` over the rows of these loads; a column a load lacks is NULL.

    `sent_<dataset>` shows them as they were sent, `loaded_<dataset>` with the corrections applied, and of them those
    that meet the condition `only`.
    """
    _create_sent_view(con, dataset, loads)
    select = corrections.corrected(con, dataset, list(fixes), columns(dataset))
    if only:
        select = f"SELECT * FROM ({select}) AS loaded WHERE {only}"
    con.execute(f"CREATE OR REPLACE TEMP VIEW loaded_{dataset} AS {select}")


def _create_sent_view(con: duckdb.DuckDBPyConnection, dataset: str, loads: Iterable[Load]) -> None:
    wanted = columns(dataset)
    taking_part = [load for load in loads if load.receipt.dataset == dataset and load.rows.is_file()]
    view = f"sent_{dataset}"
    if not taking_part:
        nulls = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in wanted.items())
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT CAST(NULL AS INTEGER) AS load_no, {nulls} WHERE FALSE"
        )
        return
    paths = "[" + ", ".join(_quoted(str(load.rows)) for load in taking_part) + "]"
    source = f"read_parquet({paths}, union_by_name = true)"
    present = {row[0]: str(row[1]) for row in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    selected = ", ".join(
        f"CAST(NULL AS {kind}) AS {name}"
        if name not in present
        else (f"rows.{name}" if present[name] == kind else f"CAST(rows.{name} AS {kind}) AS {name}")
        for name, kind in wanted.items()
    )
    numbers = ", ".join(f"({at}, {load.load_no})" for at, load in enumerate(taking_part))
    con.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW {view} AS
        SELECT CAST(file.load_no AS INTEGER) AS load_no, {selected}
        FROM (SELECT *, file_index FROM {source}) AS rows
        INNER JOIN (VALUES {numbers}) AS file (file_index, load_no) ON file.file_index = rows.file_index
        """
    )


def create_placed_view(con: duckdb.DuckDBPyConnection, dataset: str) -> None:
    """Create the temporary view `placed_<dataset>`: every row with its key, whether it counts, and the body of its day.

    For the datasets whose key lies in `datasets.toml`; `stg_unit_answer` must be there. `is_newest`: the row counts.
    """
    one = all_datasets()[dataset]
    key = [f"coalesce(CAST(loaded.{column} AS VARCHAR), '')" for column in one.same]
    template = "placed.sql" if "unit_code" in one.fields else "newest.sql"
    text = (TEMPLATES / template).read_text("utf-8")
    filled = (
        text.replace("{dataset}", dataset)
        .replace("{key}", " || '|' || ".join(key))
        .replace("{is_several}", str(one.is_several).upper())
        .replace("{placed_on}", one.placed_on or "CAST(NULL AS DATE)")
    )
    con.execute(f"CREATE OR REPLACE TEMP VIEW placed_{dataset} AS\n{filled}")


def insert_findings(con: duckdb.DuckDBPyConnection, loads: list[Load]) -> None:
    """Append the rejected and warned rows of these loads to `reject` and `warning`, which are made when missing."""
    for table, file_name in (("reject", "rejects.parquet"), ("warning", "warnings.parquet")):
        con.execute(
            f"""
            CREATE TABLE IF NOT EXISTS {table} (
                load_no INTEGER, file_name VARCHAR, sheet VARCHAR, row INTEGER, "column" VARCHAR, field VARCHAR,
                value_shape VARCHAR, reason VARCHAR
            )
            """
        )
        for load in loads:
            source = load.folder / file_name
            if not source.is_file():
                continue
            relation = f"read_parquet({_quoted(str(source))})"
            present = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()}
            selected = ", ".join(
                f'found."{name}"' if name in present else "NULL"
                for name in ("sheet", "row", "column", "field", "value_shape", "reason")
            )
            con.execute(
                f"INSERT INTO {table} SELECT ?, ?, {selected} FROM {relation} AS found",
                [load.load_no, load.receipt.file_name],
            )


RECEIPT_SCHEMAS = {
    "load": pa.schema(
        [
            ("load_no", pa.int32()),
            ("file_name", pa.string()),
            ("sha256", pa.string()),
            ("dataset", pa.string()),
            ("layout", pa.string()),
            ("sender_unit_id", pa.string()),
            ("loaded_at", pa.timestamp("us")),
            ("data_on", pa.date32()),
            ("era", pa.string()),
            ("n_read", pa.int64()),
            ("n_accepted", pa.int64()),
            ("n_rejected", pa.int64()),
            ("n_warned", pa.int64()),
            ("n_repaired", pa.int64()),
            ("is_withheld", pa.bool_()),
            ("withheld_why", pa.string()),
            ("withheld_at", pa.timestamp("us")),
            ("withheld_by", pa.string()),
            ("withheld_reason", pa.string()),
            ("due_precision", pa.string()),
        ]
    ),
    "load_sheet": pa.schema(
        [
            ("load_no", pa.int32()),
            ("sheet", pa.string()),
            ("header_row", pa.int32()),
            ("n_read", pa.int64()),
            ("n_accepted", pa.int64()),
            ("n_rejected", pa.int64()),
        ]
    ),
    "dropped_column": pa.schema(
        [
            ("load_no", pa.int32()),
            ("sheet", pa.string()),
            ("column_no", pa.int32()),
            ("header", pa.string()),
            ("reason", pa.string()),
        ]
    ),
}


def _receipt_rows(loads: list[Load]) -> dict[str, list[dict[str, object]]]:
    tables: dict[str, list[dict[str, object]]] = {name: [] for name in RECEIPT_SCHEMAS}
    for load in loads:
        receipt = load.receipt
        named = ("file_name", "sha256", "dataset", "layout", "sender_unit_id", "loaded_at", "data_on", "era")
        counts = ("n_read", "n_accepted", "n_rejected", "n_warned", "n_repaired", "due_precision")
        values = {name: getattr(receipt, name) for name in named + counts}
        tables["load"].append({"load_no": load.load_no, **values, **_why_withheld(load)})
        for sheet in receipt.sheets:
            sheet_counts = {name: getattr(sheet, name) for name in ("n_read", "n_accepted", "n_rejected")}
            tables["load_sheet"].append(
                {"load_no": load.load_no, "sheet": sheet.sheet, "header_row": sheet.header_row, **sheet_counts}
            )
        for sheet_name, column in receipt.dropped:
            tables["dropped_column"].append({"load_no": load.load_no, "sheet": sheet_name, **vars(column)})
    return tables


def _why_withheld(load: Load) -> dict[str, object]:
    since = load.withheld.get("since")
    return {
        "is_withheld": load.is_withheld,
        "withheld_why": load.withheld_why or None,
        "withheld_at": datetime.fromisoformat(since).replace(tzinfo=None) if since else None,
        "withheld_by": load.withheld.get("by"),
        "withheld_reason": load.withheld.get("reason"),
    }


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
