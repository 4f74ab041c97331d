"""Known errors of a source, put right row by row: `corrections.toml`, each with reason, provider and a guard.

A correction applies only where the source still says what it expects; so it stops by itself when the source is mended.
Staged loads stay as they were sent.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb
import pyarrow as pa

from etl import messages
from etl.datasets import all_datasets
from etl.personal import has_personal_pattern, holds_person_name
from etl.types import label_tables
from warehouse.paths import DataDir

FILE = "corrections.toml"
NAMED = ("id", "dataset", "key", "field", "expect", "value", "reason", "provider", "decided_on", "status")
ACTIVE, RETIRED = "active", "retired"
MARKED = ("case",)
"""Datasets whose rows name the corrections that changed them (`corrected_by`)."""
SQL_TEXT = "upper(replace(trim(CAST({} AS VARCHAR)), ' ', ''))"
"""How a key is compared: as codes are, without blanks and case."""
STATE_AT = """coalesce(
    CASE WHEN CAST(sent.synced_at AS DATE) > stg_load.loaded_on THEN NULL ELSE sent.synced_at END,
    CAST(stg_load.data_on AS TIMESTAMP) + INTERVAL '86399 seconds'
)"""
"""As `state_at` in stg_case.sql."""


@dataclass(frozen=True)
class Correction:
    """One decision: which cell of which record, what the source says and what holds."""

    id: str
    dataset: str
    key: tuple[tuple[str, str], ...]
    """Stored columns with the values that name the record."""
    field: str
    expect: str | None
    value: str | None
    is_day: bool
    """`expect` is a day without a time: the day alone is compared."""
    reason: str
    provider: str
    decided_on: date
    status: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with an entry: its id, a code of the messages `[correction]`, its values."""

    id: str
    code: str
    values: dict[str, str]

    def message(self, lang: str) -> str:
        """Return the sentence."""
        return f"{FILE}, {self.id or '?'}: " + messages.text("correction", self.code, lang, **self.values)


class BadCorrections(ValueError):
    """Entries that say nothing clear: nothing is built until they are mended."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        super().__init__("; ".join(p.message("en") for p in problems))


Columns = Callable[[str], dict[str, str]]
"""Dataset -> its stored columns with their SQL types (`etl.loaded.columns`)."""


def read(data_dir: DataDir, columns: Columns) -> list[Correction]:
    """Return the corrections in force in this folder; raise `BadCorrections` with all that is wrong at once."""
    path = data_dir.reference(FILE)
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("correction", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadCorrections([Problem("", "toml", {"detail": str(error)})]) from None
    labels = label_tables(data_dir)
    problems: list[Problem] = []
    found: list[Correction] = []
    for entry in entries:
        one = _Reading(entry, columns, labels)
        correction = one.read()
        problems += one.problems
        if correction:
            found.append(correction)
    problems += _clashes(found)
    if problems:
        raise BadCorrections(problems)
    return found


class _Reading:
    """One entry on its way to a correction."""

    def __init__(self, entry: Any, columns: Columns, labels: Any):
        self.entry: dict[str, Any] = entry if isinstance(entry, dict) else {}
        self.columns, self.labels = columns, labels
        self.id = str(self.entry.get("id", ""))
        self.problems: list[Problem] = []

    def _wrong(self, code: str, **values: object) -> None:
        self.problems.append(Problem(self.id, code, {name: str(value) for name, value in values.items()}))

    def read(self) -> Correction | None:
        entry = self.entry
        missing = [name for name in NAMED if name not in entry and name != "status"]
        unknown = [name for name in entry if name not in NAMED]
        if missing:
            self._wrong("missing", names=", ".join(missing))
        if unknown:
            self._wrong("unknown", names=", ".join(unknown))
        if missing:
            return None
        dataset = all_datasets().get(entry["dataset"])
        if dataset is None:
            self._wrong("dataset", name=entry["dataset"])
            return None
        stored = {n: k for n, k in self.columns(dataset.name).items() if not n.startswith("source_")}
        key = entry["key"] if isinstance(entry["key"], dict) else {dataset.key: entry["key"]}
        for name in (*key, entry["field"]):
            if name not in stored:
                self._wrong("field", dataset=dataset.name, name=name)
        if self.problems:
            return None
        kind = stored[entry["field"]]
        expect, value = (self._cell(name, kind) for name in ("expect", "value"))
        self._check_label(dataset.name, value)
        if expect == value:
            self._wrong("same")
        if entry.get("status", ACTIVE) not in (ACTIVE, RETIRED):
            self._wrong("status")
        if not isinstance(entry["decided_on"], date):
            self._wrong("date")
        for name in ("id", "reason", "provider", "expect", "value"):
            text = str(entry[name])
            is_text = kind == "VARCHAR" or name in ("reason", "provider")
            if has_personal_pattern(text) or (is_text and holds_person_name(text)):
                self._wrong("person", name=name)
        if self.problems:
            return None
        return Correction(
            self.id,
            dataset.name,
            tuple(sorted((name, _text(given) or "") for name, given in key.items())),
            entry["field"],
            expect,
            value,
            kind == "TIMESTAMP" and expect is not None and len(expect) == len("2026-09-30"),
            " ".join(str(entry["reason"]).split()),
            " ".join(str(entry["provider"]).split()),
            entry["decided_on"],
            entry.get("status", ACTIVE),
        )

    def _cell(self, name: str, kind: str) -> str | None:
        """Return the text of a value in the column's type, None for empty."""
        given = self.entry[name]
        text = _text(given)
        if text is None or not kind:
            return None
        try:
            if kind == "TIMESTAMP":
                moment = datetime.fromisoformat(text)
                return text[:10] if len(text) == len("2026-09-30") else moment.isoformat(sep=" ")
            if kind == "DATE":
                return date.fromisoformat(text[:10]).isoformat()
            if kind == "INTEGER":
                return str(int(text))
            if kind == "DOUBLE":
                return repr(float(text))
            if kind == "BOOLEAN":
                return {"true": "true", "false": "false"}[text.lower()]
        except (ValueError, KeyError):
            self._wrong("type", name=name, value=given, field=self.entry["field"])
        return text

    def _check_label(self, dataset: str, value: str | None) -> None:
        field = all_datasets()[dataset].fields.get(self.entry["field"])
        if field and field.type == "label" and value is not None:
            known = set(self.labels.get(field.labels, {}).values())
            if value not in known:
                self._wrong("label", value=value, field=field.name)


