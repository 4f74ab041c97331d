"""Nothing personal gets in: planted names and numbers are looked for in everything a load leaves behind, decoded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from click.testing import CliRunner
from etl_drawn import table

from etl.findings import shown
from etl.headers import shown as header_shown
from etl.personal import column_reason, has_personal_pattern, is_person_name, looks_personal, safe_file_name
from etl.receipt import Receipt
from etl.text import fold
from gandan.commands.load import load, rejects
from gandan.exit_codes import Exit
from warehouse import log
from warehouse.paths import DataDir

# Invented; each stands in several kinds of places.
PLANTED = [
    "Nguyễn Thị Thử Nghiệm", "TRẦN VĂN GIẢ ĐỊNH", "Lê Thị Hư Cấu", "Phạm Ngọc Không Thật",
    "0912345678", "+84987654321", "0387 654 321", "001099012345", "044123456789", "191234567",
    "khong.that@example.vn", "thử@thu.example.org", "thôn 3 nhà ông Giả",
]  # fmt: skip


def texts_left(data_dir: DataDir) -> Iterator[tuple[str, str]]:
    """Yield (where, text) of every text that a load leaves behind: parquet and workbooks decoded, file names too."""
    for path in sorted(data_dir.root.rglob("*")):
        where = str(path.relative_to(data_dir.root))
        yield where, path.name
        # The inbox holds the bytes themselves until publish, closed to others.
        if not path.is_file() or path.parent == data_dir.inbox:
            continue
        if path.suffix == ".parquet":
            content = pq.read_table(path)
            for column in content.column_names:
                yield where, column
                if pa.types.is_string(content.schema.field(column).type) or pa.types.is_large_string(
                    content.schema.field(column).type
                ):
                    yield from ((f"{where}:{column}", str(v)) for v in content[column].to_pylist() if v)
            yield where, str(content.schema.metadata)
        elif path.suffix == ".xlsx":
            for sheet in openpyxl.load_workbook(path).worksheets:
                yield where, sheet.title
                yield from ((where, str(c)) for row in sheet.iter_rows(values_only=True) for c in row if c is not None)
        else:
            yield where, path.read_bytes().decode("utf-8", "replace")


def squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9@]", "", fold(text).replace(" ", "") if "@" not in text else text.lower())


def found_in(texts: Iterator[tuple[str, str]] | list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (where, planted) for every planted text that shows, accents, case and spaces aside."""
    found = []
    for where, text in texts:
        seen = unicodedata.normalize("NFC", text)
        tight = {squeezed(seen), re.sub(r"[^0-9a-z]", "", fold(seen))}
        for planted in PLANTED:
            if planted in seen or any(squeezed(planted).replace("@", "") in t.replace("@", "") for t in tight):
                found.append((where, planted))
    return found


