"""Hostile and oversized files are refused with a sentence, in bounded time and memory, and cost nobody else."""

from __future__ import annotations

import io
import os
import re
import struct
import time
import tomllib
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from books_drawn import changed, ods, ods_table, opened, packed, page, text, xls, xlsx, xml2003

from etl import messages
from etl.extract import Unreadable, expand, open_sheets, store
from etl.intake import load_files
from etl.readers import process
from etl.readers.limits import limits
from etl.receipt import Question
from warehouse.paths import DataDir

ROWS: list[list[object]] = [["case_code", "unit_code", "received_at"], ["H44.12-261001-0001", "19432", "01/10/2026"]]
READERS = Path(__file__).parents[2] / "etl" / "readers"


def refusal(path: Path) -> str:
    """Return the code with which a file is refused; its words name the file and say more."""
    began = time.monotonic()
    with pytest.raises(Unreadable) as refused:
        opened(path)
    assert time.monotonic() - began < 30
    for lang in messages.LANGUAGES:
        said = messages.question(Question(refused.value.code, "", refused.value.values), path.name, lang)
        assert path.name in said and said != refused.value.code and "{" not in said
    return refused.value.code


def drawn(tmp_path: Path, name: str, content: bytes) -> Path:
    (tmp_path / name).write_bytes(content)
    return tmp_path / name


def sheet_xml(cells: str) -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    ).encode()


def with_sheet(cells: str) -> bytes:
    return changed(xlsx(ROWS), "xl/worksheets/sheet1.xml", lambda _: sheet_xml(cells))


def test_every_code_of_a_reader_has_words_in_both_languages() -> None:
    codes = {c for f in READERS.glob("*.py") for c in re.findall(r'Unreadable\(\s*"(\w+)"', f.read_text("utf-8"))}
    assert len(codes) > 15
    for lang in messages.LANGUAGES:
        assert codes <= set(messages.table(lang)["question"])


# -- workbooks ---------------------------------------------------------------------------------------------------


def test_a_bomb_of_zeroes_is_refused_by_its_listed_sizes_alone(tmp_path: Path) -> None:
    zeroes = sheet_xml("<!--" + " " * 60_000_000 + "-->")
    content = changed(xlsx(ROWS), "xl/worksheets/sheet1.xml", lambda _: zeroes)
    assert len(content) < 200_000
    assert refusal(drawn(tmp_path, "a.xlsx", content)) == "zip_bomb"


