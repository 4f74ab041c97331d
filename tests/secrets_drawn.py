"""Messy files with invented people in every kind of place, and the people themselves."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from openpyxl.comments import Comment

NAMES = (
    "Nguyễn Thị Thử Nghiệm", "TRẦN VĂN GIẢ ĐỊNH", "Lê Bá Hư Cấu", "Phạm Ngọc Không Thật", "Hoàng Đắc Bịa Đặt",
)  # fmt: skip
IDS = ("001099012345", "044123456789", "191234567", "245678901")
PHONES = ("0912345678", "0387654321", "0709112233", "02333852963")
MAILS = ("khong.that@example.vn", "thử.nghiệm@thu.example.org")
HOMES = ("Số 12 đường Hư Cấu", "thôn 3 nhà ông Giả", "Ngõ 45 phố Bịa Đặt")
PLANTED = (*NAMES, *IDS, *PHONES, *MAILS, *HOMES)

NAME, CAPITALS, SHORT, LETTERS, OTHER = NAMES
PHONE, PHONE_B, PHONE_C, LANDLINE = PHONES
WRITTEN = (
    *PLANTED,
    "0912 345 678", "0912.345.678", "09.12.34.56.78", "+84 912–345–678", "(84) 912345678", "０９１２３４５６７８",
    "001 099 012 345", "0010 9901 2345", "191 234 567", "(0233) 3852963", "CCCD:001099012345", "HS-0387654321",
    "nguyễn thị thử nghiệm", "NguyenThiThuNghiem01", "nguyen_thi_thu_nghiem-2", "ông Lê Bá Hư Cấu",
    "Bà Nguyễn Thị Thử Nghiệm",
    "Lê Bá Hư Cấu, Hoàng Đắc Bịa Đặt", "Lê Bá Hư Cấu 1", "gọi 0709112233 nhé",
)  # fmt: skip
"""The planted values as people write them."""

CASE_HEADER = [
    "Mã hồ sơ", "Tên thủ tục", "Lĩnh vực", "Cơ quan giải quyết", "Đơn vị tiếp nhận", "Hình thức nộp", "Ngày tiếp nhận",
    "Ngày hẹn trả", "Ngày có kết quả", "Trạng thái", "Số lần bổ sung",
]  # fmt: skip
LETTER_HEADER = [
    "Số đơn", "Loại đơn", "Mã vụ việc", "Cơ quan giải quyết", "Lĩnh vực", "Ngày nhận đơn", "Ngày giải quyết",
    "Số người", "Kết quả",
]  # fmt: skip
DROPPED = ["Chủ hồ sơ", "Ghi chú", "Cột lạ", "X1", NAME, f"Liên hệ {PHONE_B}", HOMES[1], "Ông Lê Bá Hư Cấu"]
"""Headers of columns that no layout maps: with and without a tell-tale, and with a person in the header itself."""
GOOD_CASES, GOOD_LETTERS, RESPONDENTS = 60, 20, 30


def case(n: int, month: int = 10) -> list[str]:
    """Return a good case: one in five late, one in six of a body that is no place's own."""
    unit = ("Xã Lao Bảo", "Phường Đông Hà")[n % 2]
    return [f"H44.12-26{month:02}01-{n:04}", "Đăng ký khai sinh", "Hộ tịch", unit, "Xã Lao Bảo", "Trực tuyến",
            f"{n % 9 + 1:02}/{month:02}/2026", f"{n % 9 + 8:02}/{month:02}/2026",
            f"{n % 9 + (12 if n % 5 == 0 else 5):02}/{month:02}/2026", "Đã trả", "0"]  # fmt: skip


def messy_cases(n_good: int, month: int) -> list[list[str]]:
    """Return good rows with people in the columns to drop, then each value in each mapped column and as a code."""
    rows = [case(n, month) + [WRITTEN[(n + k) % len(WRITTEN)] for k in range(len(DROPPED))] for n in range(n_good)]
    number = 1000
    for k, value in enumerate(WRITTEN):
        for at in range(len(CASE_HEADER)):
            number += 1
            row = case(number, month) + [value] * len(DROPPED)
            row[at] = value if at else [value, f"HS/{value}", f"{value}-{k}"][k % 3]
            rows.append(row)
    # Said so often that it looks like a catalogue's text.
    for value in WRITTEN:
        for _ in range(6):
            number += 1
            row = case(number, month) + [""] * len(DROPPED)
            row[1] = row[2] = row[9] = value
            rows.append(row)
    return rows


