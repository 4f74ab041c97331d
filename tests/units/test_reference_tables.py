"""The reference tables of a snapshot: what adds up to what, on which day, and what a province may replace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from etl.reference.tables import FILES, ReferenceError, build_reference
from warehouse.paths import REPOSITORY, DataDir

DAYS = ("2025-06-30", "2025-07-01", "2026-10-31")


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    assert build_reference(connection, DataDir(REPOSITORY / "data")) == []
    return connection


def rows(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return con.execute(sql, list(values)).fetchall()


def build(folder: Path, **files: str) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    (folder / "reference").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "reference" / f"{name}.csv").write_text(text, encoding="utf-8")
    connection = duckdb.connect()
    return connection, build_reference(connection, DataDir(folder))


AGENCY_COLUMNS = ("code", "name", "type_name", "parent_code", "province_code", "area_code", "each")
AGENCY_HEADER = ",".join((*AGENCY_COLUMNS, "valid_from", "valid_from_is_exact", "valid_to", "successor_code")) + "\n"
IN_FORCE = "valid_from <= CAST($1 AS DATE) AND (valid_to IS NULL OR CAST($1 AS DATE) < valid_to)"


@pytest.mark.parametrize("day", DAYS)
def test_every_unit_in_force_adds_up_to_itself_once_and_to_one_province(
    con: duckdb.DuckDBPyConnection, day: str
) -> None:
    counts = rows(
        con,
        f"""SELECT u.unit_id, count(*) FILTER (WHERE r.ancestor_id = u.unit_id),
                   count(*) FILTER (WHERE r.level = 'province'),
                   count(*) FILTER (WHERE r.level = 'district')
            FROM (SELECT unit_id FROM dim_unit WHERE {IN_FORCE}) AS u
            LEFT JOIN (SELECT * FROM unit_rollup WHERE {IN_FORCE}) AS r USING (unit_id) GROUP BY u.unit_id""",
        day,
    )
    assert [row for row in counts if row[1] != 1 or row[2] != 1 or row[3] > 1] == []
    assert len(counts) > 3_400


@pytest.mark.parametrize("day", DAYS)
def test_every_ancestor_is_in_force_or_is_a_former_district(con: duckdb.DuckDBPyConnection, day: str) -> None:
    stale = rows(
        con,
        f"""SELECT DISTINCT level, ancestor_id FROM unit_rollup
            WHERE {IN_FORCE} AND level <> 'district'
              AND ancestor_id NOT IN (SELECT unit_id FROM dim_unit WHERE {IN_FORCE})""",
        day,
    )
    assert stale == []


def test_a_former_district_keeps_its_id_as_an_area_on_both_sides(con: duckdb.DuckDBPyConnection) -> None:
    def members(day: str) -> set[str]:
        found = rows(con, f"SELECT unit_id FROM unit_rollup WHERE {IN_FORCE} AND ancestor_id = '465-20200101'", day)
        return {row[0] for row in found}

    before, after = members("2025-06-30"), members("2025-07-01")
    assert {"19432-20200101", "465-20200101"} <= before
    assert "19432-20250701" in after
    assert not before & after


def test_a_version_of_the_same_body_does_not_double_its_road(con: duckdb.DuckDBPyConnection) -> None:
    assert len(rows(con, "SELECT * FROM dim_unit WHERE unit_id = '26248-20250701'")) == 2
    assert sorted(rows(con, "SELECT level, ancestor_id FROM unit_rollup WHERE unit_id = '26248-20250701'")) == [
        ("commune", "26248-20250701"),
        ("district", "737-20200101"),
        ("province", "75-20250701"),
    ]


def test_each_province_has_one_unallocated_line_of_its_own_lifetime_that_adds_up_to_it_alone(
    con: duckdb.DuckDBPyConnection,
) -> None:
    found = "SELECT code, name, level, province_id FROM dim_unit WHERE kind = 'unallocated' AND valid_to {}"
    lines, former = rows(con, found.format("IS NULL")), rows(con, found.format("= DATE '2025-07-01'"))
    assert (len(lines), len(former)) == (34, 63)
    assert len(rows(con, "SELECT * FROM dim_unit WHERE kind = 'unallocated'")) == 34 + 63
    assert ("44-CPB", "Chưa phân bổ", "agency", "44-20250701") in lines
    assert ("45-CPB", "Chưa phân bổ", "agency", "45-20200101") in former
    assert rows(con, "SELECT level, ancestor_id FROM unit_rollup WHERE unit_id = '44-CPB-20250701' ORDER BY level") == [
        ("agency", "44-CPB-20250701"),
        ("province", "44-20250701"),
    ]


def test_an_agency_is_no_commune_and_adds_up_to_the_district_it_served(con: duckdb.DuckDBPyConnection) -> None:
    roads = dict(rows(con, "SELECT level, ancestor_id FROM unit_rollup WHERE unit_id = '44-VPDK-465-20250701'"))
    assert roads == {"agency": "44-VPDK-465-20250701", "district": "465-20200101", "province": "44-20250701"}
    police = dict(rows(con, "SELECT level, ancestor_id FROM unit_rollup WHERE unit_id = '44-CA-19432-20250701'"))
    assert police == {"agency": "44-CA-19432-20250701", "district": "465-20200101", "province": "44-20250701"}
    assert rows(con, "SELECT area_id, parent_id FROM dim_unit WHERE unit_id = '44-CA-19432-20250701'") == [
        ("19432-20250701", "44-CAT-20250701")
    ]
    assert rows(con, f"SELECT count(*) FROM dim_unit WHERE level = 'commune' AND {IN_FORCE}", "2025-07-01") == [
        (3_321,)
    ]


def test_quang_tri_has_one_police_body_per_commune_and_each_goes_on_as_its_commune_did(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert rows(con, "SELECT count(*) FROM dim_unit WHERE code LIKE '44-CA-%' AND valid_to IS NULL") == [(78,)]
    assert rows(con, "SELECT successor_id, relation FROM unit_succession WHERE unit_id = '45-CA-19432-20200101'") == [
        ("44-CA-19432-20250701", "whole")
    ]


def test_the_police_of_a_split_commune_has_no_heir(tmp_path: Path) -> None:
    line = "{0}-CA-{{code}},Công an {{full_name}},Công an cấp xã,,{0},,commune,{1},true,{2},79-CA-{{code}}\n"
    old, new = line.format("74", "2020-01-01", "2025-07-01"), line.format("79", "2025-07-01", "")
    con, warnings = build(tmp_path, agencies=AGENCY_HEADER + old + new)
    assert warnings == []
    heirs = dict(rows(con, "SELECT unit_id, successor_id FROM unit_succession WHERE unit_id LIKE '74-CA-258%'"))
    assert "74-CA-25822-20200101" not in heirs  # thị trấn Lai Uyên went to Bàu Bàng and to Trừ Văn Thố
    assert heirs["74-CA-25825-20200101"] == "79-CA-25813-20250701"


def test_old_tiers_start_on_a_day_marked_inexact(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(con, "SELECT DISTINCT valid_from_is_exact FROM dim_unit WHERE valid_from = '2020-01-01'") == [(False,)]
    assert rows(con, "SELECT DISTINCT valid_from_is_exact FROM dim_unit WHERE valid_from > '2025-01-01'") == [(True,)]


def test_names_sort_the_vietnamese_way_and_the_search_key_is_plain(con: duckdb.DuckDBPyConnection) -> None:
    names = rows(
        con,
        f"SELECT name, search_key FROM dim_unit WHERE level = 'province' AND {IN_FORCE} ORDER BY name COLLATE vi",
        "2025-07-01",
    )
    assert [name for name, _ in names][:4] == ["An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng"]
    assert dict(names)["Đắk Lắk"] == "dak lak"
    assert rows(con, "SELECT count(*) FROM dim_unit WHERE NOT regexp_full_match(search_key, '[a-z0-9 ]+')") == [(0,)]
    assert rows(con, "SELECT count(*) FROM dim_unit WHERE name <> nfc_normalize(name)") == [(0,)]


def test_dim_date_agrees_with_the_working_calendar(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        """SELECT b.working_day_number - a.working_day_number FROM dim_date AS a, dim_date AS b
           WHERE a.date = '2026-02-12' AND b.date = '2026-02-26'""",
    ) == [(5,)]
    assert rows(con, "SELECT iso_weekday, month, half_month_start FROM dim_date WHERE date = '2026-11-22'")[0][0] == 7


@pytest.mark.parametrize(
    ("kind", "step", "round_no", "is_complex", "is_remote", "day", "expected"),
    [
        ("complaint", "accept", 1, False, False, "2026-06-30", (10, "calendar")),
        ("complaint", "accept", 2, True, True, "2026-07-01", (7, "working")),
        ("complaint", "settle", 1, False, False, "2026-10-01", (30, "calendar")),
        ("complaint", "settle", 1, True, True, "2025-10-01", (60, "calendar")),
        ("complaint", "settle", 2, False, True, "2025-10-01", (60, "calendar")),
        ("complaint", "settle", 2, True, True, "2026-10-01", (70, "calendar")),
        ("denunciation", "settle", None, False, False, "2026-10-01", (30, "calendar")),
        ("petition", "settle", None, False, False, "2026-10-01", (10, "working")),
        ("feedback", "settle", None, False, False, "2026-10-01", (15, "working")),
    ],
)
def test_exactly_one_term_holds_for_a_letter(
    con: duckdb.DuckDBPyConnection,
    kind: str,
    step: str,
    round_no: int | None,
    is_complex: bool,
    is_remote: bool,
    day: str,
    expected: tuple[int, str],
) -> None:
    found = con.execute(
        """SELECT days, day_unit FROM complaint_deadline WHERE kind = $kind AND step = $step
           AND (round IS NULL OR round = $round) AND (is_complex IS NULL OR is_complex = $complex)
           AND (is_remote IS NULL OR is_remote = $remote)
           AND valid_from <= CAST($day AS DATE) AND (valid_to IS NULL OR CAST($day AS DATE) < valid_to)""",
        {"kind": kind, "step": step, "round": round_no, "complex": is_complex, "remote": is_remote, "day": day},
    ).fetchall()
    assert found == [expected]


def test_terms_that_were_not_checked_against_the_new_law_are_marked(con: duckdb.DuckDBPyConnection) -> None:
    assert rows(
        con,
        """SELECT DISTINCT is_confirmed FROM complaint_deadline
           WHERE kind = 'complaint' AND step = 'settle' AND valid_from = '2026-07-01'""",
    ) == [(False,)]


def test_a_file_of_the_data_folder_replaces_the_repositorys_and_a_grouping_becomes_a_level(tmp_path: Path) -> None:
    con, warnings = build(
        tmp_path,
        population="unit_id,valid_from,population,source,is_invented\n19432-20250701,2025-07-01,15000,mẫu,true\n",
        unit_groups_extra="group_id,grouping,group_code,group_name,unit_id,province_id,valid_from,valid_to,is_exact,note\n"
        "cum-1,cluster,1,Cụm thi đua số 1,19432-20250701,44-20250701,2026-01-01,,true,\n",
    )
    assert warnings == []
    assert rows(con, "SELECT population, is_invented FROM dim_population") == [(15000, True)]
    assert rows(con, "SELECT unit_id, valid_from FROM unit_rollup WHERE level = 'cluster'")[0][0] == "19432-20250701"
    assert rows(con, "SELECT count(*) FROM unit_group WHERE \"grouping\" = 'district'") == [(3_321,)]


def test_an_unknown_unit_or_column_is_a_warning_that_names_the_file(tmp_path: Path) -> None:
    _, warnings = build(tmp_path, population="unit_id,valid_from,population,colour\n99999-20250701,2025-07-01,1,red\n")
    assert any("population.csv" in w and "colour" in w for w in warnings)
    assert any("population.csv" in w and "99999-20250701" in w for w in warnings)


@pytest.mark.parametrize(
    "text",
    [
        "unit_id,valid_from,population\n19432-20250701,2025-07-01,nhiều\n",
        "a,b\n1,2\n",
        "unit_id,valid_from,population\n,,5\n",
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(ReferenceError, match=r"population\.csv"):
        build(tmp_path, population=text)


def test_a_missing_optional_file_leaves_its_table_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FILES, "dim_procedure", ("no_such_file.csv",))
    con, _ = build(tmp_path)
    assert rows(con, "SELECT count(*) FROM dim_procedure") == [(0,)]


def test_an_agency_with_an_unknown_province_or_area_is_left_out_or_kept_without_it_and_reported(tmp_path: Path) -> None:
    con, warnings = build(
        tmp_path,
        agencies=AGENCY_HEADER
        + "99-STP,Sở Tư pháp,Sở,,99,,,2025-07-01,true,,\n"
        + "44-X,Chi nhánh X,Chi nhánh,44-NONE,44,00000,,2025-07-01,true,,\n"
        + "44-X,Chi nhánh X lần hai,Chi nhánh,,44,,,2025-07-01,true,,\n",
    )
    found = rows(con, "SELECT code, name, area_id, parent_id FROM dim_unit WHERE kind = 'agency'")
    assert found == [("44-X", "Chi nhánh X", None, "44-20250701")]
    assert [w for w in warnings if "agencies.csv" in w] == warnings
    assert [any(word in w for w in warnings) for word in ("'99'", "'00000'", "'44-NONE'", "listed twice")] == [True] * 4