def test_a_part_that_unpacks_to_more_than_it_says_is_damaged(tmp_path: Path) -> None:
    content = with_sheet("<row r='1'><c r='A1' t='inlineStr'><is><t>x</t></is></c></row>" * 2000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = content.replace(struct.pack("<I", size), struct.pack("<I", 300))
    assert lying != content
    assert refusal(drawn(tmp_path, "a.xlsx", lying)) == "broken_workbook"


def test_a_million_columns_are_refused_in_every_kind(tmp_path: Path) -> None:
    wide = "".join('<c t="inlineStr"><is><t>x</t></is></c>' for _ in range(1_000_000))
    files = {
        "far.xlsx": with_sheet('<row r="1"><c r="BDWGM1"><v>1</v></c></row>'),
        "side.xlsx": with_sheet(f'<row r="1">{wide}</row>'),
        "a.csv": b";".join([b"x"] * 1_000_000) + b"\n1;2\n",
        "a.ods": ods(
            '<table:table table:name="T"><table:table-row><table:table-cell office:value-type="string" '
            'table:number-columns-repeated="1000000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
        ),
        "a.html": b"<table><tr><td colspan=1000000>x</td><td>y</td></tr></table>",
        "many.html": b"<table><tr>" + b"<td>x" * 1_000_000 + b"</table>",
        "a.xml": xml2003([["x"]]).replace(b"<Cell>", b'<Cell ss:Index="1000000">'),
    }
    found = {name: refusal(drawn(tmp_path, name, content)) for name, content in files.items()}
    assert found == dict.fromkeys(files, "too_many_columns")


def test_a_table_of_too_many_cells_is_refused_before_it_is_held(tmp_path: Path) -> None:
    corner = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="ALM1048576"><v>1</v></c></row>'
    assert refusal(drawn(tmp_path, "a.xlsx", with_sheet(corner))) == "too_many_cells"
    cells = "<table:table-cell office:value-type='string'><text:p>x</text:p></table:table-cell>" * 20
    row = f'<table:table-row table:number-rows-repeated="1000000">{cells}</table:table-row>'
    path = drawn(tmp_path, "a.ods", ods(f'<table:table table:name="T">{row}</table:table>'))
    assert refusal(path) == "too_many_cells"
    tall = b"<table><tr><td rowspan=999999>x<td>y</tr>" + b"<tr><td>x" * 10 + b"</table>"
    assert len(opened(drawn(tmp_path, "a.html", tall))[0].rows) == 11


def test_formats_that_reach_to_the_end_of_the_sheet_are_no_columns(tmp_path: Path) -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'  # noqa: E501
    (sheet,) = opened(drawn(tmp_path, "a.xlsx", with_sheet(cells)))
    assert sheet.rows == [["x"]]


def test_a_wrong_dimension_changes_nothing(tmp_path: Path) -> None:
    for said in (b'ref="A1"', b'ref="A1:XFD1048576"'):
        content = changed(xlsx(ROWS), "xl/worksheets/sheet1.xml", lambda x, s=said: re.sub(rb'ref="[^"]*"', s, x))
        (sheet,) = opened(drawn(tmp_path, "a.xlsx", content))
        assert sheet.rows == ROWS
    odd = changed(xlsx(ROWS), "xl/worksheets/sheet1.xml", lambda x: re.sub(rb'ref="[^"]*"', b'ref="?"', x))
    assert refusal(drawn(tmp_path, "a.xlsx", odd)) == "broken_workbook"


def test_one_long_text_in_a_million_cells_is_stopped_by_memory_and_the_next_file_is_read(tmp_path: Path) -> None:
    shared = b'<?xml version="1.0"?><sst><si><t>' + os.urandom(1_500_000).hex().encode() + b"</t></si></sst>"
    cells = "".join(f'<row r="{n}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>" for n in range(1, 300))
    content = changed(with_sheet(cells), "[Content_Types].xml", lambda x: x + b" ")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts: dict[str, str | bytes] = {n: archive.read(n) for n in archive.namelist()}
    path = drawn(tmp_path, "a.xlsx", packed({**parts, "xl/sharedStrings.xml": shared}))
    assert refusal(path) in ("reader_stopped", "broken_workbook")
    (sheet,) = opened(drawn(tmp_path, "b.xlsx", xlsx(ROWS)))
    assert sheet.rows == ROWS


def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "limits", lambda group: {**limits(group), "seconds": 0})
    assert refusal(drawn(tmp_path, "a.xlsx", xlsx(ROWS))) == "reader_late"
    monkeypatch.undo()
    assert opened(tmp_path / "a.xlsx")[0].rows == ROWS


def test_workbooks_with_macros_passwords_or_in_binary_are_refused(tmp_path: Path) -> None:
    parts = {"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}
    with_macro = xls(ROWS) + "_VBA_PROJECT".encode("utf-16-le")
    package = "EncryptedPackage".encode("utf-16-le")
    # The record of the author's name becomes that of a password.
    locked_xls = xls(ROWS).replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)
    assert refusal(drawn(tmp_path, "a.xlsm", packed({**parts, "xl/vbaProject.bin": b"\0"}))) == "macros"
    assert refusal(drawn(tmp_path, "a.xlsx", packed({**parts, "xl/macrosheets/sheet1.xml": "<x/>"}))) == "macros"
    assert refusal(drawn(tmp_path, "a.xls", with_macro)) == "macros"
    assert refusal(drawn(tmp_path, "b.xlsx", xls(ROWS) + package)) == "encrypted"
    assert refusal(drawn(tmp_path, "b.xls", locked_xls)) == "encrypted"
    assert refusal(drawn(tmp_path, "a.xlsb", packed({**parts, "xl/workbook.bin": b"\0"}))) == "binary_workbook"
    locked = ods(ods_table(ROWS), manifest="<manifest><encryption-data/></manifest>")
    assert refusal(drawn(tmp_path, "a.ods", locked)) == "encrypted"


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'


def test_entities_and_document_types_are_refused_in_every_xml(tmp_path: Path) -> None:
    def declared(part: bytes) -> bytes:
        head, sign, rest = part.partition(b"?>")
        return head + sign + ENTITIES.encode() + rest if sign else ENTITIES.encode() + part

    for part in ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"):
        assert refusal(drawn(tmp_path, "a.xlsx", changed(xlsx(ROWS), part, declared))) == "xml_entities"
    late = changed(xlsx(ROWS), "xl/workbook.xml", lambda part: b"<!--" + b" " * 70_000 + b"-->" + declared(part))
    assert refusal(drawn(tmp_path, "a.xlsx", late)) == "xml_entities"
    assert refusal(drawn(tmp_path, "a.ods", changed(ods(ods_table(ROWS)), "content.xml", declared))) == "xml_entities"
    assert refusal(drawn(tmp_path, "a.xml", declared(xml2003(ROWS)))) == "xml_entities"
    assert refusal(drawn(tmp_path, "a.html", ENTITIES.encode() + page(ROWS))) == "xml_entities"
    assert opened(drawn(tmp_path, "b.html", b"<!DOCTYPE html>" + page(ROWS)))[0].rows == ROWS


def test_nothing_that_a_workbook_links_to_is_fetched_and_nothing_it_says_is_run(tmp_path: Path) -> None:
    link = '<row r="1"><c r="A1"><f>HYPERLINK("http://127.0.0.1:9/x")</f><v>1</v></c><c r="B1" t="str"><f>cmd|\'/c calc\'!A0</f><v>=1+1</v></c></row>'  # noqa: E501
    (sheet,) = opened(drawn(tmp_path, "a.xlsx", with_sheet(link)))
    assert sheet.rows == [["1", "=1+1"]]


def test_truncated_files_of_every_kind_are_refused_or_read_never_more(tmp_path: Path) -> None:
    for name, content in (("a.xlsx", xlsx(ROWS)), ("a.xls", xls(ROWS)), ("a.ods", ods(ods_table(ROWS)))):
        for part in (10, 100, len(content) // 2, len(content) - 30):
            assert refusal(drawn(tmp_path, name, content[:part])) in ("broken_workbook", "encrypted", "unreadable_file")


def test_too_many_sheets_and_too_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = "".join(ods_table([["a", "b"]], f"T{n}") for n in range(limits("workbook")["sheets"] + 1))
    assert refusal(drawn(tmp_path, "a.ods", ods(tables))) == "too_many_sheets"
    tables_of_a_page = page([["a", "b"]]) * (limits("workbook")["sheets"] + 1)
    assert refusal(drawn(tmp_path, "a.html", tables_of_a_page)) == "too_many_sheets"
    from etl.readers import limits as module

    small = {"bytes": 10}
    monkeypatch.setattr(module, "limits", lambda group: small)
    assert refusal(drawn(tmp_path, "a.csv", text(ROWS))) == "too_big"


def test_a_text_of_one_endless_cell_is_refused(tmp_path: Path) -> None:
    assert refusal(drawn(tmp_path, "a.csv", b"x" * 1_000_000)) == "broken_text"
    assert refusal(drawn(tmp_path, "b.csv", b'"' + b"x\n" * 200_000)) == "broken_text"


def test_each_limit_is_asked_for_somewhere() -> None:
    given = tomllib.loads((READERS / "limits.toml").read_text("utf-8"))
    code = "".join(f.read_text("utf-8") for f in READERS.glob("*.py"))
    assert [name for group in given.values() for name in group if f'"{name}"' not in code] == []


def test_a_page_of_nested_and_open_elements_is_read_in_little_time(tmp_path: Path) -> None:
    deep = b"<table><tr><td>a<td>b" * 150 + b"<b>" * 200_000
    odd = b"<table><tr><td>a<td>b" + b"<" * 200_000 + b"&" * 200_000 + b"<!--" * 50_000
    for content in (deep, odd):
        began = time.monotonic()
        try:
            opened(drawn(tmp_path, "a.html", content))
        except Unreadable as error:
            assert error.code in ("no_table", "too_many_cells")
        assert time.monotonic() - began < 20


# -- zips --------------------------------------------------------------------------------------------------------


def expanded(tmp_path: Path, content: bytes, name: str = "thang 10.zip") -> dict[str, str]:
    """Return what became of each member: its refusal, else "read"."""
    stored = store(drawn(tmp_path, name, content), tmp_path / "inbox")
    found = {}
    for one in expand(stored, tmp_path / "aside"):
        try:
            open_sheets(one, tmp_path / "aside")
            found[one.name.removeprefix(f"{name}/")] = "read"
        except Unreadable as error:
            found[one.name.removeprefix(f"{name}/")] = error.code
    return found


def test_each_file_of_a_zip_is_a_file_of_its_own_and_furniture_is_passed_over(tmp_path: Path) -> None:
    content = packed(
        {"xã/Hải Lăng.xlsx": xlsx(ROWS), "b.csv": text(ROWS), "__MACOSX/._b.csv": b"x", "~$b.xlsx": b"x", "xã/": b""}
    )
    stored = store(drawn(tmp_path, "a.zip", content), tmp_path / "inbox")
    members = expand(stored, tmp_path / "aside")
    assert [one.name for one in members] == ["a.zip/Hải Lăng.xlsx", "a.zip/b.csv"]
    assert [one.path.read_bytes() for one in members][1] == text(ROWS)
    assert all(one.path == tmp_path / "inbox" / one.sha256 for one in members)
    assert {p.stat().st_mode & 0o077 for p in (tmp_path / "inbox").iterdir()} <= {0, 0o044}
    assert list((tmp_path / "aside").iterdir()) == []


def test_what_may_not_be_unpacked_is_refused_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("tot.csv", text(ROWS))
        archive.writestr("../../ra_ngoai.csv", text(ROWS))
        archive.writestr("/etc/tuyet_doi.csv", text(ROWS))
        archive.writestr("..\\cua_so.csv", text(ROWS))
        archive.writestr("C:/o_dia.csv", text(ROWS))
        archive.writestr("trong.zip", packed({"a.csv": text(ROWS)}))
        archive.writestr("gia_dang.csv", packed({"a.csv": text(ROWS)}))
        link = zipfile.ZipInfo("lien_ket.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("anh.png", b"\x89PNG\r\n\x1a\n")
    assert expanded(tmp_path, out.getvalue()) == {
        "tot.csv": "read",
        "ra_ngoai.csv": "unsafe_path",
        "tuyet_doi.csv": "unsafe_path",
        "..\\cua_so.csv": "unsafe_path",
        "o_dia.csv": "unsafe_path",
        "trong.zip": "nested_archive",
        "gia_dang.csv": "nested_archive",
        "lien_ket.csv": "unsafe_path",
        "anh.png": "wrong_type",
    }
    left = {p.name for p in tmp_path.rglob("*") if p.is_file()}
    assert not any("ra_ngoai" in name or "tuyet" in name or "passwd" in name for name in left)


def test_locked_and_damaged_members_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    content = bytearray(packed({"a.csv": text(ROWS), "b.csv": text(ROWS) * 50, "c.csv": text(ROWS)}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        listed = {one.filename: one.header_offset for one in archive.infolist()}
    at = listed["b.csv"] + 30 + 5 + 4
    content[at : at + 6] = b"\xff" * 6
    central = content.rfind(b"PK\x01\x02")  # the last entry: c.csv
    content[central + 8] |= 1
    assert expanded(tmp_path, bytes(content)) == {"a.csv": "read", "b.csv": "broken_member", "c.csv": "encrypted"}


def test_bombs_crowds_and_wrecks_of_zips_are_refused_as_a_whole(tmp_path: Path) -> None:
    files = {
        "bomb": packed({"a.csv": b"0" * 60_000_000}),
        "crowd": packed({f"{n}.csv": b"x" for n in range(limits("archive")["members"] + 1)}),
        "wreck": b"PK\x03\x04" + b"\0" * 100,
    }
    found = {}
    for name, content in files.items():
        stored = store(drawn(tmp_path, f"{name}.zip", content), tmp_path / "inbox")
        with pytest.raises(Unreadable) as refused:
            [open_sheets(one, tmp_path) for one in expand(stored, tmp_path / "aside")]
        found[name] = refused.value.code
    assert found == {"bomb": "zip_bomb", "crowd": "too_many_members", "wreck": "broken_archive"}


def test_a_list_of_a_hundred_thousand_parts_is_refused_before_it_is_held(tmp_path: Path) -> None:
    crowd = packed({f"{n}": b"" for n in range(100_000)}, zipfile.ZIP_STORED)
    for name in ("a.zip", "a.xlsx"):
        path = drawn(tmp_path, name, crowd)
        tracemalloc.start()
        assert refusal(path) == "too_many_members"
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000


def test_a_file_that_is_no_zip_expands_to_itself(tmp_path: Path) -> None:
    for name, content in (("a.csv", text(ROWS)), ("a.xlsx", xlsx(ROWS)), ("b.csv", b"")):
        stored = store(drawn(tmp_path, name, content), tmp_path / "inbox")
        assert expand(stored, tmp_path / "aside") == [stored]


@pytest.fixture
def mixed_zip(tmp_path: Path) -> Iterator[Path]:
    other = [[*ROWS[0]], ["H44.12-261001-0002", "19432", "02/10/2026"]]
    parts = {"tot.xlsx": xlsx(ROWS), "hong.xlsx": b"PK\x03\x04 hong", "tot.csv": text(other), "../x.csv": text(other)}
    yield drawn(tmp_path, "thang 10.zip", packed(dict(parts)))


def test_a_zip_is_loaded_file_by_file_and_a_bad_one_holds_up_nobody(data_dir: DataDir, mixed_zip: Path) -> None:
    receipts = load_files([mixed_zip], data_dir)
    assert [(r.file_name.rpartition("/")[2], r.n_accepted, [q.code for q in r.questions]) for r in receipts] == [
        ("tot.xlsx", 1, []),
        ("hong.xlsx", 0, ["broken_workbook"]),
        ("tot.csv", 1, []),
        ("x.csv", 0, ["unsafe_path"]),
    ]


def test_one_hostile_file_costs_nothing_to_the_others(data_dir: DataDir, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(5):
        rows = [ROWS[0], [f"H44.12-261001-000{n}", "19432", "01/10/2026"]]
        (tmp_path / "in" / f"{n}.xlsx").write_bytes(xlsx(rows))
    (tmp_path / "in" / "2b.xlsx").write_bytes(with_sheet('<row r="1"><c r="BDWGM1"><v>1</v></c></row>'))
    receipts = load_files([tmp_path / "in"], data_dir)
    assert [r.n_accepted for r in receipts] == [1, 1, 1, 0, 1, 1]
    assert receipts[3].questions[0].code == "too_many_columns"