def csv_text(rows: list[list[str]], delimiter: str = ";") -> str:
    return "".join(delimiter.join(f'"{c}"' for c in row) + "\r\n" for row in rows)


def case_csv(folder: Path) -> None:
    """Write a case file with a person in its name and its titles, and lines that cannot be cut."""
    titles = [["SỔ THEO DÕI HỒ SƠ"], [f"Người lập: {NAME}, {PHONE}, {MAILS[0]}"]]
    text = csv_text([*titles, CASE_HEADER + DROPPED, *messy_cases(GOOD_CASES, 10)])
    text += f'{NAME};{PHONE}\r\n{MAILS[0]};{IDS[0]};{HOMES[0]}\r\n"{CAPITALS};{IDS[1]}\r\n'
    (folder / f"{NAME} {PHONE} {HOMES[0]}.csv").write_text(text, "utf-8-sig")


def case_book(folder: Path) -> None:
    """Write a workbook with a person in sheet names, titles, comments, document properties and an unknown sheet."""
    book = openpyxl.Workbook()
    book.properties.creator, book.properties.title = NAME, PHONE
    sheet = book.active
    sheet.title = f"{CAPITALS} {IDS[2]}"
    for row in [[f"Cán bộ: {CAPITALS} ({PHONE_B})"], [], CASE_HEADER + DROPPED, *messy_cases(GOOD_CASES, 9)]:
        sheet.append(row)
    sheet["A4"].comment = Comment(f"{NAME} {PHONE}", NAME)
    unknown = book.create_sheet(f"{SHORT} 1")
    for row in [["Mã hồ sơ", "Ngày tiếp nhận", *WRITTEN], ["1", "2", *WRITTEN]]:
        unknown.append(row)
    book.save(folder / "so_cua_tran_van_gia_dinh_0387654321.xlsx")


