"""Seeded case logs of any size on 160 communes: one CSV in canonical headers, and one more month beside it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb

from warehouse.paths import REPOSITORY

# Due days and terms of letters stay within the working calendar (data/reference/calendar.csv).
FIRST_DAY = date(2024, 11, 1)
MONTHS = 36
LAST_DAY = date(2027, 10, 31)
NEXT_LAST_DAY = date(2027, 11, 30)
PROVINCE = "79"
COMMUNES = 160
PROCEDURES = 300
FIELDS = 20

# The bare read that ratios are measured against: the same columns with explicit types.
TYPED_COLUMNS = {
    "case_code": "VARCHAR",
    "procedure_code": "VARCHAR",
    "field_name": "VARCHAR",
    "unit_code": "VARCHAR",
    "receiving_unit_code": "VARCHAR",
    "channel": "VARCHAR",
    "received_at": "TIMESTAMP",
    "due_at": "TIMESTAMP",
    "due_original_at": "TIMESTAMP",
    "completed_at": "TIMESTAMP",
    "status": "VARCHAR",
    "n_supplements": "INTEGER",
    "n_reappointments": "INTEGER",
    "is_paid_online": "BOOLEAN",
    "has_e_result": "BOOLEAN",
    "synced_at": "TIMESTAMP",
}


def commune_codes() -> list[str]:
    """Return the first 160 commune codes of the province by code (in force since 01/07/2025)."""
    with (REPOSITORY / "data" / "reference" / "units.csv").open(encoding="utf-8") as file:
        rows = [
            r["code"]
            for r in csv.DictReader(file)
            if r["level"] == "commune" and r["province_id"].startswith(f"{PROVINCE}-2025") and not r["valid_to"]
        ]
    return sorted(set(rows))[:COMMUNES]


def write_log(target: Path, cases: int, first: date = FIRST_DAY, last: date = LAST_DAY, seed: int = 1) -> Path:
    """Write a log of so many cases received between the two days and return its path.

    Hash functions of the row number and the seed stand in for a random generator, so that the file is the same
    on every machine and any number of threads. 93 % of the ended cases end by their due day; 4 % stay open.
    """
    codes = commune_codes()
    columns = ", ".join(f"'{c}'" for c in codes)
    days = (last - first).days + 1
    connection = duckdb.connect(config={"threads": 2})
    connection.execute(f"""
        COPY (
            WITH rows AS (
                SELECT
                    i,
                    hash(i * 7 + {seed}) AS h1,
                    hash(i * 13 + {seed}) AS h2,
                    hash(i * 29 + {seed}) AS h3
                FROM range({cases}) AS r(i)
            ),
            drawn AS (
                SELECT
                    i, h1, h2, h3,
                    CAST(1 + (h1 % 1000) * (h1 // 1000 % 1000) // 1000 * {len(codes)} // 1000 AS BIGINT) AS unit_no,
                    CAST(h2 % {PROCEDURES} AS INTEGER) AS procedure_no,
                    TIMESTAMP '{first}' + INTERVAL (CAST(i * {days} // {cases} AS BIGINT)) DAY
                        + INTERVAL (CAST(420 + h3 % 540 AS BIGINT)) MINUTE AS received_at,
                    CAST(1 + (h2 // 1000) % 20 AS INTEGER) AS term,
                    CAST((h3 // 1000) % 1000 AS INTEGER) AS luck
                FROM rows
            ),
            dated AS (
                SELECT
                    *,
                    [{columns}][unit_no] AS unit_code,
                    received_at + INTERVAL (term) DAY AS due_at,
                    CASE
                        WHEN luck < 40 THEN NULL
                        WHEN luck < 110 THEN received_at + INTERVAL (term + 1 + luck % 9) DAY
                        ELSE received_at + INTERVAL (CAST((h1 // 7) % (term + 1) AS INTEGER)) DAY
                    END AS ended_at
                FROM drawn
            )
            SELECT
                'H29.' || unit_no || '-' || strftime(received_at, '%y%m%d') || '-'
                    || lpad(CAST(i % 10000000 AS VARCHAR), 7, '0') AS case_code,
                (1 + procedure_no % 3) || '.' || lpad(CAST(1000 + procedure_no AS VARCHAR), 6, '0') AS procedure_code,
                'Lĩnh vực ' || lpad(CAST(1 + procedure_no % {FIELDS} AS VARCHAR), 2, '0') AS field_name,
                unit_code,
                unit_code AS receiving_unit_code,
                ['online_full', 'online_partial', 'counter', 'post'][CAST(1 + h3 % 4 AS BIGINT)] AS channel,
                received_at,
                due_at,
                due_at AS due_original_at,
                CASE WHEN ended_at > TIMESTAMP '{last} 17:00:00' THEN NULL ELSE ended_at END AS completed_at,
                CASE
                    WHEN ended_at IS NULL OR ended_at > TIMESTAMP '{last} 17:00:00' THEN 'processing'
                    WHEN luck > 985 THEN 'returned'
                    ELSE 'completed'
                END AS status,
                CAST(luck % 20 = 0 AS INTEGER) AS n_supplements,
                CAST(luck % 50 = 0 AS INTEGER) AS n_reappointments,
                luck % 3 = 0 AS is_paid_online,
                luck % 2 = 0 AS has_e_result,
                TIMESTAMP '{last} 18:00:00' AS synced_at
            FROM dated
        ) TO '{target}' (HEADER, DELIMITER ',')
    """)
    connection.close()
    return target


def bare_read(source: Path, database: Path) -> None:
    """Read the log into a table of a new file with explicit types and nothing else: the yardstick."""
    connection = duckdb.connect(str(database), config={"threads": 2, "memory_limit": "1500MB"})
    connection.execute(
        "CREATE TABLE log AS SELECT * FROM read_csv(?, columns = ?, header = true, delim = ',')",
        [str(source), TYPED_COLUMNS],
    )
    connection.close()
