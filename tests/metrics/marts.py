"""A small snapshot in memory, drawn row by row.

`marts(cases=[case(...)], ...)` has `.cursor()` and `.name` as a published one. UI tests use it too.

The little world: one province of today with two communes, an agency and the unallocated line; before 01/07/2025 one
province with one district of three communes. OLD_WHOLE became part of LAO_BAO as a whole, OLD_SPLIT went to both.
"""

# ruff: noqa: E501  (one line per table reads best)
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from metrics import sums
from warehouse.schema import SCHEMA as SNAPSHOT_SCHEMA

CHANGE = date(2025, 7, 1)
PROVINCE, LAO_BAO, DONG_HA = "44-20250701", "19432-20250701", "19333-20250701"
AGENCY, UNALLOCATED = "44-SXD-20250701", "44-CPB-20250701"
OLD_PROVINCE, OLD_DISTRICT = "45-20200101", "465-20200101"
OLD_WHOLE, OLD_SPLIT, OLD_OTHER = "19432-20200101", "19435-20200101", "19333-20200101"

_numbers = count(1)

SCHEMA: dict[str, str] = {
    "dim_unit": "unit_id s, code s, level s, kind s, name s, full_name s, type_name s, search_key s, province_id s, district_id s,"
    " parent_id s, area_id s, lat f, lon f, valid_from d, valid_from_is_exact b, valid_to d",
    "unit_succession": "unit_id s, successor_id s, relation s, changed_on d, is_main b, note s",
    "unit_group": "group_id s, grouping s, group_code s, group_name s, unit_id s, province_id s, valid_from d, valid_to d, is_exact b, note s",
    "unit_rollup": "unit_id s, level s, ancestor_id s, valid_from d, valid_to d",
    "dim_date": "date d, is_working_day b, working_day_number i, iso_weekday i, month d, half_month_start d, status s, source s",
    "dim_procedure": "procedure_code s, procedure_name s, field_name s, level s, deadline_days i, is_fee_bearing b, is_online b, is_full_online b, valid_from d, valid_to d",
    "dim_population": "unit_id s, valid_from d, population i, source s, is_invented b",
    "dim_target": "metric s, level s, unit_id s, target f, valid_from d, valid_to d, source s, is_confirmed b",
    "dim_survey": "survey_id s, title_vi s, title_en s, lowest_level s, population s, is_confirmed b, note s",
    "complaint_deadline": "kind s, step s, round i, is_complex b, is_remote b, days i, day_unit s, valid_from d, valid_to d, cite s, is_confirmed b",
    "dim_survey_item": "item_id s, sub_dimension_id s, dimension_id s, factor s, name_vi s, name_en s, scale_min f, scale_max f, direction i, asked_if s",
    "dim_survey_part": "part_id s, parent_id s, name_vi s, name_en s, floor f, span f",
    "fct_case": "case_id s, case_code s, unit_id s, unit_ends_on d, successor_unit_id s, receiving_unit_id s, procedure_code s, procedure_name s,"
    " field_name s, channel s, received_on d, accepted_on d, due_on d, due_original_on d, promised_on d, completed_on d, handed_over_on d, status s,"
    " n_supplements i, supplement_requested_on d, supplement_received_on d, n_reappointments i, reappointed_on d, apology_on d,"
    " is_apology_exempt b, is_fee_bearing b, is_paid_online b, has_e_result b, is_digitised b, is_reused b, is_counted b, settled_class s,"
    " is_waiting_today b, is_intake_late b, is_apology_recorded b, is_supplement_recorded b, is_supplement_counted b, is_due_moved b, corrected_by s,"
    " processing_days i, late_days i, state_at t, synced_at t, is_last_seen b, load_no i, source_file s, source_sheet s, source_row i",
    "fct_complaint": "letter_id s, letter_code s, kind s, matter_code s, unit_id s, unit_ends_on d, successor_unit_id s, field_name s, received_on d,"
    " accepted_on d, transferred_on d, settled_on d, round i, n_people i, is_complex b, is_eligible b, is_in_competence b, outcome s,"
    " reopened_on d, is_satisfied b, is_remote b, accept_due_on d, is_accepted_on_time b,"
    " settle_due_on d, is_settled_on_time b, is_past_due b, handle_due_on d, known_on d, load_no i, source_file s, source_sheet s, source_row i",
    "fct_survey_answer": "survey_id s, respondent_id s, unit_id s, unit_ends_on d, successor_unit_id s, answered_on d, item_id s, answer_value f,"
    " weight f, stratum s, psu s, population s, scale_score f, is_top_two b, load_no i, source_row i",
    "dim_duty": "duty s, level s, amount i, amount_unit s, valid_from d, valid_to d, cite s, is_confirmed b",
    "fct_reception": "reception_id s, unit_id s, unit_ends_on d, successor_unit_id s, received_on d, host s, n_visits i, n_people i, n_matters i,"
    " n_groups i, load_no i, source_file s, source_sheet s, source_row i",
    "fct_reception_week": "unit_id s, unit_ends_on d, successor_unit_id s, week_starts_on d, week_ends_on d, n_working_days i, has_chair_reception b",
    "fct_engagement": "engagement_id s, unit_id s, unit_ends_on d, successor_unit_id s, kind s, held_on d, ended_on d, n_people i, n_members i,"
    " n_questions i, n_answered i, replied_on d, published_on d, publish_due_on d, is_published_on_time b,"
    " is_publication_recorded b, is_reply_recorded b, load_no i, source_file s, source_sheet s, source_row i",
    "fct_queue_ticket": "ticket_id s, unit_id s, unit_ends_on d, successor_unit_id s, taken_on d, taken_at t, called_at t, finished_at t,"
    " counter_code s, waiting_minutes i, service_minutes i, load_no i, source_file s, source_sheet s, source_row i",
    "fct_official_score": "score_id s, document_no s, published_on d, index_id s, unit_id s, unit_ends_on d, successor_unit_id s, period s, period_start d,"
    " period_end d, component_id s, score f, max_score f, standard_error f, load_no i, source_file s, source_sheet s, source_row i",
    "fct_case_step": "step_id s, case_id s, step_name s, role_name s, started_on d, ended_on d, step_days i, unit_id s, unit_ends_on d, successor_unit_id s,"
    " load_no i, source_file s, source_sheet s, source_row i",
    "fct_settlement_summary": "summary_id s, unit_id s, unit_ends_on d, successor_unit_id s, period_start d, period_end d, field_name s, received i,"
    " received_online i, received_counter_post i, carried_in i, settled i, settled_early i, settled_on_time i, settled_late i, pending i,"
    " pending_in_time i, pending_overdue i, is_superseded b, load_no i, source_file s, source_sheet s, source_row i",
    "load": "load_no i, file_name s, sha256 s, dataset s, layout s, sender_unit_id s, loaded_at t, data_on d, era s, n_read i, n_accepted i,"
    " n_rejected i, n_warned i, n_repaired i, is_withheld b",
    "load_sheet": "load_no i, sheet s, header_row i, n_read i, n_accepted i, n_rejected i",
    "reject": "load_no i, file_name s, sheet s, row i, column s, field s, value_shape s, reason s",
    "warning": "load_no i, file_name s, sheet s, row i, column s, field s, value_shape s, reason s",
    "dropped_column": "load_no i, sheet s, column_no i, header s, reason s",
    "intake_word": "kind s, code s, lang s, word s",
    "coverage": "dataset s, unit_id s, first_on d, last_on d, load_no i",
    "snapshot_info": "key s, value s",
}
"""Column and type letter of each mart table (docs/marts.md)."""
SCHEMA["case_history"] = f"{SCHEMA['fct_case']}, seen_load_no i, replaced_by_load_no i"

