"""Nobody's name, number, mail or home gets in (product.md §6): from messy files to every table, file, word and page."""

from __future__ import annotations

import shutil
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import secrets_drawn as drawn
import streamlit as st
from click.testing import CliRunner
from secrets_search import database_texts, file_texts, found_in, page_texts, squeezed, store_texts
from streamlit.testing.v1 import AppTest

from gandan.__main__ import main
from gandan.exit_codes import Exit
from metrics import catalogue
from ui import guard
from warehouse.paths import REPOSITORY, DataDir
from warehouse.snapshots import current, point_to

PAGES = ("overview", "timeliness", "complaints", "survey", "data", "friendly", "indices", "dictionary", "to_act",
         "this_period", "opinions", "explorer", "plan", "guide")  # fmt: skip
FEW = {"to_act": 10, "opinions": 5, "guide": 5}
"""Pages of few words: so many texts at least."""
SHOWS = {"data": {"dataframe"}} | {name: {"plotly_chart", "dataframe"} for name in PAGES[:3]}
"""Elements of a page that the search must have read."""
PARTS = {
    "timeliness": ("timeliness_part", ("rules", "units", "pending", "mix")),
    "complaints": ("letters_part", ("changes", "complaints", "feedback", "denunciations", "terms")),
    "friendly": ("friendly_part", ("reception", "dialogue", "mobilisation", "queue")),
    "data": ("section", ("publish", "slips", "rejects", "history", "coverage", "closed")),
}
"""The control that chooses a page's part, and the parts beside the first; a new part must be added here."""
LAO_BAO = "19432"
LISTED = ("received", "settled_late", "pending", "received_for_others", "complaints_received", "petitions_received",
          "feedback_received", "complaint_backlog")  # fmt: skip
LOADED = (Exit.DONE, Exit.NEEDS_ANSWER)
"""Files that nobody can read lie among them."""
TODAY = "2026-11-22"


