"""What commands leave in the audit trail, and that a backup brings accounts back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from gandan.__main__ import main
from ui.access import accounts, audit, sessions
from ui.access.store import open_store
from warehouse.paths import DataDir

PASSWORD = "bốn con ngựa đá cửa"
ROWS = "case_code,unit_code,received_at\nH44.12-261001-0001,19432,2026-10-01\n"


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-22")
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "data"))
    return DataDir(tmp_path / "data")


def run(*arguments: str) -> int:
    return CliRunner().invoke(main, list(arguments)).exit_code


def test_loads_and_publishes_are_noted_with_who_and_how_they_ended(
    data_dir: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = accounts.prepare(open_store(data_dir))
    accounts.add(store, "quantri", "Quản trị", "administrator", PASSWORD)
    good, unknown = tmp_path / "Nguyễn Thị Thử 0912345678.csv", tmp_path / "b.csv"
    good.write_text(ROWS, "utf-8")
    unknown.write_text("x;y\n1;2\n", "utf-8")
    assert run("load", str(good)) == 0 and run("load", str(unknown)) == 4
    monkeypatch.setenv(audit.ACTING, "quantri")  # as a page starts it
    assert run("publish") == 0
    assert run("status") == 0  # changes nothing
    told = audit.entries(store)[1:]
    assert [(e.action, e.details["code"]) for e in told] == [("load", 0), ("load", 4), ("publish", 0)]
    assert told[-1].who == "quantri" and told[-1].details["snapshot"] == data_dir.pointer.read_text("utf-8").strip()
    assert told[0].who.startswith("@") and "0912345678" not in str(told)
    assert audit.verify(store) is None


def test_without_accounts_nothing_is_noted(data_dir: DataDir, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    assert run("load", str(tmp_path / "a.csv")) == 0
    assert not (data_dir.root / "access.sqlite").exists()


def test_a_backup_brings_accounts_and_the_trail_back(
    data_dir: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = accounts.prepare(open_store(data_dir))
    accounts.add(store, "quantri", "Quản trị", "administrator", PASSWORD)
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    assert run("load", str(tmp_path / "a.csv")) == 0 and run("backup", str(tmp_path / "all.tar")) == 0
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "other"))
    assert run("restore", str(tmp_path / "all.tar")) == 0
    again = accounts.prepare(open_store(DataDir(tmp_path / "other")))
    found = accounts.sign_in(again, "quantri", PASSWORD)
    assert found is not None and sessions.account_of(again, sessions.begin(again, found)) == found
    assert audit.verify(again) is None


def test_a_backup_made_while_somebody_reads_brings_back_what_was_written_last_and_nothing_of_another_store(
    data_dir: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = accounts.prepare(open_store(data_dir))
    with store.reading() as con:
        con.execute("BEGIN")
        con.execute("SELECT count(*) FROM account").fetchone()
        accounts.add(store, "quantri", "Quản trị", "administrator", PASSWORD)
        assert run("backup", str(tmp_path / "all.tar")) == 0
        accounts.add(store, "vesau", "Về sau", "viewer", PASSWORD)
        beside = Path(f"{data_dir.root / 'access.sqlite'}-wal")
        of_another = beside.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.tar", "data"]
    other = tmp_path / "other"
    other.mkdir()
    (other / beside.name).write_bytes(of_another)  # of a store that was taken away while it was in use
    monkeypatch.setenv("GANDAN_DATA_DIR", str(other))
    assert run("restore", str(tmp_path / "all.tar")) == 0
    assert [one.login for one in accounts.all_accounts(accounts.prepare(open_store(DataDir(other))))] == ["quantri"]


def test_a_restore_never_writes_over_accounts(
    data_dir: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("backup", str(tmp_path / "all.tar")) == 0
    monkeypatch.setenv("GANDAN_DATA_DIR", str(tmp_path / "other"))
    store = accounts.prepare(open_store(DataDir(tmp_path / "other")))
    accounts.add(store, "quantri", "Quản trị", "administrator", PASSWORD)
    assert run("restore", str(tmp_path / "all.tar")) == 2
    assert accounts.are_there(store)
