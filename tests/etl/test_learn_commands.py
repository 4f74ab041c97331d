"""`gandan layouts`, `forget`, `labels`, `labels-add`: what was learned can be looked at and undone."""

from __future__ import annotations

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sheets_drawn import cases, dates, read, sheet

from etl import learned
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse.paths import DataDir


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(args))
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def name(data_dir: DataDir) -> str:
    """Return the name of a layout that was learned."""
    match = read(sheet(cases(**{"Hẹn trả KQ": dates(9)})), data_dir)
    learned.remember(data_dir, match, {}, "Huyện A tháng 10.xlsx", date(2026, 11, 1))
    return match.layout.name


def test_layouts_are_listed_with_where_they_come_from(name: str) -> None:
    code, out, _ = run("layouts", "--format", "json")
    listed = {one["name"]: one for one in json.loads(out)}
    assert code == Exit.DONE and listed["onestop-basic"]["learned_on"] == ""
    assert (listed[name]["learned_from"], listed[name]["learned_on"]) == ("Huyện A tháng", "2026-11-01")
    assert listed[name]["columns"]["due_at"] == ["Hẹn trả KQ"]
    assert 'Học từ tệp loại "Huyện A tháng"' in run("layouts")[1]


def test_a_learned_layout_is_forgotten_and_a_known_one_is_not(name: str, data_dir: DataDir) -> None:
    assert run("forget", name)[0] == Exit.DONE and not list((data_dir.learned / "layouts").iterdir())
    code, _, said = run("forget", "onestop-basic")
    assert code == Exit.USAGE and "gandan layouts" in said


def test_a_label_is_added_and_what_may_not_be_is_refused_with_what_there_is(data_dir: DataDir) -> None:
    assert run("labels-add", "status", "processing", "Chờ trình ký số")[0] == Exit.DONE
    listed = json.loads(run("labels", "--format", "json")[1])
    assert listed["learned"] == {"status": {"processing": ["Chờ trình ký số"]}}
    assert "cho trinh ky so" in listed["tables"]["status"]["processing"]
    for args, word in ((("states", "processing", "x"), "channel"), (("status", "done", "x"), "awaiting_payment")):
        code, _, said = run("labels-add", *args)
        assert code == Exit.USAGE and word in said
    code, _, said = run("labels-add", "status", "processing", "Nguyễn Thị Hoa")
    assert code == Exit.USAGE and "Hoa" not in said