def case_file(path: Path) -> Path:
    name, upper, other, last, phone, plus, spaced, cccd, cccd2, cmnd, mail, mail2, place = PLANTED
    header = [
        "Mã hồ sơ", "Tên thủ tục", "Lĩnh vực", "Cơ quan giải quyết", "Đơn vị tiếp nhận",
        "Hình thức nộp", "Ngày tiếp nhận", "Ngày hẹn trả",
        "Ngày có kết quả", "Trạng thái", "Chủ hồ sơ", "Cột lạ", f"Liên hệ {phone}", name, "Số lần bổ sung",
    ]  # fmt: skip
    good = [
        "H44.12-261001-000{}",
        "Đăng ký khai sinh",
        "Hộ tịch",
        "Xã Lao Bảo",
        "Xã Lao Bảo",
        "Trực tuyến",
        "01/10/2026",
        "05/10/2026",
        "03/10/2026",
        "Đã trả",
        upper,
        cccd,
        mail,
        place,
        "0",
    ]
    rows = [[c.format(n) for c in good] for n in range(1, 8)]
    for n, value in enumerate([name, phone, mail, cccd, plus, spaced, cmnd]):
        rows[n][n + 1] = value  # in each mapped text and date column, once
    rows += [[value, *rows[0][1:]] for value in (phone, cccd2, name, mail, cmnd, f"HS-{phone}", other)]  # as codes
    rows += [["", *[last] * 14], [f"H44.12-261001-00{20}", *[mail2] * 14]]
    rows += [["H44.12-261001-0030", *rows[0][1:8], spaced, *rows[0][9:]]]
    lines = [";".join(header), *(";".join(r) for r in rows), f"{name};{phone}", f'"{mail};{cccd}']
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def survey_file(path: Path) -> Path:
    name, upper, other, last, phone, *_ = PLANTED
    lines = ["survey_id,respondent_id,unit_code,answered_on,item_id,answer,stratum,psu,population"]
    lines += [
        f"KS1,{phone},19432,2026-10-01,sat_1,5,{name},{upper},user",
        f"KS1,{other},19432,2026-10-01,sat_1,{last},x,y,{name}",
        f"{name},R3,19432,2026-10-01,{phone},3,x,y,user",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def letters_book(path: Path) -> Path:
    name, upper, other, last, phone, plus, spaced, cccd, cccd2, cmnd, mail, mail2, place = PLANTED
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet(name[:31])
    sheet.write_row(0, 0, [f"Người lập: {name}, {phone}"])
    sheet.write_row(
        2,
        0,
        [
            "Số đơn",
            "Loại đơn",
            "Cơ quan giải quyết",
            "Ngày nhận đơn",
            "Ngày giải quyết",
            "Lĩnh vực",
            "Mã vụ việc",
            "Kết quả",
            upper,
            "Ý kiến",
        ],
    )
    for n in range(6):
        sheet.write_row(
            3 + n,
            0,
            [f"D-{n}", "Khiếu nại", "Xã Lao Bảo", "01/10/2026", "", other, cccd, mail, phone, f"{place} {cmnd}"],
        )
    sheet.write_row(10, 0, [last, "Khiếu nại", plus, spaced, mail2, cccd2, cccd2])
    sheet.write_row(11, 0, [f"{name} {phone}"])
    second = book.add_worksheet("S2")  # unknown headers: the question must not repeat them
    second.write_row(0, 0, ["Số đơn", "Loại đơn", "Ngày nhận đơn", name, phone, mail])
    second.write_row(1, 0, ["D-9", "Khiếu nại", "01/10/2026", name, phone, mail])
    book.close()
    return path


@pytest.fixture
def left(data_dir: DataDir, tmp_path: Path) -> list[tuple[str, str]]:
    """Load the three files by the command line and return every text that is left behind or was said."""
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    case_file(incoming / "Nguyễn Thị Thử Nghiệm 0912345678.csv")
    survey_file(incoming / "khao_sat_001099012345.csv")
    letters_book(incoming / "don thu TRẦN VĂN GIẢ ĐỊNH.xlsx")
    log.get(data_dir)
    said: list[tuple[str, str]] = []
    for arguments in (["--format", "json"], [], ["--lang", "en"]):
        result = CliRunner().invoke(load, [str(incoming), *arguments], catch_exceptions=False)
        assert result.exit_code in (Exit.DONE, Exit.NEEDS_ANSWER)
        said.append((f"load {arguments}", result.output))
    for arguments in (
        [],
        ["--format", "csv"],
        ["--format", "json"],
        ["--format", "xlsx", "-o", str(data_dir.root / "rejects.xlsx")],
    ):
        said.append((f"rejects {arguments}", CliRunner().invoke(rejects, arguments, catch_exceptions=False).output))
    return [*texts_left(data_dir), *said]


def test_planted_names_and_numbers_are_nowhere(left: list[tuple[str, str]]) -> None:
    assert len(left) > 200 and any("0#########" in text for _, text in left)
    assert {w.split(":")[0].split("/")[-1] for w, _ in left} >= {
        "rows.parquet",
        "rejects.parquet",
        "warnings.parquet",
        "receipt.json",
        "rejects.xlsx",
    }
    assert found_in(left) == []


def test_the_search_itself_finds_a_planted_number(left: list[tuple[str, str]], data_dir: DataDir) -> None:
    """The companion: one phone written at full size into compressed rows must turn the test above red."""
    rows = data_dir.loads / "000001" / "rows.parquet"
    content = pq.read_table(rows)
    at = content.column_names.index("field_name")
    pq.write_table(
        content.set_column(at, "field_name", pa.array(["gọi 0912 345 678"] * len(content), pa.string())), rows
    )
    assert found_in(texts_left(data_dir))
    assert found_in([("x", "liên hệ bà nguyen thi thu nghiem")])


def test_only_mapped_columns_are_stored(left: list[tuple[str, str]], data_dir: DataDir) -> None:
    from etl.loaded import columns, staged_loads

    for one in staged_loads(data_dir):
        stored = set(pq.read_schema(one.rows).names)
        assert stored == {*columns(one.receipt.dataset), "row_flags"}


def test_respondents_that_look_personal_are_numbered(data_dir: DataDir, tmp_path: Path) -> None:
    from etl.intake import load_files

    (receipt,) = load_files([survey_file(tmp_path / "a.csv")], data_dir)
    rows = pq.read_table(data_dir.loads / "000001" / "rows.parquet").to_pylist()
    assert all(re.fullmatch(rf"{receipt.sha256[:8]}-\d+-\d+", r["respondent_id"]) for r in rows)
    assert receipt.sheets[0].repairs["respondent_replaced"] == len(rows)


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("0912345678", True), ("gọi 0912.345.678 nhé", True), ("+84 912 345 678", True), ("001099012345", True),
        ("191234567", True), ("a.b@c.vn", True),
        ("Nguyễn Văn A", True), ("LÊ THỊ BÉ", True), ("Đăng ký khai sinh", False), ("H44.12-261001-0001", False),
        ("Đất đai", False), ("1.004873", False),
        ("Cấp giấy phép xây dựng", False), ("Bảo trợ xã hội", False),
        ("09.12.34.56.78", True), ("(84) 912345678", True), ("0912–345–678", True), ("０９１２３４５６７８", True),
        ("001 099 012 345", True), ("191 234 567", True), ("(0233) 3852963", True), ("thử@thu.example.org", True),
        ("ông Lê Bá Thử", True), ("Lê Bá Thử, Hồ Đắc Giả", True), ("nguyễn văn thử", True), ("NguyenVanThu01", True),
        ("Hồ sơ của Trần Khắc Giả", True), ("số 12 đường Hùng Vương", True), ("ngõ 5", True), ("nhà bà Tí", True),
        ("03/10/2026 08:30", False), ("03.10.2026-05.10.2026", False), ("20261001-0001", False), ("Thôn 3", False),
        ("Quản lý đô thị", False), ("Xử lý vi phạm văn bản", False), ("Lòng hồ thị trấn", False),
        ("XỬ PHẠT HÀNH CHÍNH", False), ("Câu lạc bộ võ thuật", False), ("Chứng thực hợp đồng", False),
    ],
)  # fmt: skip
def test_what_looks_personal(text: str, is_personal: bool) -> None:
    assert looks_personal(text) is is_personal


