"""Publishing: built aside, checked, moved into place; and the ways back."""

from __future__ import annotations

import json
import os
import stat
import time
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from loads import small_dir, write_load

from gandan import publish as publishing
from gandan import rollback as back
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse import clock, closed, snapshots
from warehouse.lock import writer
from warehouse.paths import DataDir
from warehouse.schema import SCHEMA, SchemaMismatch
from warehouse.snapshots import NoSnapshot, Pool


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A data folder with one load, named by the environment."""
    found = small_dir(tmp_path)
    write_load(found, [{"case_code": "A"}, {"case_code": "B"}])
    monkeypatch.setenv("GANDAN_DATA_DIR", str(found.root))
    return found


def cases(data: DataDir) -> list[str]:
    """Return the cases that a reader sees."""
    return [row[0] for row in Pool(data).cursor().execute("SELECT case_id FROM fct_case ORDER BY 1").fetchall()]


def test_a_snapshot_is_read_only_named_by_the_pointer_and_leaves_nothing_behind(data: DataDir) -> None:
    data.inbox.mkdir(mode=0o700)
    (data.inbox / "bytes").write_text("x")
    ref = publishing.publish(data)
    assert data.pointer.read_text() == ref.name + "\n"
    assert snapshots.NAME.fullmatch(ref.name)
    assert stat.S_IMODE(ref.path.stat().st_mode) == 0o444
    assert list(data.inbox.iterdir()) == []
    assert list(data.work.iterdir()) == []
    assert ref.info()["schema"] == str(SCHEMA)
    assert ref.info()["data_on"] == "2026-10-31"


def test_publish_keeps_the_bytes_of_a_file_that_waits_until_its_day_and_of_a_fresh_drop(data: DataDir) -> None:
    data.inbox.mkdir(mode=0o700)
    data.waiting.mkdir()
    day = clock.now()
    for name, until in (("aa", day + timedelta(days=1)), ("bb", day - timedelta(days=1))):
        (data.inbox / name).write_text("x")
        told = {
            "id": name,
            "sha256": name,
            "since": "2026-01-01T00:00:00",
            "until": until.isoformat(timespec="seconds"),
        }
        (data.waiting / f"{name}.json").write_text(json.dumps(told))
    for name, age in (("drop-new", 60), ("drop-old", 25 * 3600)):
        (data.inbox / name).mkdir()
        os.utime(data.inbox / name, (time.time() - age,) * 2)
    publishing.publish(data)
    assert sorted(path.name for path in data.inbox.iterdir()) == ["aa", "drop-new"]


def test_nothing_new_publishes_nothing(data: DataDir) -> None:
    first = publishing.publish(data)
    assert publishing.publish(data) == first
    assert len(snapshots.all_kept(data)) == 1


def test_a_reader_sees_the_new_snapshot_without_a_restart_and_keeps_what_it_reads(data: DataDir) -> None:
    publishing.publish(data)
    pool = Pool(data)
    held = pool.at()
    reading = held.cursor()
    reading.execute("SELECT case_id FROM fct_case ORDER BY 1")
    write_load(data, [{"case_code": "C"}])
    publishing.publish(data)
    assert reading.fetchall() == [("A",), ("B",)]
    assert held.cursor().execute("SELECT count(*) FROM fct_case").fetchall() == [(2,)]
    assert pool.cursor().execute("SELECT count(*) FROM fct_case").fetchall() == [(3,)]
    assert pool.name != held.name


def test_a_reader_can_change_nothing_and_read_no_file(data: DataDir) -> None:
    publishing.publish(data)
    cursor = Pool(data).cursor()
    for attempt in ("DELETE FROM fct_case", "SELECT * FROM read_text('/etc/hostname')", "SET threads = 1"):
        with pytest.raises(Exception, match=r"read-only|disabled|locked|permission|Permission"):
            cursor.execute(attempt)


def test_a_failing_check_stops_the_publish_with_its_name_and_rows(data: DataDir) -> None:
    first = publishing.publish(data)
    write_load(data, [{"case_code": "A", "received_at": "2026-09-09", "completed_at": "2026-09-01"}])
    done = CliRunner().invoke(main, ["publish", "--lang", "en"])
    assert done.exit_code == Exit.CHECK_FAILED
    assert "ended_after_receipt" in done.stderr
    assert "load_no=2, source_row=" in done.stderr
    assert "case_id" not in done.stderr  # where the row lies, not whose case it is
    assert snapshots.current(data) == first
    assert list(data.work.iterdir()) == []


@pytest.mark.parametrize("n_accepted", [1, 3])
def test_a_load_that_says_another_number_of_rows_than_it_brings_is_refused(data: DataDir, n_accepted: int) -> None:
    receipt = data.loads / "000001" / "receipt.json"
    content = json.loads(receipt.read_text())
    content["sheets"][0].update(n_read=n_accepted, n_accepted=n_accepted)
    receipt.write_text(json.dumps(content))
    with pytest.raises(publishing.CheckFailed, match="case_rows_kept"):
        publishing.publish(data)


def test_a_row_of_a_unit_that_is_not_in_the_list_is_not_dropped_in_silence(data: DataDir) -> None:
    write_load(data, [{"case_code": "C", "unit_id": "99999-20250701"}])
    with pytest.raises(publishing.CheckFailed, match="case_rows_kept"):
        publishing.publish(data)


def test_lost_coverage_is_a_warning_not_a_stop(data: DataDir) -> None:
    write_load(data, [{"case_code": "C", "unit_id": "19435-20250701"}])
    publishing.publish(data)
    (data.loads / "000002" / "WITHHELD").touch()
    made = publishing.run(data)
    assert [finding.check for finding in made.findings] == ["coverage_did_not_shrink"]
    assert ("case", "19435-20250701") in made.findings[0].sample


def test_a_file_older_than_what_is_published_fills_gaps_and_says_so_once(data: DataDir) -> None:
    publishing.publish(data)
    write_load(data, [{"case_code": "A", "status": "received"}, {"case_code": "GAP"}], data_on="2026-09-30")
    made = publishing.run(data)
    assert [(f.check, f.sample) for f in made.findings] == [("older_file_fills_gaps", ((2, "file-2.csv", 1),))]
    assert cases(data) == ["A", "B", "GAP"]
    with made.ref.open() as con:
        assert con.execute("SELECT load_no FROM fct_case WHERE case_id = 'A'").fetchall() == [(1,)]
    write_load(data, [{"case_code": "C"}])
    assert publishing.run(data).findings == ()


def test_too_little_disk_stops_before_anything_is_written(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(publishing.shutil, "disk_usage", lambda _: usage(10, 5, 5))
    done = CliRunner().invoke(main, ["publish"])
    assert done.exit_code == Exit.CHECK_FAILED
    assert "Đĩa còn trống" in done.stderr
    assert snapshots.current(data) is None


def test_the_last_ten_snapshots_and_the_closed_ones_are_kept(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "KEPT", 2)
    first = publishing.publish(data)
    assert CliRunner().invoke(main, ["close", "BC tháng 9", "--who", "An", "--report", "BC-09"]).exit_code == 0
    later = [publishing.publish(data, full=True) for _ in range(3)]
    assert [ref.name for ref in snapshots.all_kept(data)] == [first.name, later[1].name, later[2].name]
    assert snapshots.get(data, "BC tháng 9") == first
    entry = closed.entries(data)[0]
    assert (entry.who, entry.report, entry.snapshot) == ("An", "BC-09", first.name)


def test_a_label_names_one_snapshot_for_ever(data: DataDir) -> None:
    publishing.publish(data)
    assert CliRunner().invoke(main, ["close", "X"]).exit_code == 0
    again = CliRunner().invoke(main, ["close", "X", "--lang", "en"])
    assert again.exit_code == Exit.USAGE
    assert "taken" in again.stderr


def test_rollback_withholds_the_later_loads_until_they_are_released(data: DataDir) -> None:
    first = publishing.publish(data)
    write_load(data, [{"case_code": "C"}])
    publishing.publish(data)
    write_load(data, [{"case_code": "D"}])  # staged, not published: perhaps the correction
    done = back.rollback(data)
    assert (done.now, done.withheld) == (first, (2,))
    assert cases(data) == ["A", "B"]
    publishing.publish(data)
    assert cases(data) == ["A", "B", "D"]
    assert CliRunner().invoke(main, ["publish", "--release"]).exit_code == 0
    assert cases(data) == ["A", "B", "C", "D"]


def test_rollback_goes_along_the_publishes_not_to_what_was_rolled_back(data: DataDir) -> None:
    first = publishing.publish(data)
    write_load(data, [{"case_code": "C"}])
    publishing.publish(data)
    back.rollback(data)
    write_load(data, [{"case_code": "D"}])
    publishing.publish(data)
    assert back.rollback(data).now == first
    with pytest.raises(back.NothingBefore):
        back.rollback(data)


def test_status_tells_what_is_published_and_fails_without_a_snapshot(data: DataDir) -> None:
    before = CliRunner().invoke(main, ["status", "--format", "json"])
    assert before.exit_code != 0
    assert json.loads(before.stdout)["pending_loads"] == [1]
    ref = publishing.publish(data)
    write_load(data, [{"case_code": "C"}])
    after = CliRunner().invoke(main, ["status", "--format", "json"])
    assert after.exit_code == 0
    found = json.loads(after.stdout)
    assert (found["path"], found["cases"], found["loads"]) == (str(ref.path), 2, [1])
    assert (found["pending_loads"], found["data_on"]) == ([2], "2026-10-31")


def test_publish_leaves_with_busy_when_asked_not_to_wait(data: DataDir) -> None:
    import threading

    held, over = threading.Event(), threading.Event()

    def hold() -> None:
        with writer(data, "load"):
            held.set()
            over.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    try:
        done = CliRunner().invoke(main, ["publish", "--no-wait", "--lang", "en"])
    finally:
        over.set()
        thread.join()
    assert done.exit_code == Exit.BUSY
    assert "load" in done.stderr


def test_an_older_schema_is_refused_with_the_command_and_rebuilt_by_it(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.publish(data)
    monkeypatch.setattr("warehouse.schema.SCHEMA", SCHEMA + 1)
    with pytest.raises(SchemaMismatch, match="gandan publish --full"):
        Pool(data).cursor()
    done = CliRunner().invoke(main, ["status"])
    assert done.exit_code == Exit.USAGE
    assert "gandan publish --full" in done.stderr
    publishing.publish(data)  # its copy would be half one shape and half another: a full build without being told
    assert cases(data) == ["A", "B"]


def test_a_newer_schema_is_refused(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    publishing.publish(data)
    monkeypatch.setattr("warehouse.schema.SCHEMA", SCHEMA - 1)
    with pytest.raises(SchemaMismatch, match="newer"):
        Pool(data).cursor()


def test_a_snapshot_that_is_not_kept_is_named(data: DataDir) -> None:
    with pytest.raises(NoSnapshot, match="published yet"):
        snapshots.published(data)
    with pytest.raises(NoSnapshot, match="20250101T000000Z-abcdef"):
        snapshots.get(data, "20250101T000000Z-abcdef")


def test_names_go_up_even_when_the_clock_goes_back(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publishing.publish(data)
    future = "20990101T000000Z-abcdef"
    first.path.rename(first.path.with_name(f"{future}.duckdb"))
    assert publishing.next_name(data) > future
    assert clock.now().year < 2099