@dataclass
class World:
    """A data folder after the whole way, and all that was said on it."""

    data_dir: DataDir
    said: list[tuple[str, str]] = field(default_factory=list)
    inbox_mode: int = 0
    n_in_inbox: int = 0

    def run(self, *arguments: str, expected: tuple[Exit, ...] = (Exit.DONE,)) -> str:
        done = CliRunner().invoke(main, list(arguments))
        assert done.exit_code in expected, (arguments, done.output, done.exception)
        self.said += [(" ".join(arguments[:3]), line) for line in done.output.splitlines()]
        return done.stdout


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything loaded, published, asked, listed, explained and reported through the command line."""
    root = tmp_path_factory.mktemp("secrecy")
    incoming = drawn.write_all(root / "incoming")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANDAN_DATA_DIR", str(root / "data"))
        patch.setenv("GANDAN_TODAY", TODAY)
        made = World(DataDir(root / "data"))
        made.run("load", str(incoming), expected=LOADED)
        made.inbox_mode = stat.S_IMODE(made.data_dir.inbox.stat().st_mode)
        made.n_in_inbox = len(list(made.data_dir.inbox.iterdir()))
        made.run("load", str(incoming), "--format", "json", expected=LOADED)
        made.run("load", str(incoming), "--lang", "en", expected=LOADED)
        for path in sorted(incoming.iterdir()):
            made.run("load", str(path), "--layout", "letters-register",
                     expected=(Exit.DONE, Exit.NEEDS_ANSWER, Exit.NOTHING_ACCEPTED))  # fmt: skip
        made.run("publish")
        for form in ("table", "csv", "json"):
            made.run("rejects", "--format", form)
        made.run("rejects", "--format", "xlsx", "-o", str(made.data_dir.root / "rejects.xlsx"))
        made.run("status")
        made.run("status", "--format", "json")
        _ask_all(made)
        yield made


def _ask_all(made: World) -> None:
    names = list(catalogue.metrics())
    for level, unit in (("province", "44"), ("commune", LAO_BAO)):
        asked = ("--level", level, "--unit", unit, "--from", "2026-Q3", "--to", "2026-Q4")
        made.run("ask", *names, *asked, "--format", "csv")
        for name in LISTED if level == "province" else ():
            assert len(made.run("cases", name, *asked, "--format", "csv").splitlines()) > 1
    for name in names:
        made.run("explain", name)
    for by in ("field", "channel", "procedure"):
        made.run("ask", "received", "--level", "commune", "--period", "2026-10", "--by", by, "--format", "json")
    for by in ("field", "unit"):
        for lang in ("vi", "en"):
            out = str(made.data_dir.root / f"ii06a-{by}-{lang}.xlsx")
            made.run("report", "ii06a", "--unit", "44", "--level", "province", "--period", "2026-10", "--by", by,
                     "--lang", lang, "-o", out)  # fmt: skip


Open = Callable[..., AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> tuple[Open, list[tuple[str, Any]]]:
    """Return a function that opens a page, and the list into which the files that it offers are put."""
    offered: list[tuple[str, Any]] = []
    button = st.download_button

    def kept(label: str, data: Any, *rest: Any, **named: Any) -> Any:
        offered.append((str(named.get("file_name", label)), data))
        return button(label, data, *rest, **named)

    monkeypatch.setattr(st, "download_button", kept)
    monkeypatch.setenv("GANDAN_TODAY", TODAY)
    monkeypatch.chdir(REPOSITORY)

    def _open(root: Path, name: str, **url: str) -> AppTest:
        monkeypatch.setenv("GANDAN_DATA_DIR", str(root))
        page = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
        for key, value in url.items():
            page.query_params[key] = value
        page.run()
        return page.switch_page(f"pages/{name}.py").run()

    return _open, offered


def _bytes(data: Any) -> bytes:
    content = data() if callable(data) else data
    return (
        content.encode()
        if isinstance(content, str)
        else content.getvalue()
        if hasattr(content, "getvalue")
        else content
    )


# -- the proof ----------------------------------------------------------------------------------------------------


def test_no_planted_person_is_in_any_table_file_log_or_word_of_a_command(world: World) -> None:
    texts = [*store_texts(world.data_dir.root), *world.said]
    kinds = {where.split(":")[0].rsplit(".", 1)[-1] for where, _ in texts}
    assert {"duckdb", "parquet", "json", "log", "xlsx"} <= kinds
    assert len(texts) > 5000
    assert found_in(texts, drawn.PLANTED) == []


def test_the_good_rows_are_there_and_every_row_is_accepted_or_rejected(world: World) -> None:
    ref = current(world.data_dir)
    assert ref is not None
    with ref.open() as con:

        def one(sql: str) -> Any:
            return con.execute(sql).fetchall()[0][0]

        assert one("SELECT count(*) FROM fct_case WHERE case_code LIKE 'H44.12-26%-00__'") == 2 * drawn.GOOD_CASES
        letters = "letter_code SIMILAR TO 'D00[0-9]{2}/2026'"
        assert one(f"SELECT count(*) FROM fct_complaint WHERE {letters}") == drawn.GOOD_LETTERS
        assert one(f"SELECT count(DISTINCT kind) FROM fct_complaint WHERE {letters}") == 4
        assert (
            one("SELECT count(DISTINCT respondent_id) FROM fct_survey_answer WHERE survey_id = 'KS2'")
            == drawn.RESPONDENTS
        )
        for table in ("reception", "engagement", "queue_ticket", "settlement_summary", "official_score", "case_step"):
            assert one(f"SELECT count(*) FROM fct_{table}") > 0, table
        assert one("SELECT count(*) FROM load WHERE n_read <> n_accepted + n_rejected") == 0
        assert one("SELECT sum(n_rejected) FROM load") == one("SELECT count(*) FROM reject") > 50
        assert one("SELECT count(*) FROM fct_case WHERE field_name = 'Hộ tịch'") > 100
        # Codes hold the person nowhere, so they were replaced; what was shown of rejected values keeps only a shape.
        assert one("SELECT count(*) FROM reject WHERE value_shape LIKE '0####%'") > 0
        dropped = con.execute("SELECT reason, count(*) FROM dropped_column GROUP BY reason").fetchall()
        assert dict(dropped)["personal_header"] >= 2 and dict(dropped)["personal_values"] >= 2


def test_the_inbox_was_closed_to_others_and_is_empty_after_publish(world: World) -> None:
    assert (world.inbox_mode, world.n_in_inbox) == (0o700, 5 + len(drawn.SMALL))
    assert list(world.data_dir.inbox.iterdir()) == []
    assert not world.data_dir.work.exists() or list(world.data_dir.work.iterdir()) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_no_planted_person_is_in_any_element_or_file_of_a_page(
    world: World, open_page: tuple[Open, list[tuple[str, Any]]], name: str, lang: str
) -> None:
    opener, offered = open_page
    period = "2026-Q3" if name == "complaints" else "2026-10"
    page = opener(world.data_dir.root, name, lang=lang, period=period)
    texts = list(page_texts(page))
    assert not page.exception and not page.error
    control, parts = PARTS.get(name, ("", ()))
    if parts:
        assert len(page.segmented_control(key=control).options) == 1 + len(parts)
    for part in parts:
        page.segmented_control(key=control).set_value(part).run()
        assert not page.exception and not page.error, part
        texts += page_texts(page)
    if name == "data":
        assert any("0####" in text for _, text in texts)  # shapes of rejected values, so their cells were read
    for key in [b.key for b in page.button if str(b.key).startswith("cases_")]:
        page.button(key=key).click().run()
        assert not page.exception and not page.error
        texts += page_texts(page)
        page = opener(world.data_dir.root, name, lang=lang, period=period)
    for file_name, data in offered:
        texts += [(file_name, file_name), *file_texts(file_name, _bytes(data))]
    assert len(texts) > FEW.get(name, 100)
    assert {where for where, _ in texts} >= SHOWS.get(name, set())
    assert found_in(texts, drawn.PLANTED) == []


# -- the search is worth something --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "planted"),
    [
        ("nguyen thi thu nghiem", drawn.NAME), (unicodedata.normalize("NFD", drawn.NAME).upper(), drawn.NAME),
        ("tel. +84 912–345.678!", drawn.PHONE), ("{'x': '001 099 012 345'}", drawn.IDS[0]),
        ("THU.NGHIEM @ thu.example.org", drawn.MAILS[1]), ("SO 12  DUONG HU CAU", drawn.HOMES[0]),
    ],
)  # fmt: skip
def test_the_search_sees_a_value_however_it_is_written(written: str, planted: str) -> None:
    assert found_in([("x", written)], drawn.PLANTED) == [("x", planted)]


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("fct_case", "procedure_name", f"Khai sinh cho {drawn.NAME}"),
        ("reject", "value_shape", "0387 654 321"),
        ("dropped_column", "header", unicodedata.normalize("NFD", drawn.SHORT.lower())),
        ("fct_survey_answer", "respondent_id", drawn.IDS[2]),
        ("load", "file_name", f"{drawn.MAILS[0]}.csv"),
    ],
)
def test_the_search_turns_red_when_one_value_is_planted_at_full_size(
    world: World, tmp_path: Path, table: str, column: str, value: str
) -> None:
    ref = current(world.data_dir)
    assert ref is not None
    copy = tmp_path / ref.path.name
    shutil.copyfile(ref.path, copy)
    with duckdb.connect(str(copy)) as con:
        con.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = (SELECT min(rowid) FROM {table})", [value])
    assert {where for where, _ in found_in(database_texts(copy), drawn.PLANTED)} == {f"{table}.{column}"}


def test_the_search_turns_red_on_a_page_that_shows_a_planted_value(
    world: World, tmp_path: Path, open_page: tuple[Open, list[tuple[str, Any]]]
) -> None:
    opener, offered = open_page
    root = tmp_path / "data"
    shutil.copytree(world.data_dir.root, root)
    ref = current(DataDir(root))
    assert ref is not None
    # Another name: a page keeps what it read under the name of a snapshot.
    name = f"{ref.name[:-6]}abcdef"
    planted = ref.path.rename(ref.path.with_name(f"{name}.duckdb"))
    planted.chmod(0o600)
    with duckdb.connect(str(planted)) as con:
        con.execute("UPDATE reject SET file_name = ?", [f"{drawn.PHONE}.csv"])
        con.execute("UPDATE snapshot_info SET value = ? WHERE key = 'snapshot'", [name])
    planted.chmod(0o444)
    point_to(DataDir(root), name)
    page = opener(root, "data", period="2026-10")
    page.segmented_control(key="section").set_value("rejects").run()
    assert found_in(page_texts(page), drawn.PLANTED)
    files = [text for name, data in offered for text in file_texts(name, _bytes(data))]
    assert found_in(files, drawn.PLANTED)


def test_planted_people_do_not_stand_in_the_repositorys_own_words() -> None:
    words = [squeezed(p.read_text("utf-8")) for p in (REPOSITORY / "etl").rglob("*.toml")]
    assert not [v for v in (*drawn.NAMES, *drawn.IDS) if any(squeezed(v) in w for w in words)]


def test_no_page_is_left_out_of_the_search() -> None:
    assert set(PAGES) == set(guard.PAGES["province"])