SQL_TYPES = {"s": "VARCHAR", "d": "DATE", "i": "BIGINT", "f": "DOUBLE", "b": "BOOLEAN", "t": "TIMESTAMP"}
ARROW_TYPES = {
    "s": pa.string(), "d": pa.date32(), "i": pa.int64(), "f": pa.float64(), "b": pa.bool_(), "t": pa.timestamp("us"),
}  # fmt: skip


def columns(table: str) -> dict[str, str]:
    """Return the columns of a mart table with their type letters."""
    return dict(part.split() for part in SCHEMA[table].split(", "))


def working_days(start: date, end: date) -> int:
    """Return the weekdays in (start, end]; holidays do not matter to these tests."""
    return sum((start + timedelta(days=i)).weekday() < 5 for i in range(1, (end - start).days + 1))


def case(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_case`: counter, Lao Bảo, received on 05/10/2026, unless said otherwise; the rest follows."""
    row: dict[str, Any] = {"unit_id": LAO_BAO, "received_on": date(2026, 10, 5), "channel": "counter", **given}
    number = next(_numbers)
    row.setdefault("case_code", f"H44-{number:06d}")
    row.setdefault("case_id", row["case_code"])
    end, due = row.get("completed_on"), row.get("due_on")
    row.setdefault("status", "completed" if end else "processing")
    row.setdefault("is_counted", row["status"] != "not_accepted")
    row.setdefault("settled_class", _settled_class(row["status"], end, due) if row["is_counted"] else None)
    row.setdefault(
        "is_waiting_today",
        row["status"] in ("suspended", "awaiting_payment")
        or (row["status"] == "awaiting_supplement" and row.get("supplement_requested_on") is None),
    )
    if end:
        row.setdefault("processing_days", working_days(row["received_on"], end))
    if end and due and row["settled_class"] == "late":
        row.setdefault("late_days", working_days(due, end))
    row.setdefault("promised_on", row.get("due_original_on") or due)
    for name in ("is_apology_recorded", "is_supplement_recorded", "is_supplement_counted"):
        row.setdefault(name, True)
    row.setdefault("is_due_moved", False)
    row.setdefault("receiving_unit_id", row["unit_id"])
    return _placed({"is_last_seen": True, "load_no": 1, "source_file": "t.csv", "source_row": number, **row})


def complaint(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_complaint`: a complaint to Lao Bảo of 05/10/2026, unless said otherwise."""
    number = next(_numbers)
    row: dict[str, Any] = {
        "unit_id": LAO_BAO,
        "kind": "complaint",
        "received_on": date(2026, 10, 5),
        "round": 1,
        **given,
    }
    row.setdefault("letter_code", f"KN-{number:05d}")
    row.setdefault("letter_id", row["letter_code"])
    settled, due = row.get("settled_on"), row.get("settle_due_on")
    row.setdefault("is_settled_on_time", settled <= due if settled and due else None)
    accepted, accept_due = row.get("accepted_on"), row.get("accept_due_on")
    row.setdefault("is_accepted_on_time", accepted <= accept_due if accepted and accept_due else None)
    row.setdefault("known_on", date(2026, 10, 31))
    row.setdefault("is_past_due", (settled or row["known_on"]) > due if due else None)
    return _placed({"load_no": 1, "source_file": "t.csv", "source_row": number, **row})


def answer(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_survey_answer`: one respondent of Lao Bảo on 05/10/2026, weight 1, unless said otherwise."""
    row = {
        "survey_id": "KS", "unit_id": LAO_BAO, "answered_on": date(2026, 10, 5), "weight": 1.0, "population": "resident", "load_no": 1, **given,
    }  # fmt: skip
    row.setdefault("respondent_id", f"R{next(_numbers)}")
    return _placed(row)


def reception(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_reception`: the chair of Lao Bảo on Monday 05/10/2026, nobody came, unless said otherwise."""
    row = {"unit_id": LAO_BAO, "received_on": date(2026, 10, 5), "host": "chair", "n_visits": 0, "n_groups": 0, **given}
    row.setdefault("reception_id", f"{row['unit_id']} {row['received_on']} {row['host']}")
    return _sourced(row)


def reception_week(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_reception_week`: Lao Bảo, the week of 05/10/2026, kept, unless said otherwise."""
    row = {
        "unit_id": LAO_BAO,
        "week_starts_on": date(2026, 10, 5),
        "n_working_days": 5,
        "has_chair_reception": True,
        **given,
    }
    row.setdefault("week_ends_on", row["week_starts_on"] + timedelta(days=6))
    return _placed(row)


def engagement(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_engagement`: a dialogue in Lao Bảo on 05/10/2026, unless said otherwise."""
    row = {"unit_id": LAO_BAO, "kind": "dialogue", "held_on": date(2026, 10, 5), **given}
    row.setdefault("engagement_id", f"E{next(_numbers)}")
    for name in ("is_publication_recorded", "is_reply_recorded"):
        row.setdefault(name, True)
    published, due = row.get("published_on"), row.get("publish_due_on")
    row.setdefault("is_published_on_time", published <= due if published and due else None)
    return _sourced(row)


def queue_ticket(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_queue_ticket`: taken in Lao Bảo on 05/10/2026, ten minutes' wait, unless said otherwise."""
    row = {"unit_id": LAO_BAO, "taken_on": date(2026, 10, 5), "waiting_minutes": 10, "service_minutes": 5, **given}
    row.setdefault("ticket_id", f"T{next(_numbers)}")
    return _sourced(row)


def official_score(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_official_score`: the province's whole PAPI of 2025, 42 of 80, unless said otherwise."""
    row = {
        "index_id": "PAPI", "unit_id": PROVINCE, "component_id": "total", "period": "2025", "period_start": date(2025, 1, 1),
        "period_end": date(2025, 12, 31), "document_no": "BC-1", "published_on": date(2026, 5, 5), "score": 42.0, "max_score": 80.0,
        **given,
    }  # fmt: skip
    row.setdefault("score_id", f"S{next(_numbers)}")
    return _sourced(row)


def settlement_summary(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_settlement_summary`: Lao Bảo's table for 10/2026, as a whole, unless said otherwise."""
    row = {
        "unit_id": LAO_BAO, "period_start": date(2026, 10, 1), "period_end": date(2026, 10, 31), "is_superseded": False, **given,
    }  # fmt: skip
    row.setdefault("summary_id", f"B{next(_numbers)}")
    return _sourced(row)


def case_step(**given: Any) -> dict[str, Any]:
    """Return a row of `fct_case_step`: a step of a case of Lao Bảo begun on 05/10/2026, unless said otherwise."""
    row = {"unit_id": LAO_BAO, "case_id": "H44-1", "step_name": "Thẩm định", "started_on": date(2026, 10, 5), **given}
    row.setdefault("step_id", f"{row['case_id']} {row['step_name']} {row['started_on']}")
    if row.get("ended_on"):
        row.setdefault("step_days", working_days(row["started_on"], row["ended_on"]))
    return _sourced(row)


def _sourced(row: dict[str, Any]) -> dict[str, Any]:
    return _placed({"load_no": 1, "source_file": "t.csv", "source_row": next(_numbers), **row})


def _settled_class(status: str, end: date | None, due: date | None) -> str | None:
    if end is None:
        return None
    if status in ("returned", "withdrawn", "refused") or due is None or end == due:
        return "on_time"
    return "early" if end < due else "late"


SUCCESSORS = {OLD_WHOLE: LAO_BAO, OLD_SPLIT: UNALLOCATED, OLD_OTHER: DONG_HA, OLD_DISTRICT: UNALLOCATED}


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    if row["unit_id"] in SUCCESSORS:
        row.setdefault("unit_ends_on", CHANGE)
        row.setdefault("successor_unit_id", SUCCESSORS[row["unit_id"]])
    return row


def unit(unit_id: str, name: str, level: str, **given: Any) -> dict[str, Any]:
    """Return a row of `dim_unit`."""
    code, day = unit_id.rsplit("-", 1)
    row = {
        "unit_id": unit_id, "code": code, "name": name, "full_name": name, "search_key": name.lower(), "level": level, "kind": "place",
        "valid_from": date.fromisoformat(day), "valid_from_is_exact": True,
    }  # fmt: skip
    if day == "20200101":
        row["valid_to"] = CHANGE
    return {**row, **given}


UNITS = [
    unit(PROVINCE, "Quảng Trị", "province", full_name="Tỉnh Quảng Trị", province_id=PROVINCE),
    unit(LAO_BAO, "Lao Bảo", "commune", full_name="Xã Lao Bảo", province_id=PROVINCE, lat=16.61, lon=106.6),
    unit(DONG_HA, "Đông Hà", "commune", full_name="Phường Đông Hà", province_id=PROVINCE, lat=16.82, lon=107.1),
    unit(AGENCY, "Sở Xây dựng", "agency", kind="agency", province_id=PROVINCE),
    unit(UNALLOCATED, "Chưa phân bổ", "agency", kind="unallocated", province_id=PROVINCE),
    unit(OLD_PROVINCE, "Quảng Trị", "province", full_name="Tỉnh Quảng Trị", province_id=OLD_PROVINCE),
    unit(OLD_DISTRICT, "Hướng Hóa", "district", full_name="Huyện Hướng Hóa", province_id=OLD_PROVINCE),
    unit(
        OLD_WHOLE,
        "Lao Bảo",
        "commune",
        full_name="Thị trấn Lao Bảo",
        province_id=OLD_PROVINCE,
        district_id=OLD_DISTRICT,
    ),
    unit(
        OLD_SPLIT, "Tân Thành", "commune", full_name="Xã Tân Thành", province_id=OLD_PROVINCE, district_id=OLD_DISTRICT
    ),
    unit(OLD_OTHER, "Tân Long", "commune", full_name="Xã Tân Long", province_id=OLD_PROVINCE, district_id=OLD_DISTRICT),
]

SUCCESSION = [
    {"unit_id": OLD_WHOLE, "successor_id": LAO_BAO, "relation": "whole", "changed_on": CHANGE, "is_main": True},
    {"unit_id": OLD_SPLIT, "successor_id": LAO_BAO, "relation": "part", "changed_on": CHANGE, "is_main": True},
    {"unit_id": OLD_SPLIT, "successor_id": DONG_HA, "relation": "part", "changed_on": CHANGE, "is_main": False},
    {"unit_id": OLD_OTHER, "successor_id": DONG_HA, "relation": "whole", "changed_on": CHANGE, "is_main": True},
    {"unit_id": OLD_PROVINCE, "successor_id": PROVINCE, "relation": "whole", "changed_on": CHANGE, "is_main": True},
]

GROUPS = [
    {"group_id": OLD_DISTRICT, "grouping": "district", "group_code": "465", "group_name": "Hướng Hóa", "unit_id": LAO_BAO,
     "province_id": PROVINCE, "valid_from": CHANGE, "is_exact": True},
    {"group_id": "cluster-1", "grouping": "cluster", "group_code": "C1", "group_name": "Cụm 1", "unit_id": LAO_BAO,
     "province_id": PROVINCE, "valid_from": CHANGE, "is_exact": True},
    {"group_id": "cluster-1", "grouping": "cluster", "group_code": "C1", "group_name": "Cụm 1", "unit_id": DONG_HA,
     "province_id": PROVINCE, "valid_from": CHANGE, "is_exact": True},
]  # fmt: skip


def rollups(units: Iterable[Mapping[str, Any]], groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `unit_rollup`: each unit at its own level, its district, its province and its groups."""
    found = []
    for u in units:
        validity = {"valid_from": u["valid_from"], "valid_to": u.get("valid_to")}
        steps = {u["level"]: u["unit_id"]}
        if u.get("district_id"):
            steps["district"] = u["district_id"]
        if u.get("province_id"):
            steps["province"] = u["province_id"]
        found += [{"unit_id": u["unit_id"], "level": k, "ancestor_id": v, **validity} for k, v in steps.items()]
    found += [
        {"unit_id": g["unit_id"], "level": g["grouping"], "ancestor_id": g["group_id"], "valid_from": g["valid_from"],
         "valid_to": g.get("valid_to")}
        for g in groups
    ]  # fmt: skip
    return found


class Marts:
    """A database in memory that answers as a snapshot does."""

    def __init__(self, name: str, tables: Mapping[str, Sequence[Mapping[str, Any]]], path: str = ":memory:") -> None:
        self.name = name
        self.con = duckdb.connect(path, config={"threads": 1})
        for table in SCHEMA:
            fill(self.con, table, tables.get(table, ()))

    def cursor(self) -> duckdb.DuckDBPyConnection:
        return self.con.cursor()


def fill(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Create a mart table and put the rows in; a column that is not in the contract is an error."""
    known = columns(table)
    con.execute(f'CREATE TABLE "{table}" (' + ", ".join(f'"{c}" {SQL_TYPES[t]}' for c, t in known.items()) + ")")
    if not rows:
        return
    if unknown := {key for row in rows for key in row} - known.keys():
        raise ValueError(f"{table} has no column {', '.join(sorted(unknown))} (docs/marts.md)")
    schema = pa.schema([(c, ARROW_TYPES[t]) for c, t in known.items()])
    con.register("drawn", pa.Table.from_pylist([{c: row.get(c) for c in known} for row in rows], schema=schema))
    con.execute(f'INSERT INTO "{table}" SELECT * FROM drawn')
    con.unregister("drawn")


def marts(
    cases: Sequence[Mapping[str, Any]] = (),
    complaints: Sequence[Mapping[str, Any]] = (),
    answers: Sequence[Mapping[str, Any]] = (),
    *,
    units: Sequence[Mapping[str, Any]] = UNITS,
    groups: Sequence[Mapping[str, Any]] = GROUPS,
    covered: Sequence[str] | None = None,
    data_on: date = date(2026, 10, 31),
    name: str = "20261121T093000Z-abcdef",
    is_demo: bool = False,
    path: str = ":memory:",
    **tables: Sequence[Mapping[str, Any]],
) -> Marts:
    """Return a small snapshot; every place and agency has sent everything up to `data_on` unless `covered` lists who has."""
    senders = [u["unit_id"] for u in units if u["kind"] != "unallocated"] if covered is None else covered
    info = {"schema": str(SNAPSHOT_SCHEMA), "snapshot": name, "built_at": "2026-11-21T09:30:00", "data_on": data_on.isoformat(),
            "is_demo": str(is_demo).lower(), "reference_sha256": ""}  # fmt: skip
    return Marts(
        name,
        {
            "dim_unit": units,
            "unit_succession": SUCCESSION,
            "unit_group": groups,
            "unit_rollup": rollups(units, groups),
            "fct_case": cases,
            "fct_complaint": complaints,
            "fct_survey_answer": answers,
            "coverage": [
                {"dataset": d, "unit_id": u, "first_on": date(2025, 1, 1), "last_on": data_on, "load_no": 1}
                for u in senders
                for d in ("case", "complaint", "survey_answer")
            ],
            "snapshot_info": [{"key": k, "value": v} for k, v in info.items()],
            **tables,
        },
        path,
    )


def published(data_dir: Path, name: str = "20261121T093000Z-abcdef", **drawn: Any) -> None:
    """Write a drawn snapshot, sums included, into a data folder and make it the current one."""
    (data_dir / "snapshots").mkdir(parents=True, exist_ok=True)
    made = marts(name=name, path=str(data_dir / "snapshots" / f"{name}.duckdb"), **drawn)
    sums.build(made.con)
    made.con.close()
    (data_dir / "CURRENT").write_text(name + "\n", encoding="ascii")