def _text(given: Any) -> str | None:
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, datetime):
        return given.replace(tzinfo=None).isoformat(sep=" ")
    text = str(given).strip()
    return text or None


def _clashes(found: list[Correction]) -> list[Problem]:
    problems: list[Problem] = []
    ids: set[str] = set()
    cells: dict[tuple[object, ...], str] = {}
    for one in found:
        if one.id in ids:
            problems.append(Problem(one.id, "same_id", {}))
        ids.add(one.id)
        day = one.expect[:10] if one.expect else None
        cell = (one.dataset, tuple((n, _code(v)) for n, v in one.key), one.field, day)
        if one.status == ACTIVE and cells.setdefault(cell, one.id) != one.id:
            problems.append(Problem(one.id, "same_cell", {"other": cells[cell]}))
    return problems


def _code(text: str) -> str:
    return text.strip().replace(" ", "").upper()


def corrected(
    con: duckdb.DuckDBPyConnection, dataset: str, corrections: list[Correction], kinds: dict[str, str]
) -> str:
    """Return the SELECT of a dataset's rows with the corrections applied, over the view `sent_<dataset>`.

    The entries lie in the temporary tables `stg_correction_<dataset>_<n>`, one per field and kind of key.
    """
    sent = f"sent_{dataset}"
    joins, replaced, marks = [], defaultdict(list), []
    for n, (field, columns, rows) in enumerate(_groups(corrections, dataset)):
        table = f"stg_correction_{dataset}_{n}"
        _register(con, table, field, columns, rows, kinds)
        joins.append(f"LEFT JOIN {table} AS c{n} ON {_matches(sent, f'c{n}', field, columns)}")
        replaced[field].append(f"WHEN c{n}.id IS NOT NULL THEN c{n}.value")
        marks.append(f"c{n}.id")
    cells = [f"CASE {' '.join(cases)} ELSE {sent}.{field} END AS {field}" for field, cases in replaced.items()]
    mark = f"nullif(concat_ws(', ', {', '.join(marks)}), '')" if marks else "CAST(NULL AS VARCHAR)"
    chosen = f"{sent}.* REPLACE ({', '.join(cells)})" if cells else f"{sent}.*"
    if dataset in MARKED:
        chosen += f", {mark} AS corrected_by"
    return f"SELECT {chosen} FROM {sent} {' '.join(joins)}"


def _groups(corrections: list[Correction], dataset: str) -> list[tuple[str, tuple[str, ...], list[Correction]]]:
    groups: dict[tuple[str, tuple[str, ...]], list[Correction]] = defaultdict(list)
    for one in corrections:
        if one.dataset == dataset and one.status == ACTIVE:
            groups[one.field, tuple(name for name, _ in one.key)].append(one)
    return [(field, columns, rows) for (field, columns), rows in sorted(groups.items())]


