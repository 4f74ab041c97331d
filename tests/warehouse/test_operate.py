"""To operate it: doctor, backup and restore, and a server that only this machine reaches."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner
from loads import small_dir, write_load

from gandan import doctor
from gandan.__main__ import main
from gandan.commands.serve import is_loopback, streamlit_options
from gandan.exit_codes import Exit
from gandan.messages import _texts
from gandan.publish import publish
from warehouse import closed, snapshots
from warehouse.lock import writer
from warehouse.paths import DataDir


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A published data folder with an override and a closing."""
    found = small_dir(tmp_path)
    write_load(found, [{"case_code": "A"}])
    (found.root / "reference").mkdir()
    (found.root / "reference" / "remote_areas.csv").write_text("unit_id\n19432-20250701\n", encoding="utf-8")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(found.root))
    publish(found)
    assert CliRunner().invoke(main, ["close", "BC"]).exit_code == 0
    return found


def kept_files(data: DataDir) -> dict[str, tuple[bytes, int]]:
    """Return bytes and mode of everything that a run keeps."""
    parts = ("loads", "snapshots", "reference", "CURRENT", "closed.json")
    paths = [p for part in parts for p in ([data.root / part, *sorted((data.root / part).rglob("*"))]) if p.is_file()]
    return {str(p.relative_to(data.root)): (p.read_bytes(), p.stat().st_mode) for p in paths}


def test_a_restored_backup_is_the_same_folder(data: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "backup.tar"
    assert CliRunner().invoke(main, ["backup", str(file)]).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    again = small_dir(tmp_path / "again")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(again.root))
    assert CliRunner().invoke(main, ["restore", str(file)]).exit_code == 0
    assert kept_files(again) == kept_files(data)
    assert closed.entries(again) == closed.entries(data)
    write_load(again, [{"case_code": "B"}])
    with publish(again).open() as con:
        assert con.execute("SELECT case_id FROM fct_case ORDER BY 1").fetchall() == [("A",), ("B",)]


def test_a_backup_holds_what_was_learned_and_what_waits_and_never_uploaded_bytes(data: DataDir, tmp_path: Path) -> None:
    (data.learned / "layouts").mkdir(parents=True)
    (data.learned / "layouts" / "x.toml").write_text("[layout.x]\n")
    data.waiting.mkdir()
    (data.waiting / "abc.json").write_text('{"id": "abc", "sha256": "abc", "since": "2026-11-01"}')
    data.inbox.mkdir(mode=0o700, exist_ok=True)
    (data.inbox / "abc").write_text("bytes")
    data.candidate.mkdir(exist_ok=True)
    (data.candidate / "half.duckdb").write_text("x")
    file = tmp_path / "backup.tar"
    assert CliRunner().invoke(main, ["backup", str(file)]).exit_code == 0
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert {"learned/layouts/x.toml", "waiting/abc.json"} <= set(names)
    assert [name for name in names if name.split("/")[0] in ("inbox", "candidate", "work", "log")] == []


