"""The store keeps its connections between calls, and notices a file that was put in place of its own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ui.access.store import FILE, IDLE, Store, copy, open_store
from warehouse.paths import DataDir

TABLE = ("CREATE TABLE word (said TEXT NOT NULL)",)


def said(store: Store) -> list[str]:
    with store.reading() as con:
        return [row["said"] for row in con.execute("SELECT said FROM word").fetchall()]


def say(store: Store, word: str) -> None:
    with store.writing() as con:
        con.execute("INSERT INTO word VALUES (?)", [word])


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every connection that is opened from here on."""
    found: list[str] = []
    connect = sqlite3.connect

    def counted(path: Path, **options: object) -> sqlite3.Connection:
        found.append(str(path))
        return connect(path, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", counted)
    return found


def test_a_dozen_questions_of_one_page_open_one_connection(data_dir: DataDir, opened: list[str]) -> None:
    for _ in range(12):
        store = open_store(data_dir)
        store.migrate("words", TABLE)
        said(store)
    assert len(opened) == 1


def test_what_one_call_writes_the_next_one_reads_whatever_connection_it_gets(data_dir: DataDir) -> None:
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    with store.reading() as earlier:
        say(store, "một")
        say(open_store(data_dir), "hai")
        assert said(store) == ["một", "hai"]
        assert earlier.execute("SELECT count(*) FROM word").fetchone()[0] == 2


def test_a_connection_to_read_with_cannot_write_and_is_fit_to_write_with_afterwards(data_dir: DataDir) -> None:
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    with pytest.raises(sqlite3.OperationalError), store.reading() as con:
        con.execute("INSERT INTO word VALUES ('không')")
    said(store)
    say(store, "có")
    assert said(store) == ["có"]


def test_a_failed_write_leaves_nothing_behind_for_the_next_call(data_dir: DataDir) -> None:
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    with pytest.raises(ZeroDivisionError), store.writing() as con:
        con.execute("INSERT INTO word VALUES ('dở dang')")
        raise ZeroDivisionError
    say(store, "trọn vẹn")
    assert said(store) == ["trọn vẹn"]


def test_a_restored_file_is_read_at_once_and_its_tables_are_brought_up_to_date(
    data_dir: DataDir, tmp_path: Path
) -> None:
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    say(store, "cũ")
    assert copy(data_dir, tmp_path / "kept")
    say(store, "mới")
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "kept").rename(tmp_path / FILE)
    assert said(open_store(data_dir)) == ["cũ"]
    (tmp_path / FILE).unlink()
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    assert said(store) == []


def test_a_copy_holds_what_was_written_last_while_others_read_and_is_for_the_owner_alone(
    data_dir: DataDir, tmp_path: Path
) -> None:
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    with store.reading() as con:
        con.execute("BEGIN")
        assert con.execute("SELECT count(*) FROM word").fetchone()[0] == 0  # keeps an older state open
        say(store, "mới")
        assert copy(data_dir, tmp_path / "kept")
    assert [path.name for path in tmp_path.glob("kept*")] == ["kept"]
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    assert said(Store(tmp_path / "kept")) == ["mới"]


def test_no_more_connections_stay_open_than_said(data_dir: DataDir) -> None:
    store = open_store(data_dir)
    store.migrate("words", TABLE)
    held = [store.reading() for _ in range(3 * IDLE)]
    for one in held:
        one.__enter__()
    for one in held:
        one.__exit__(None, None, None)
    assert len(store._idle) == IDLE
