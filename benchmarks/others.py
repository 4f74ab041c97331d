"""What a province has beside its cases: letters, survey answers, queue tickets, receptions; no page is empty."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from benchmarks.generate import FIRST_DAY, LAST_DAY, commune_codes
from warehouse.paths import REPOSITORY

LETTERS, TICKETS, ANSWERS = 60_000, 1_000_000, 500_000
SURVEYS = 3
DAYS = (LAST_DAY - FIRST_DAY).days + 1


def _items() -> list[tuple[str, float, float]]:
    """Return the items of the repository's codebook with the bounds of their answers."""
    with (REPOSITORY / "data" / "reference" / "survey_items.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(r["item_id"], float(r["scale_min"]), float(r["scale_max"])) for r in rows]


def _written(folder: Path, name: str, select: str) -> Path:
    target = folder / f"{name}.csv"
    if not target.exists():
        connection = duckdb.connect(config={"threads": 2})
        connection.execute(f"COPY ({select}) TO '{target}' (HEADER, DELIMITER ',')")
        connection.close()
    return target


def _numbers(rows: int, seed: int) -> str:
    return (
        f"(SELECT i, hash(i * 7 + {seed}) AS h1, hash(i * 13 + {seed}) AS h2, hash(i * 29 + {seed}) AS h3"
        f" FROM range({rows}) AS r(i)) AS drawn"
    )


def write(folder: Path) -> list[Path]:
    """Write the files in canonical headers and return their paths; the same on every machine."""
    codes = commune_codes()
    unit = f"[{', '.join(repr(c) for c in codes)}][CAST(1 + h1 % {len(codes)} AS BIGINT)]"
    day = f"DATE '{FIRST_DAY}' + CAST(i * {DAYS} // {{rows}} AS INTEGER)"
    letter_day = day.format(rows=LETTERS)
    letters = f"""
        SELECT
            'D' || lpad(CAST(i AS VARCHAR), 8, '0') AS letter_code,
            ['complaint', 'denunciation', 'petition', 'feedback', 'feedback'][CAST(1 + h2 % 5 AS BIGINT)] AS kind,
            {unit} AS unit_code,
            {letter_day} AS received_on,
            {letter_day} + CAST(2 + h2 // 7 % 6 AS INTEGER) AS accepted_on,
            CASE
                WHEN h3 % 20 = 0 OR {letter_day} + CAST(5 + h3 // 20 % 40 AS INTEGER) > DATE '{LAST_DAY}' THEN NULL
                ELSE {letter_day} + CAST(5 + h3 // 20 % 40 AS INTEGER)
            END AS settled_on,
            true AS is_eligible,
            true AS is_in_competence
        FROM {_numbers(LETTERS, 3)}"""
    items = _items()
    asked = ", ".join(f"('{name}', {low}, {high})" for name, low, high in items)
    respondents = ANSWERS // len(items)
    survey_day = day.format(rows=respondents)
    answers = f"""
        SELECT
            'BM-' || (i * {SURVEYS} // {respondents}) AS survey_id,
            'R' || i AS respondent_id,
            {unit} AS unit_code,
            {survey_day} AS answered_on,
            item.item_id AS item_id,
            CAST(item.low + hash(i, item.item_id) % CAST(item.high - item.low + 1 AS BIGINT) AS INTEGER) AS answer,
            1 + h2 % 100 / 100.0 AS weight,
            unit_code || '-' || (h3 % 4) AS psu,
            CASE WHEN h3 % 2 = 0 THEN 'user' ELSE 'resident' END AS population
        FROM {_numbers(respondents, 5)} CROSS JOIN (VALUES {asked}) AS item (item_id, low, high)"""
    ticket_time = (
        f"CAST({day.format(rows=TICKETS)} AS TIMESTAMP) + INTERVAL (CAST(28800 + h2 % 28800 AS BIGINT)) SECOND"
    )
    tickets = f"""
        SELECT
            {unit} AS unit_code,
            {ticket_time} AS taken_at,
            {ticket_time} + INTERVAL (CAST(60 + h3 % 2400 AS BIGINT)) SECOND AS called_at,
            {ticket_time} + INTERVAL (CAST(3000 + h3 % 2400 AS BIGINT)) SECOND AS finished_at,
            'Q' || (h1 // 1000 % 6) AS counter_code
        FROM {_numbers(TICKETS, 7)}"""
    receptions = f"""
        SELECT
            unit_code,
            DATE '{FIRST_DAY}' + CAST(day_no AS INTEGER) AS received_on,
            CASE hash(unit_code, day_no) % 8 WHEN 0 THEN 'delegate' WHEN 1 THEN 'chair' ELSE 'regular' END AS host,
            1 AS n_visits,
            CAST(hash(day_no, unit_code) % 9 AS INTEGER) AS n_people
        FROM (SELECT unnest([{", ".join(repr(c) for c in codes)}]) AS unit_code)
        CROSS JOIN (SELECT 3 + unnest(range({DAYS // 7})) * 7 AS day_no)"""
    named = {
        "letters": letters,
        "survey_answers": answers,
        "queue_tickets": tickets,
        "receptions": receptions,
    }
    return [_written(folder, name, select) for name, select in named.items()]