def _register(
    con: duckdb.DuckDBPyConnection,
    table: str,
    field: str,
    columns: tuple[str, ...],
    rows: list[Correction],
    kinds: dict[str, str],
) -> None:
    content: dict[str, list[object]] = {
        "id": [one.id for one in rows],
        "expect": [one.expect for one in rows],
        "value": [one.value for one in rows],
        "is_day": [one.is_day for one in rows],
    }
    for at, name in enumerate(columns):
        content[f"key_{name}"] = [_code(one.key[at][1]) for one in rows]
    schema = pa.schema([(name, pa.bool_() if name == "is_day" else pa.string()) for name in content])
    con.register("correction_rows", pa.table(content, schema=schema))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * REPLACE ("
        f"CAST(expect AS {kinds[field]}) AS expect, CAST(value AS {kinds[field]}) AS value) FROM correction_rows"
    )
    con.unregister("correction_rows")


def _names(sent: str, entry: str, columns: tuple[str, ...]) -> str:
    return " AND ".join(f"{SQL_TEXT.format(f'{sent}.{name}')} = {entry}.key_{name}" for name in columns)


def _says(sent: str, entry: str, field: str, what: str = "expect") -> str:
    if what == "expect":
        return (
            f"CASE WHEN {entry}.is_day THEN CAST({sent}.{field} AS VARCHAR)[:10] "
            f"IS NOT DISTINCT FROM CAST({entry}.expect AS VARCHAR)[:10] "
            f"ELSE {sent}.{field} IS NOT DISTINCT FROM {entry}.expect END"
        )
    return f"{sent}.{field} IS NOT DISTINCT FROM {entry}.{what}"


def _matches(sent: str, entry: str, field: str, columns: tuple[str, ...]) -> str:
    return f"{_names(sent, entry, columns)} AND {_says(sent, entry, field)}"


def create_table(con: duckdb.DuckDBPyConnection, corrections: list[Correction]) -> None:
    """Create `correction`: every entry with what became of it; `stg_load` and the views `sent_<dataset>` are there.

    A record is named for cases only: letters may be denunciations.
    """
    found: dict[str, tuple[str, int, int]] = {}
    for dataset in {one.dataset for one in corrections}:
        for n, (field, columns, _) in enumerate(_groups(corrections, dataset)):
            sent, entry = f"sent_{dataset}", f"stg_correction_{dataset}_{n}"
            # The newest row is the one that stg_case takes for the newest state.
            has_time = "synced_at" in all_datasets()[dataset].fields
            state_at = STATE_AT if has_time else "CAST(stg_load.data_on AS TIMESTAMP)"
            rows = con.execute(
                f"""
                SELECT
                    entry.id,
                    count(*) FILTER (WHERE {_says("sent", "entry", field)}),
                    count(DISTINCT sent.load_no) FILTER (WHERE {_says("sent", "entry", field)}),
                    arg_max(
                        CASE
                            WHEN {_says("sent", "entry", field)} THEN 'applied'
                            WHEN {_says("sent", "entry", field, "value")} THEN 'source_mended'
                            ELSE 'source_differs'
                        END,
                        ({state_at}, stg_load.load_rank, sent.source_row)
                    )
                FROM {sent} AS sent
                INNER JOIN {entry} AS entry ON {_names("sent", "entry", columns)}
                INNER JOIN stg_load ON stg_load.load_no = sent.load_no
                GROUP BY entry.id
                """
            ).fetchall()
            found.update({row[0]: (row[3], row[1], row[2]) for row in rows})
    records = []
    for one in corrections:
        state, n_rows, n_loads = found.get(one.id, ("retired" if one.status == RETIRED else "not_found", 0, 0))
        is_named = one.dataset in MARKED
        records.append(
            {
                "id": one.id,
                "dataset": one.dataset,
                "record_key": ", ".join(value for _, value in one.key) if is_named else None,
                "field": one.field,
                "expect": one.expect if is_named else None,
                "value": one.value if is_named else None,
                "reason": one.reason,
                "provider": one.provider,
                "decided_on": one.decided_on,
                "state": state,
                "n_rows": n_rows,
                "n_loads": n_loads,
            }
        )
    con.register("correction_rows", pa.Table.from_pylist(records, schema=SCHEMA))
    con.execute("CREATE OR REPLACE TABLE correction AS SELECT * FROM correction_rows ORDER BY id")
    con.unregister("correction_rows")


SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("dataset", pa.string()),
        ("record_key", pa.string()),
        ("field", pa.string()),
        ("expect", pa.string()),
        ("value", pa.string()),
        ("reason", pa.string()),
        ("provider", pa.string()),
        ("decided_on", pa.date32()),
        ("state", pa.string()),
        ("n_rows", pa.int64()),
        ("n_loads", pa.int64()),
    ]
)