def test_a_number_of_a_person_in_a_count_is_not_stored_and_does_not_stop_the_file(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    lines = [
        f"H44.12-261001-000{n},19432,2026-10-01,{text}" for n, text in enumerate(("1", "191234567", "84912345678"))
    ]
    receipt = load_text("case_code,unit_code,received_at,n_supplements\n" + "\n".join(lines))
    assert [r["n_supplements"] for r in table(data_dir, receipt)] == [1, None, None]
    assert receipt.sheets[0].warnings == {"unreadable_value": 2}


@pytest.mark.parametrize(
    ("text", "field", "as_shown"),
    [
        ("32/13/2026", "received_at", "32/13/2026"), ("12/03/1985", "due_at", "##/##/####"),
        ("7912345678", "unit_code", "##########"), ("19432", "unit_code", "19432"),
        ("UBND xã Lao Bảo", "unit_code", "UBND xã Lao Bảo"),
        ("Số 12 đường Hùng Vương", "unit_code", "Aa ## aaaaa Aaaa Aaaaa"),
        ("Xã Lao Bảo, thôn 3", "unit_code", "Aa Aaa Aaa, aaaa #"), ("Phường 5", "unit_code", "Phường 5"),
    ],
)  # fmt: skip
def test_a_rejected_value_is_shown_only_when_it_can_be_nobodys(text: str, field: str, as_shown: str) -> None:
    assert shown(text, field) == as_shown


def test_a_file_that_breaks_the_intake_says_what_kind_of_error_it_was_and_no_value(
    load_text: Callable[..., Receipt], data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Nguyễn Thị Thử Nghiệm 0912345678")

    monkeypatch.setattr("etl.intake.stage.prepare", broken)
    log.get(data_dir)
    receipt = load_text("case_code,unit_code,received_at\nH44.12-261001-0001,19432,2026-10-01\n")
    assert (receipt.questions[0].code, receipt.questions[0].values) == ("failed", {"detail": "ValueError"})
    told = (data_dir.logs / "gandan.log").read_text("utf-8")
    assert "ValueError at test_personal.py" in told and found_in([("log", told)]) == []


def test_a_cell_on_its_way_in_is_closed_to_others(
    load_text: Callable[..., Receipt], data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes = []
    monkeypatch.setattr(
        "etl.file_intake.open_sheets", lambda stored, work: modes.append(work.stat().st_mode & 0o777) or []
    )
    load_text("a,b\n1,2\n")
    assert modes == [0o700]


def test_a_letters_code_is_not_repeated_in_a_warning(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    header = "letter_code,kind,unit_code,received_on,matter_code\n"
    receipt = load_text(header + "D12/2026,denunciation,19432,2026-10-01,tranh chấp đất\n" * 2)
    (warned,) = [w for w in table(data_dir, receipt, "warnings") if w["reason"] == "duplicate_in_file"]
    assert warned["value_shape"] == "A##/####"
    assert {r["matter_code"] for r in table(data_dir, receipt)} == {None}  # a note is no code


def test_a_column_is_personal_by_its_header_or_by_its_values() -> None:
    assert column_reason("Họ và tên", []) == "personal_header"
    assert column_reason("SĐT", []) == "personal_header"
    assert column_reason("Cột 7", ["Trần Thị Thử", "Lê Văn Giả"]) == "personal_values"
    assert column_reason("Cột 8", ["0912345678", ""]) == "personal_values"
    assert column_reason("Ward", ["Ward 8", "Ward 9"]) == "unmapped"
    assert is_person_name("Đỗ Thị Hà") and has_personal_pattern("cccd: 001099012345.")


def test_a_file_name_keeps_no_name_or_number() -> None:
    assert safe_file_name("Nguyễn Văn Thử.csv") == "Aaaaaa Aaa Aaa.csv"
    assert safe_file_name("bao_cao_T10_2026.csv") == "bao_cao_T10_2026.csv"
    assert "0912345678" not in safe_file_name("hs_0912345678_x.xlsx")


def test_a_header_of_wide_digits_is_no_word_of_the_dictionary() -> None:
    assert header_shown("０９１２３４５６７８") == "##########"
    assert header_shown("Ngày, tháng, năm: Nhận hồ sơ") == "Ngày, tháng, năm: Nhận hồ sơ"
