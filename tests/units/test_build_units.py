"""The generated place files: reproducible, and their reviewed corrections cannot go stale in silence."""

from __future__ import annotations

import pytest

from etl.reference import build_units
from etl.reference.build_units import FOLDER, build, corrected_edges, district_areas, placed, successions, units
from etl.reference.package import Edge, Place, split_type


def commune(code: str, name: str = "A", district: str = "", lat: float = 16.0) -> Place:
    return Place(code, "commune", name, "Xã", "45" if district else "44", district, lat, 107.0)


def district(code: str, name: str, lat: float = 16.0) -> Place:
    return Place(code, "district", name, "Huyện", "45", code, lat, 107.0)


def test_the_committed_files_are_what_the_script_writes() -> None:
    for name, text in build().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name}: run python -m etl.reference.build_units"


def test_check_reports_a_file_that_differs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(build_units, "build", lambda: {"units.csv": "unit_id\n"})
    assert build_units.main(["--check"]) == 1
    assert "units.csv" in capsys.readouterr().err


def test_a_correction_that_no_longer_applies_stops_the_build() -> None:
    old, new = [commune("00001", "A", "001")], [commune("00009", "B")]
    row = {"action": "drop", "old_code": "00001", "old_name": "Xã A", "new_code": "00009", "new_name": "Xã B"}
    assert corrected_edges([Edge("00001", "00009", True)], [row], old, new) == []
    with pytest.raises(ValueError, match="no longer applies"):
        corrected_edges([], [row], old, new)
    with pytest.raises(ValueError, match="no longer applies"):
        corrected_edges([Edge("00001", "00009", True)], [{**row, "old_name": "Xã C"}], old, new)
    with pytest.raises(ValueError, match="no longer applies"):
        corrected_edges([Edge("00001", "00009", True)], [{**row, "action": "add"}], old, new)


def test_a_predecessor_with_two_successors_went_in_parts_and_one_of_them_is_the_main_one() -> None:
    found = successions([Edge("1", "8", False), Edge("1", "9", True), Edge("2", "9", True)], [])
    assert [(r["unit_id"][:1], r["successor_id"][:1], r["relation"], r["is_main"]) for r in found] == [
        ("1", "8", "part", "false"),
        ("1", "9", "part", "true"),
        ("2", "9", "whole", "true"),
    ]


def test_a_changed_unit_has_one_row_per_version_under_one_unit_id() -> None:
    change = {
        "code": "25270",
        "level": "commune",
        "valid_from": "2026-04-30",
        "name": "Lộc Ninh",
        "type_name": "Phường",
    }
    rows = units([], [commune("25270", "Lộc Ninh")], [change])
    assert [(r["full_name"], r["valid_from"], r["valid_to"]) for r in rows] == [
        ("Xã Lộc Ninh", "2025-07-01", "2026-04-30"),
        ("Phường Lộc Ninh", "2026-04-30", ""),
    ]
    assert {r["unit_id"] for r in rows} == {"25270-20250701"}
    with pytest.raises(ValueError, match="99999"):
        units([], [commune("25270")], [{**change, "code": "99999"}])


def test_a_position_for_a_unit_that_is_gone_stops_the_build() -> None:
    rows = units([], [commune("25270", "A")], [])
    position = {"unit_id": "25270-20250701", "full_name": "Xã A", "lat": "1", "lon": "2"}
    assert placed(rows, [position])[0]["lat"] == "1.00000"
    with pytest.raises(ValueError, match="do not exist"):
        placed(rows, [{**position, "full_name": "Xã B"}])


def test_a_commune_made_of_two_districts_counts_once_where_most_of_it_lay() -> None:
    old = [
        district("001", "M"),
        district("002", "N"),
        *(commune(c, c, d) for c, d in [("1", "001"), ("2", "002"), ("3", "002")]),
    ]
    (row,) = district_areas([Edge("1", "9", True), Edge("2", "9", True), Edge("3", "9", True)], old, [commune("9")])
    assert (row["group_code"], row["is_exact"], row["note"]) == ("002", "false", "Có phần thuộc Huyện M")


def test_a_whole_predecessor_weighs_more_than_a_part_and_distance_decides_a_tie() -> None:
    old = [district("001", "M", 18.0), district("002", "N", 16.1), commune("1", "A", "001"), commune("2", "B", "002")]
    parts = [Edge("1", "8", False), Edge("1", "9", True), Edge("2", "9", True)]
    (eight, nine) = sorted(district_areas(parts, old, [commune("8"), commune("9")]), key=lambda r: r["unit_id"])
    assert (eight["group_code"], eight["is_exact"]) == ("001", "true")
    assert nine["group_code"] == "002"
    tie = [Edge("1", "9", True), Edge("2", "9", True)]
    assert district_areas(tie, old, [commune("9", lat=16.0)])[0]["group_code"] == "002"
    assert district_areas(tie, old, [commune("9", lat=18.2)])[0]["group_code"] == "001"


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Thị Trấn Ái Tử", ("Thị trấn", "Ái Tử")),
        ("Phường 4", ("Phường", "Phường 4")),
        ("Xã é Tòng", ("Xã", "É Tòng")),
        ("Thành Phố Đồng Hới", ("Thành phố", "Đồng Hới")),
        ("Xã Hoà Lạc", ("Xã", "Hòa Lạc")),
        ("Đặc khu Cồn Cỏ", ("Đặc khu", "Cồn Cỏ")),
    ],
)
def test_a_type_word_is_told_from_the_name(full_name: str, parts: tuple[str, str]) -> None:
    assert split_type(full_name) == parts
