"""Files of every kind are read as the table that their sender sees."""

from __future__ import annotations

import datetime
import io
import time
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from books_drawn import KINDS, book2003, changed, ods, ods_cell, ods_table, opened, packed, page, xlsx
from etl_drawn import table

from etl.extract import Unreadable
from etl.intake import load_files
from warehouse.paths import DataDir

ROWS: list[list[object]] = [
    ["case_code", "unit_code", "received_at", "due_at", "completed_at"],
    ["H44.12-261001-0001", "19432", "01/10/2026", "05/10/2026", "03/10/2026"],
    ["H44.12-261001-0002", "19432", "01/10/2026", "05/10/2026", "04/10/2026"],
]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_table_in_every_kind_of_file_is_loaded_alike(kind: str, data_dir: DataDir, tmp_path: Path) -> None:
    name, write = KINDS[kind]
    (tmp_path / name).write_bytes(write(ROWS))
    (receipt,) = load_files([tmp_path / name], data_dir)
    assert (receipt.n_read, receipt.n_accepted) == (2, 2)
    assert [r["case_code"] for r in table(data_dir, receipt)] == ["H44.12-261001-0001", "H44.12-261001-0002"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.csv", "a.ods", "a.html", "noname"])
def test_the_kind_is_told_by_the_content_not_by_the_name(kind: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(KINDS[kind][1](ROWS))
    (sheet,) = opened(tmp_path / name)
    assert sheet.preview == ROWS


# -- workbooks ---------------------------------------------------------------------------------------------------


def test_cells_of_an_xlsx_are_dates_serials_or_texts_as_they_were_written(tmp_path: Path) -> None:
    day, moment = datetime.date(2026, 10, 1), datetime.datetime(2026, 10, 1, 8, 30)
    (tmp_path / "a.xlsx").write_bytes(xlsx([[day, moment, 46300, 46300.5, "00123", "01/10/2026", True, None, " x "]]))
    (sheet,) = opened(tmp_path / "a.xlsx")
    assert sheet.rows == [
        ["2026-10-01", "2026-10-01 08:30:00", "46300", "46300.5E0", "00123", "01/10/2026", "true", "", " x "]
    ]


def test_cells_of_an_xls_are_dates_serials_or_texts_as_they_were_written(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("T10")
    dated, timed = xlwt.easyxf(num_format_str="dd/mm/yyyy"), xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm")
    sheet.write(0, 0, datetime.date(2026, 10, 1), dated)
    sheet.write(0, 1, datetime.datetime(2026, 10, 1, 8, 30), timed)
    for at, value in enumerate((46300, 46300.5, "00123", "Hòa Bình"), 2):
        sheet.write(0, at, value)
    book.save(str(tmp_path / "a.xls"))
    (read,) = opened(tmp_path / "a.xls")
    assert read.rows == [["2026-10-01", "2026-10-01 08:30:00", "46300", "46300.5E0", "00123", "Hòa Bình"]]


def test_cells_of_an_ods_are_dates_numbers_or_texts_as_they_were_written(tmp_path: Path) -> None:
    cells = (
        '<table:table-cell office:value-type="date" office:date-value="2026-10-01"><text:p>01/10/26</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="date" office:date-value="2026-10-01T08:30:00"/>'
        '<table:table-cell office:value-type="float" office:value="46300"><text:p>46.300</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="1.5"/>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="string"><text:p>hai<text:s text:c="2"/>dòng</text:p>'
        "<text:p>x<text:span>y</text:span></text:p>"
        "<office:annotation><text:p>lời bình</text:p></office:annotation></table:table-cell>"
        + ods_cell("00123", ' table:number-columns-repeated="2"')
        + '<table:table-cell table:number-columns-repeated="16000"/>'
    )
    blank = '<table:table-cell table:number-columns-repeated="1024"/>'
    rows = f'<table:table-row>{cells}</table:table-row><table:table-row table:number-rows-repeated="1048000">{blank}'
    rows += "</table:table-row>"
    (tmp_path / "a.ods").write_bytes(ods(f'<table:table table:name="T10">{rows}</table:table>'))
    (sheet,) = opened(tmp_path / "a.ods")
    assert sheet.rows == [
        ["2026-10-01", "2026-10-01 08:30:00", "46300", "1.5E0", "true", "hai  dòng\nxy", "00123", "00123"]
    ]


def test_rows_are_counted_as_the_sender_counts_them_with_blank_ones(tmp_path: Path) -> None:
    blank = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    rows = (
        f"<table:table-row>{ods_cell('a')}</table:table-row>{blank}<table:table-row>{ods_cell('b')}</table:table-row>"
    )
    (tmp_path / "a.ods").write_bytes(ods(f'<table:table table:name="T10">{rows}</table:table>'))
    (sheet,) = opened(tmp_path / "a.ods")
    assert [n for n, row in enumerate(sheet.rows, 1) if any(row)] == [1, 5]


def merged_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Báo cáo", None, None])
    book.active.append(["Mã", "Ngày", None])
    book.active.append([None, "nhận", "trả"])
    for cells in ("A1:C1", "A2:A3", "B2:C2"):
        book.active.merge_cells(cells)
    book.save(path)


def merged_xls(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("T10")
    sheet.write_merge(0, 0, 0, 2, "Báo cáo")
    sheet.write_merge(1, 2, 0, 0, "Mã")
    sheet.write_merge(1, 1, 1, 2, "Ngày")
    sheet.write(2, 1, "nhận")
    sheet.write(2, 2, "trả")
    book.save(str(path))


def merged_ods(path: Path) -> None:
    across, down, hidden = (
        ' table:number-columns-spanned="{}"',
        ' table:number-rows-spanned="2"',
        "<table:covered-table-cell/>",
    )
    rows = (
        f"<table:table-row>{ods_cell('Báo cáo', across.format(3))}{hidden * 2}</table:table-row>"
        f"<table:table-row>{ods_cell('Mã', down)}{ods_cell('Ngày', across.format(2))}{hidden}</table:table-row>"
        f"<table:table-row>{hidden}{ods_cell('nhận')}{ods_cell('trả')}</table:table-row>"
    )
    path.write_bytes(ods(f'<table:table table:name="T10">{rows}</table:table>'))


def merged_page(path: Path) -> None:
    path.write_text(
        "<table><tr><th colspan=3>Báo cáo</th></tr><tr><th rowspan='2'>Mã<th colspan=\"2\">Ngày</tr>"
        "<tr><th>nhận</th><th>trả</th></tr></table>",
        "utf-8",
    )


def merged_xml2003(path: Path) -> None:
    def cell(text: str, **extra: int) -> str:
        given = "".join(f' ss:{name}="{value}"' for name, value in extra.items())
        return f'<Cell{given}><Data ss:Type="String">{text}</Data></Cell>'

    rows = (
        f"<Row>{cell('Báo cáo', MergeAcross=2)}</Row>"
        f"<Row>{cell('Mã', MergeDown=1)}{cell('Ngày', MergeAcross=1)}</Row>"
        f"<Row>{cell('nhận', Index=2)}{cell('trả')}</Row>"
    )
    path.write_bytes(book2003(f'<Worksheet ss:Name="T10"><Table>{rows}</Table></Worksheet>'))


@pytest.mark.parametrize("draw", [merged_xlsx, merged_xls, merged_ods, merged_page, merged_xml2003])
def test_merged_cells_are_told_alike_in_every_kind(draw: object, tmp_path: Path) -> None:
    draw(tmp_path / "a.xls")  # type: ignore[operator]
    (sheet,) = opened(tmp_path / "a.xls")
    assert sorted(sheet.merged) == [(0, 0, 0, 2), (1, 0, 2, 0), (1, 1, 1, 2)]
    padded = [row + [""] * (3 - len(row)) for row in sheet.preview]
    assert padded == [["Báo cáo", "", ""], ["Mã", "Ngày", ""], ["", "nhận", "trả"]]


def test_hidden_sheets_are_read_and_named_hidden_and_charts_are_passed_over(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        for name in ("T9", "T10", "T11", "Trống"):
            sheet = book.add_worksheet(name)
            if name != "Trống":
                sheet.write(0, 0, name)
            if name == "T10":
                sheet.hide()
            if name == "T11":
                sheet.very_hidden()
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": "=T9!$A$1:$A$1"})
        book.add_chartsheet("Đồ thị").set_chart(chart)
    assert [(s.name, s.is_hidden) for s in opened(tmp_path / "a.xlsx")] == [("T9", False), ("T10", True), ("T11", True)]

    old = xlwt.Workbook()
    for name, visibility in (("T9", 0), ("T10", 1), ("T11", 2)):
        sheet = old.add_sheet(name)
        sheet.write(0, 0, name)
        sheet.visibility = visibility
    old.save(str(tmp_path / "a.xls"))
    assert [(s.name, s.is_hidden) for s in opened(tmp_path / "a.xls")] == [("T9", False), ("T10", True), ("T11", True)]

    hides = '<style:table-properties table:display="false"/>'
    styles = f'<style:style style:name="ta2" style:family="table">{hides}</style:style>'
    tables = ods_table([["a"]], "T9") + ods_table([["b"]], "T10", ' table:style-name="ta2"')
    (tmp_path / "a.ods").write_bytes(ods(tables, styles))
    assert [(s.name, s.is_hidden) for s in opened(tmp_path / "a.ods")] == [("T9", False), ("T10", True)]

    excel = "urn:schemas-microsoft-com:office:excel"
    options = f'<WorksheetOptions xmlns="{excel}"><Visible>SheetHidden</Visible></WorksheetOptions>'
    row = '<Table><Row><Cell><Data ss:Type="String">x</Data></Cell></Row></Table>'
    sheets = f'<Worksheet ss:Name="T9">{row}</Worksheet><Worksheet ss:Name="T10">{row}{options}</Worksheet>'
    (tmp_path / "a.xml").write_bytes(book2003(sheets))
    assert [(s.name, s.is_hidden) for s in opened(tmp_path / "a.xml")] == [("T9", False), ("T10", True)]


def test_a_hidden_sheet_is_named_in_the_receipt_and_not_loaded(data_dir: DataDir, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(ROWS)))
    hidden = book.copy_worksheet(book.active)
    hidden.title, hidden.sheet_state = "Cũ", "hidden"
    hidden["A2"], hidden["A3"] = "H44.12-261001-0003", "H44.12-261001-0004"
    book.save(tmp_path / "a.xlsx")
    (receipt,) = load_files([tmp_path / "a.xlsx"], data_dir)
    assert receipt.n_read == 2
    assert [(s.sheet, s.is_hidden) for s in receipt.sheets] == [("T10", False), ("Cũ", True)]


# -- errors and formulas -----------------------------------------------------------------------------------------


def test_errors_and_unsaved_formulas_of_an_xlsx_are_told_with_their_place(tmp_path: Path) -> None:
    content = changed(
        xlsx([["a", "b", "c"], [1, 2, 3], [4, 5, 6]]),
        "xl/worksheets/sheet1.xml",
        lambda part: (
            part.replace(b'<c r="B2" t="n"><v>2</v></c>', b'<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
            .replace(b'<c r="C2" t="n"><v>3</v></c>', b'<c r="C2"><f>SUM(A2:B2)</f></c>')
            .replace(b'<c r="A3" t="n"><v>4</v></c>', b'<c r="A3"><f>SUM(A2:B2)</f><v>4</v></c>')
            .replace(b'<c r="B3" t="n"><v>5</v></c>', b'<c r="B3" t="str"><f>IF(1,"","")</f><v></v></c>')
            .replace(b'<c r="C3" t="n"><v>6</v></c>', b'<c r="C3"><f t="shared" si="0"/><v/></c>')
        ),
    )
    (tmp_path / "a.xlsx").write_bytes(content)
    (sheet,) = opened(tmp_path / "a.xlsx")
    assert sheet.errors == {(1, 1), (1, 2), (2, 2)}
    assert sheet.rows[1:] == [["1", "", ""], ["4", "", ""]]


def test_errors_are_told_for_the_sheet_they_stand_in(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    other = book.create_sheet("T10", 0)
    other["B2"], other["A1"] = "#REF!", "y"
    other["B2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    assert {s.name: s.errors for s in opened(tmp_path / "a.xlsx")} == {"T10": {(1, 1)}, "Sheet": set()}


def test_errors_of_an_xls_an_ods_and_an_xml_spreadsheet_are_told(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("T9").write(0, 0, "x")
    sheet = book.add_sheet("T10")
    sheet.write(0, 0, "y")
    sheet.row(1).set_cell_error(2, 0x2A)
    book.save(str(tmp_path / "a.xls"))
    assert {s.name: s.errors for s in opened(tmp_path / "a.xls")} == {"T9": set(), "T10": {(1, 2)}}

    error = (
        '<table:table-cell table:formula="of:=[.Z1]/0" office:value-type="string" calcext:value-type="error">'
        "<text:p>#DIV/0!</text:p></table:table-cell>"
    )
    lines = [ods_cell("a") + error, error + ods_cell("#N/A")]
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    (tmp_path / "a.ods").write_bytes(ods(f'<table:table table:name="T10">{rows}</table:table>'))
    (read,) = opened(tmp_path / "a.ods")
    assert read.errors == {(0, 1), (1, 0)} and read.rows == [["a", ""], ["", "#N/A"]]

    cells = '<Cell><Data ss:Type="String">a</Data></Cell><Cell ss:Index="3"><Data ss:Type="Error">#N/A</Data></Cell>'
    (tmp_path / "a.xml").write_bytes(book2003(f'<Worksheet ss:Name="T"><Table><Row>{cells}</Row></Table></Worksheet>'))
    (read,) = opened(tmp_path / "a.xml")
    assert read.errors == {(0, 2)}


# -- pages -------------------------------------------------------------------------------------------------------


def test_several_tables_of_a_page_are_several_sheets_and_layout_tables_are_none(tmp_path: Path) -> None:
    inner = "<table><tr><td>Mã</td><td>Ngày</td></tr><tr><td>1</td><td>2</td></tr></table>"
    (tmp_path / "a.xls").write_text(
        f"<html><body><table><tr><td>Sở<br>Nội vụ</td></tr><tr><td>{inner}</td></tr></table>"
        "<table><tr><td>a</td><td>b</td></tr></table></body></html>",
        "utf-8",
    )
    assert [s.rows for s in opened(tmp_path / "a.xls")] == [[["Mã", "Ngày"], ["1", "2"]], [["a", "b"]]]


def test_text_of_a_page_is_read_without_its_markup(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        "<style>td{x}</style><table><tr><td>Xã&nbsp;<b>Hải\n Lăng</b> &amp; x &#7853;<td>hai<br/>dòng<tr><td>1<td>",
        "utf-8",
    )
    (sheet,) = opened(tmp_path / "a.html")
    assert sheet.preview == [["Xã Hải Lăng & x ậ", "hai dòng"], ["1", ""]]


def test_quotes_in_attributes_never_swallow_a_cell(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        """<table><tr><td title='5" > 3'>a</td><td title="x > y">b</td><td title=5">c</td><td title=5">d</td></tr>"""
        """<tr><td style='mso-number-format:"\\@"'>e<td title=O'Neil>f<td title=O'Neil>g<td title = 'x>y'>h</table>""",
        "utf-8",
    )
    (sheet,) = opened(tmp_path / "a.html")
    assert sheet.preview == [["a", "b", "c", "d"], ["e", "f", "g", "h"]]


def test_a_page_in_utf_16_and_one_in_an_old_encoding_are_read(tmp_path: Path) -> None:
    from etl.readers.legacy import to_tcvn3

    text = "<table><tr><td>Mã hồ sơ<td>Xã Hải Lăng<tr><td>1<td>Phường Đông Hà</table>"
    for content in (text.encode("utf-16"), to_tcvn3(text).encode("latin-1")):
        (tmp_path / "a.xls").write_bytes(content)
        (sheet,) = opened(tmp_path / "a.xls")
        assert sheet.preview == [["Mã hồ sơ", "Xã Hải Lăng"], ["1", "Phường Đông Hà"]]


def test_a_page_saved_with_its_parts_in_one_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xls").write_bytes(
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n'
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<table><tr><td>M=C3=A3<td>Ng=C3=A0y</table>\r\n--x--\r\n"
    )
    (sheet,) = opened(tmp_path / "a.xls")
    assert sheet.preview == [["Mã", "Ngày"]]


# -- text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_text_files_with_quoted_lines_and_delimiters_in_titles_are_cut_right(mark: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        mark
        + "Báo cáo tháng 10, năm 2026, tỉnh Quảng Trị\n".encode()
        + '"Mã\nhồ sơ";"Tên; ghi chú";Số\n1;"a;b";1,5\n2;"c""d";2,5\n'.encode()
    )
    (sheet,) = opened(tmp_path / "a.csv")
    assert sheet.delimiter == ";"
    assert sheet.preview[1:] == [["Mã hồ sơ", "Tên; ghi chú", "Số"], ["1", "a;b", "1,5"], ["2", 'c"d', "2,5"]]
    assert sheet.line_of == [1, 3, 4, 5]


def test_a_line_ends_at_a_line_end_and_at_nothing_else(tmp_path: Path) -> None:
    for text in ("Mã;Tên\n1;a\u2028b\x0bc\x85d\n2;e\n", "Mã;Tên\r1;a\u2028b\x0bc\x85d\r2;e\r"):
        (tmp_path / "a.csv").write_bytes(text.encode())
        (sheet,) = opened(tmp_path / "a.csv")
        assert [row[0] for row in sheet.preview] == ["Mã", "1", "2"] and sheet.line_of == [1, 2, 3]


def test_a_page_without_a_table_and_other_files_are_refused_by_what_they_are(tmp_path: Path) -> None:
    for name, content, code in (
        ("a.html", b"<html><body>x</body></html>", "no_table"),
        ("a.docx", packed({"[Content_Types].xml": "", "word/document.xml": "<x/>"}), "wrong_type"),
        ("a.xls", b"%PDF-1.7 x", "wrong_type"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0", "wrong_type"),
        ("a.xml", b"<?xml version='1.0'?><don><ma>1</ma></don>", "no_table"),
        ("a.ods", ods(""), "empty_file"),
        ("a.html", page([["một cột"], ["x"]]), "no_table"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Unreadable) as refused:
            opened(tmp_path / name)
        assert refused.value.code == code, name


def test_a_usual_workbook_is_read_in_little_time(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        sheet = book.add_worksheet()
        for n in range(1500):
            sheet.write_row(n, 0, [f"H44.12-261001-{n:04d}", "Xã Hải Lăng", n, 46300 + n % 30] + [f"ô {n % 7}"] * 11)
    opened(tmp_path / "a.xlsx")
    took = []
    for _ in range(5):
        began = time.perf_counter()
        (read,) = opened(tmp_path / "a.xlsx")
        took.append(time.perf_counter() - began)
    assert len(read.rows) == 1500
    assert min(took) < 0.5  # 0.06 s on a quiet machine
