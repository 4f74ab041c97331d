"""What a province has beside its cases: letters, answers, tickets, receptions, steps, dialogues, published scores."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import duckdb

from benchmarks.generate import FIRST_DAY, LAST_DAY, PROVINCE, commune_codes
from warehouse.paths import REPOSITORY, DataDir

LETTERS, TICKETS, ANSWERS = 60_000, 1_000_000, 500_000
STEPS = ("Tiếp nhận", "Thẩm định", "Trình ký", "Trả kết quả")
STEPS_FROM = date(2027, 9, 1)
"""Steps come with the cases received since; a system that tells of them seldom tells of years."""
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


def know_steps(data: DataDir) -> None:
    """Write the catalogue of steps into the data folder: a step that nobody named is not taken."""
    path = data.root / "reference" / "case_steps.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["step_name,role_name", *(f"{name},Chuyên môn" for name in STEPS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write(folder: Path, log: Path) -> list[Path]:
    """Write the files in canonical headers and return their paths; the same on every machine for the same log."""
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
    # Each step takes a share of the time between receipt and result; the last of an open case is not over.
    steps = f"""
        SELECT
            case_code,
            [{", ".join(repr(name) for name in STEPS)}][step] AS step_name,
            'Chuyên môn' AS role_name,
            received_at + (step - 1) * part AS started_at,
            CASE WHEN step < {len(STEPS)} OR completed_at IS NOT NULL THEN received_at + step * part END AS ended_at
        FROM (
            SELECT
                case_code, received_at, completed_at,
                (coalesce(completed_at, TIMESTAMP '{LAST_DAY} 17:00:00') - received_at) / {len(STEPS)} AS part
            FROM read_csv('{log}', header = true, delim = ',')
            WHERE received_at >= DATE '{STEPS_FROM}'
        )
        CROSS JOIN (SELECT unnest(range(1, {len(STEPS)} + 1)) AS step)
        WHERE received_at + (step - 1) * part <= TIMESTAMP '{LAST_DAY} 17:00:00'"""
    dialogues = f"""
        SELECT
            unit_code,
            DATE '{FIRST_DAY}' + CAST(30 * no + hash(unit_code, no) % 28 AS INTEGER) AS held_on,
            ['dialogue', 'community_meeting', 'oversight'][CAST(1 + hash(no, unit_code) % 3 AS BIGINT)] AS kind,
            CAST(30 + hash(unit_code, no) % 120 AS INTEGER) AS n_people,
            20 AS n_questions,
            CAST(15 + hash(unit_code, no) % 6 AS INTEGER) AS n_answered,
            DATE '{FIRST_DAY}' + CAST(30 * no + 28 + hash(unit_code, no) % 10 AS INTEGER) AS published_on
        FROM (SELECT unnest([{", ".join(repr(c) for c in codes)}]) AS unit_code)
        CROSS JOIN (SELECT unnest(range({DAYS // 30 - 1})) AS no)"""
    scores = f"""
        SELECT
            'DO/PAPI-' || year AS document_no, make_date(year + 1, 5, 6) AS published_on, 'PAPI' AS index_id,
            '{PROVINCE}' AS unit_code, CAST(year AS VARCHAR) AS period, 'd' || no AS component_id,
            round(5 + hash(year, no) % 200 / 100.0, 3) AS score, 10.0 AS max_score, 0.1 AS standard_error
        FROM (SELECT CAST(unnest(range(2016, 2027)) AS INTEGER) AS year)
        CROSS JOIN (SELECT CAST(unnest(range(1, 9)) AS INTEGER) AS no)
        UNION ALL
        SELECT
            'DO/CONG', DATE '{LAST_DAY}', 'PORTAL', unit_code, year || '-Q' || quarter, 'on_time_rate',
            round(88 + hash(unit_code, year, quarter) % 1000 / 100.0, 2), 100.0, NULL
        FROM (SELECT unnest([{", ".join(repr(c) for c in codes)}]) AS unit_code)
        CROSS JOIN (VALUES (2026, 1), (2026, 2), (2026, 3), (2026, 4), (2027, 1), (2027, 2), (2027, 3))
            AS t (year, quarter)"""
    named = {
        "letters": letters,
        "survey_answers": answers,
        "queue_tickets": tickets,
        "receptions": receptions,
        "dialogues": dialogues,
        "scores": scores,
        f"steps_of_{log.stem}": steps,
    }
    return [_written(folder, name, select) for name, select in named.items()]