def test_restore_never_writes_over_data(data: DataDir, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    CliRunner().invoke(main, ["backup", str(file)])
    before = kept_files(data)
    done = CliRunner().invoke(main, ["restore", str(file), "--lang", "en"])
    assert done.exit_code == Exit.USAGE
    assert "another folder" in done.stderr
    assert kept_files(data) == before


@pytest.mark.parametrize("harm", ["cut", "changed", "foreign"])
def test_a_damaged_backup_publishes_nothing(
    data: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    file = tmp_path / "backup.tar"
    CliRunner().invoke(main, ["backup", str(file)])
    content = bytearray(file.read_bytes())
    if harm == "cut":
        content = content[: len(content) // 2]
    elif harm == "changed":
        content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    if harm == "foreign":
        with tarfile.open(file, "a") as archive:
            archive.add(__file__, arcname="loads/extra")
    again = small_dir(tmp_path / "again")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(again.root))
    done = CliRunner().invoke(main, ["restore", str(file)])
    assert done.exit_code == Exit.USAGE
    assert snapshots.current(again) is None


def levels(data: DataDir) -> dict[str, str]:
    """Return what doctor found, key → level."""
    return {look.key: look.level for look in doctor.examine(data)}


def test_doctor_finds_a_healthy_folder_healthy(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANDAN_TODAY", raising=False)
    assert "fail" not in levels(data).values()
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0
    assert "✓" in done.stdout


def test_doctor_finds_leftovers_a_held_lock_wrong_rights_and_a_set_day(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    data.work.mkdir(exist_ok=True)
    (data.work / "half.duckdb").touch()
    assert levels(data)["doctor_leftovers"] == "warn"
    (data.work / "half.duckdb").unlink()
    (data.candidate / "half.duckdb").touch()
    assert levels(data)["doctor_leftovers"] == "warn"
    with writer(data, "load"):
        assert levels(data)["doctor_locked"] == "warn"
    snapshots.published(data).path.chmod(0o644)
    assert levels(data)["doctor_permissions_wrong"] == "fail"
    monkeypatch.setenv("GANDAN_TODAY", "2026-10-31")
    assert levels(data)["doctor_today_set"] == "warn"
    assert CliRunner().invoke(main, ["doctor"]).exit_code == Exit.CHECK_FAILED


@pytest.mark.parametrize("name", ["loads", "snapshots", "candidate", "work"])
def test_the_folders_with_figures_are_closed_to_others_and_doctor_says_when_one_is_not(
    data: DataDir, name: str
) -> None:
    folder = data.root / name
    folder.mkdir(mode=0o750, exist_ok=True)
    assert folder.stat().st_mode & 0o777 == 0o750
    folder.chmod(0o755)
    assert levels(data)["doctor_permissions_wrong"] == "fail"
    with writer(data, "load"):
        pass
    assert folder.stat().st_mode & 0o777 == 0o750
    assert levels(data)["doctor_permissions"] == "ok"


def test_doctor_finds_a_damaged_snapshot(data: DataDir) -> None:
    path = snapshots.published(data).path
    path.chmod(0o644)
    path.write_bytes(b"not a database")
    assert levels(data)["doctor_unreadable"] == "fail"


def test_doctor_refuses_less_disk_than_three_times_the_snapshot(data: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    size = snapshots.published(data).path.stat().st_size

    class Usage:
        free = 3 * size - 1

    monkeypatch.setattr("gandan.publish.shutil.disk_usage", lambda _: Usage)
    assert levels(data)["disk_full"] == "fail"
    Usage.free = 3 * size
    assert levels(data)["doctor_disk"] == "ok"


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_serve_refuses_an_address_that_others_reach(data: DataDir, address: str) -> None:
    done = CliRunner().invoke(main, ["serve", "--address", address])
    assert done.exit_code == Exit.USAGE
    assert "127.0.0.1" in done.stderr
    assert not is_loopback(address)


def test_serve_opens_before_anything_is_published_and_says_when_the_port_is_taken(
    data: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = CliRunner().invoke(main, ["serve", "--port", str(taken.getsockname()[1])])
    assert done.exit_code == Exit.BUSY
    started: list[list[str]] = []
    monkeypatch.setattr("gandan.commands.serve.os.execv", lambda _, command: started.append(command))
    monkeypatch.setattr("gandan.commands.serve.os.chdir", lambda _: None)
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "nothing"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    done = CliRunner().invoke(main, ["serve", "--port", port])
    assert done.exit_code == Exit.DONE and f"--server.port={port}" in started[0]
    assert f"http://127.0.0.1:{port}/data" in done.stderr


def test_serve_passes_the_configured_options_itself() -> None:
    options = streamlit_options(8600, "127.0.0.1")
    assert "--server.port=8600" in options
    assert "--server.address=127.0.0.1" in options
    assert "--browser.gatherUsageStats=false" in options
    assert "--client.showErrorDetails=none" in options


def test_serve_works_from_any_folder(data: DataDir, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gandan", "serve", "--port", str(port)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        assert f"http://127.0.0.1:{port}" in process.stderr.readline()
        deadline = time.monotonic() + 60
        answer = b""
        while time.monotonic() < deadline and answer != b"ok":
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as response:
                    answer = response.read()
            except OSError:
                time.sleep(0.2)
        assert answer == b"ok"
    finally:
        process.terminate()
        process.wait(20)
        assert process.stderr
        process.stderr.close()


def test_every_sentence_is_there_in_both_languages_with_the_same_values() -> None:
    import string

    for key, entry in _texts().items():
        assert entry.keys() == {"vi", "en"}, key
        named = [{name for _, name, _, _ in string.Formatter().parse(entry[lang]) if name} for lang in ("vi", "en")]
        assert named[0] == named[1], key
