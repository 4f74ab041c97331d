"""The SQL of the marts: one SELECT a file, in an order read from the SQL, columns as the contract says."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from loads import build, small_dir, write_load
from test_portable_sql import violations

from etl.checks import CHECKS, check_names
from etl.marts import SqlFile, in_order, sql_files
from gandan.messages import text
from warehouse.paths import REPOSITORY

FILES = sql_files()
CONTRACT = (REPOSITORY / "docs" / "marts.md").read_text(encoding="utf-8")


def test_each_file_comes_after_those_it_reads() -> None:
    with duckdb.connect() as con:
        order = [file.name for file in in_order(FILES, con)]
        for at, name in enumerate(order):
            assert FILES[name].tables(con) & FILES.keys() - {name} <= set(order[:at])
    assert order.index("stg_case") < order.index("case_state") < order.index("fct_case") < order.index("coverage")


@pytest.mark.parametrize("name", ["case_state", "case_conformed", *sorted(n for n in FILES if n.startswith("fct_"))])
def test_files_from_cases_to_sums_are_portable_and_say_so(name: str) -> None:
    assert "PORTABLE" in FILES[name].directives
    assert violations(FILES[name].text) == []


def test_checks_are_read_from_the_comment_above_a_column() -> None:
    lines = [
        "-- x",
        "SELECT",
        "-- #UNIQUE #NO_NULLS",
        "t.case_id,",
        "-- #NO_NULLS",
        "coalesce(a, b) AS c,",
        "d",
        "FROM t",
    ]
    text = "\n".join(lines)
    found = SqlFile(Path("some.sql"), text).column_checks
    assert found == [("case_id", "UNIQUE"), ("case_id", "NO_NULLS"), ("c", "NO_NULLS")]
    assert ("case_id", "UNIQUE") in FILES["fct_case"].column_checks


def test_every_check_has_a_level_and_a_sentence_in_both_languages() -> None:
    for name in check_names():
        head = (CHECKS / f"{name}.sql").read_text(encoding="utf-8")
        assert re.match(r"-- #(fail|warn)( #PREVIOUS| #EACH)?\n-- vi: .+\n-- en: .+\n", head), name


@pytest.mark.parametrize("table", ["fct_case", "fct_complaint", "fct_survey_answer"])
def test_a_mart_has_the_columns_of_the_contract(tmp_path: Path, table: str) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}])
    columns = {row[0] for row in build(data).execute(f"DESCRIBE {table}").fetchall()}
    section = re.split(r"\n\*\*`", CONTRACT.split(f"**`{table}`**")[1])[0].split("\n\n**")[0]
    named = set(re.findall(r"`([a-z_]+)`", section))
    assert columns - named == set(), "in the table, not in docs/marts.md"


def test_every_mart_that_publish_names_has_words_in_both_languages() -> None:
    marts = [name for name, file in sql_files().items() if file.kind == "TABLE"]
    assert len(marts) > 8
    assert [f"step_{name}" for name in marts for lang in ("vi", "en") if not text(f"step_{name}", lang)] == []