def letters_book(folder: Path) -> None:
    """Write letters of four kinds, denunciations among them, with people in every column."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = f"Đơn của {NAME}"[:31]
    sheet.append([f"Người đứng đơn: {NAME}"])
    sheet.append(LETTER_HEADER + DROPPED)
    kinds = ("Khiếu nại", "Tố cáo", "Kiến nghị", "PAKN")

    def letter(n: int) -> list[str]:
        return [f"D{n:04}/2026", kinds[n % 4], f"VV-{n}", ("Xã Lao Bảo", "Phường Đông Hà")[n % 2], "Đất đai",
                f"{n % 9 + 1:02}/08/2026", f"{n % 9 + 11:02}/08/2026", "1", "Đúng"]  # fmt: skip

    for n in range(GOOD_LETTERS):
        sheet.append(letter(n) + [WRITTEN[(n + k) % len(WRITTEN)] for k in range(len(DROPPED))])
    number = 1000
    for value in WRITTEN:
        for at in range(len(LETTER_HEADER)):
            for _ in range(2):  # twice the same code: the warning about it says no value
                number += at != 0
                row = letter(number)
                row[at] = value
                sheet.append(row + [value] * len(DROPPED))
    for value in WRITTEN * 6:
        number += 1
        row = letter(number)
        row[4] = value
        sheet.append(row)
    book.save(folder / f"{OTHER}.xlsx")


def survey_long(folder: Path) -> None:
    """Write a long survey whose respondents are phones, numbers and names."""
    rows = [["survey_id", "respondent_id", "unit_code", "answered_on", "item_id", "answer", "stratum", "psu", "weight"]]
    for value in WRITTEN:
        rows.append(["KS1", value, "19432", "2026-10-01", "1.1.1", "1", "Nông thôn", "P1", "1"])
        for at in (0, 4, 5, 6, 7, 8):
            row = ["KS1", f"R{len(rows)}", "19432", "2026-10-01", "1.1.1", "2", "Đô thị", "P2", "1"]
            row[at] = value
            rows.append(row)
    (folder / f"khao_sat_{IDS[0]}.csv").write_text(csv_text(rows, ","), "utf-8")


def survey_wide(folder: Path) -> None:
    """Write a wide survey with a codebook, open questions that it maps and others that it does not."""
    book = openpyxl.Workbook()
    book.active.append(["Mã phiếu", "Mã đơn vị", "Ngày trả lời", "Câu 1", "Câu 2", "Góp ý", NAME, "Người trả lời"])
    for n in range(RESPONDENTS):
        value = WRITTEN[n % len(WRITTEN)]
        book.active.append([f"NguyenThiThuNghiem{n:02}", "19432", "01/10/2026", str(n % 3), value, value, value, value])
    path = folder / f"phieu {SHORT}.xlsx"
    book.save(path)
    Path(f"{path}.codebook.csv").write_text("column,item_id,survey_id\nCâu 1,1.1.1,KS2\nCâu 2,1.1.2,KS2\n", "utf-8")


FORM = (
    "received_online,received_counter_post,carried_in,settled_early,settled_on_time,settled_late,settled,pending_in_time,"
    "pending_overdue,pending"
)
SMALL = {
    "tiep_dan": (
        "unit_code,received_on,host,n_visits,n_people,n_matters,n_groups",
        "19432,{day:02}/10/2026,chair,2,3,1,0",
    ),
    "doi_thoai": (
        "unit_code,held_on,kind,n_people,n_members,n_questions,n_answered,replied_on,published_on",
        "19432,{day:02}/10/2026,dialogue,40,,5,4,,{day:02}/10/2026",
    ),
    "lay_so": (
        "unit_code,taken_at,called_at,finished_at,counter_code",
        "19432,{day:02}/10/2026 08:00,{day:02}/10/2026 08:09,{day:02}/10/2026 08:20,Q1",
    ),
    "bieu_ii06a": (
        f"unit_code,period_start,period_end,field_name,{FORM}",
        "19435,01/10/2026,31/10/2026,,4,3,2,2,2,1,5,3,1,4",
    ),
    "diem": (
        "document_no,published_on,index_id,unit_code,period,component_id,score,max_score,standard_error",
        "12/BC,01/10/2026,766,44,2026-Q{quarter},total,80,100,",
    ),
    "buoc": (
        "case_code,step_name,role_name,started_at,ended_at",
        "H44.12-261001-0001,Thẩm định,Chuyên viên,{day:02}/10/2026 08:00,{day:02}/10/2026 10:00",
    ),
}
"""The small datasets: their canonical headers and a good row."""
GOOD_SMALL = 3


def small_tables(folder: Path) -> None:
    """Write each small dataset: good rows with people in columns nobody maps, then each value in each column."""
    for name, (header, good) in SMALL.items():
        columns = header.split(",")
        rows = [[*columns, "Ghi chú", SHORT]]
        rows += [[*good.format(day=n, quarter=n).split(","), WRITTEN[n], NAME] for n in range(1, GOOD_SMALL + 1)]
        for n, value in enumerate(WRITTEN):
            for at in range(len(columns)):
                row = good.format(day=5 + n % 20, quarter=4).split(",")
                row[at] = value
                rows.append([*row, value, value])
        (folder / f"{name}.csv").write_text(csv_text(rows, ","), "utf-8")


def unreadable(folder: Path) -> None:
    """Write files that are refused: what is said of them may not repeat them."""
    (folder / f"{LETTERS}.csv").write_text(
        csv_text([["Mã hồ sơ", "Ngày tiếp nhận", *WRITTEN], ["1", "2", *WRITTEN]]), "utf-8"
    )
    (folder / f"{MAILS[0]}.xlsx").write_bytes(f"PK\x03\x04 {NAME} {PHONE}".encode())
    (folder / f"{PHONE_C}.csv").write_bytes(f"{NAME};{PHONE}\n".encode("utf-16-le") + b"\x00")


def write_all(folder: Path) -> Path:
    """Return the folder with every messy file in it."""
    folder.mkdir(parents=True)
    for write in (case_csv, case_book, letters_book, survey_long, survey_wide, small_tables, unreadable):
        write(folder)
    return folder
