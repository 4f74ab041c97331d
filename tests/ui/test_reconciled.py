"""A unit's own totals against ours in words and tables, from plain records."""

from __future__ import annotations

from typing import Any

from ui import reconciled
from ui.text import Text

VI, EN = Text.of("vi"), Text.of("en")


def row(n: int) -> dict[str, Any]:
    return {"case_code": f"H44-{n}", "load_no": 3, "file_name": "a.xlsx", "sheet": "T10", "row": n}


def line(part: str, n: int, sign: int = 1, is_used: bool = True) -> dict[str, Any]:
    return {"part": part, "n": n, "sign": sign, "is_used": is_used, "rows": [row(i + 1) for i in range(n)]}


def check(metric: str, theirs: int, ours: int | None, *lines: dict[str, Any], n_fits: int = 1) -> dict[str, Any]:
    difference = None if ours is None else theirs - ours
    used = sum(one["sign"] * one["n"] for one in lines if one["is_used"])
    rest = None if difference is None else difference - used
    return {"metric": metric, "theirs": theirs, "ours": ours, "difference": difference, "rest": rest,
            "n_fits": n_fits, "lines": list(lines)}  # fmt: skip


def record(*checks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "unit_name": "Xã Lao Bảo", "calendar": "calendar", "period": "2026-10", "period_start": "2026-10-01",
        "period_end": "2026-10-31", "source": "typed", "by": "Lan", "at": "2026-11-03T08:00:00", "file_name": "",
        "row": None, "has_log": True, "checks": list(checks), **more,
    }  # fmt: skip


DIFFERS = check(
    "settled", 1106, 1100, line("rejected", 4), line("not_seen", 1, -1), line("other_body", 30, is_used=False)
)
WORLD = record(DIFFERS, check("pending", 20, 20))


def test_the_title_counts_what_differs() -> None:
    assert reconciled.title(WORLD, VI) == ("Xã Lao Bảo, tháng 10/2026: 1/2 chỉ tiêu lệch so với số đơn vị tổng hợp")
    assert "2 chỉ tiêu khớp" in reconciled.title(record(check("settled", 3, 3), check("pending", 2, 2)), VI)
    assert reconciled.title(record(check("settled", 3, None), has_log=False), VI).endswith(
        "không có hồ sơ chi tiết để đối chiếu"
    )


def test_a_count_is_said_with_its_difference_its_parts_and_what_is_left() -> None:
    said = reconciled.lines(WORLD, VI)
    assert said[1].strip().startswith("Số của đơn vị: Lan nhập ngày 03/11/2026")
    assert said[2].strip() == "Đã giải quyết: đơn vị 1.106, hệ thống 1.100, chênh lệch +6; chưa giải thích được +3."
    assert said[3].strip().startswith("+4 dòng bị loại khi tiếp nhận (a.xlsx/T10:1, a.xlsx/T10:2, a.xlsx/T10:3, …)")
    assert said[4].strip().startswith("−1 hồ sơ không còn trong tệp mới nhất")
    assert "30 hồ sơ tiếp nhận tại đơn vị" in said[5] and "chưa dùng" in said[5]
    assert said[6].strip().endswith("chênh lệch 0; khớp.")


def test_rejected_rows_that_no_count_could_hold_are_said() -> None:
    said = reconciled.lines({**WORLD, "n_undated": 12}, VI)
    assert said[-1].strip().startswith("Ngoài ra có 12 dòng bị loại không đọc được ngày")
    assert not reconciled.undated(WORLD, VI)


def test_two_explanations_that_fit_equally_are_not_passed_off_as_one() -> None:
    said = "\n".join(reconciled.lines(record(check("settled", 4, 3, line("rejected", 1), n_fits=2)), VI))
    assert "2 cách giải thích khớp như nhau" in said and "giải thích hết" in said


def test_the_tables_are_typed_and_list_the_rows_of_the_parts_that_are_used() -> None:
    table = reconciled.table(WORLD, VI)
    assert [c.kind for c in table.columns][1:5] == ["count"] * 4
    assert table.rows[0][1:5] == (1106, 1100, 6, 3) and table.rows[0][5] == 3
    assert table.rows[1][3:] == (0, None, 0, None)
    assert len(reconciled.rows(WORLD, VI)) == 5 and len(reconciled.rows(WORLD, VI, used_only=False)) == 35
    assert reconciled.rows(WORLD, VI).rows[0][2:] == ("H44-1", "a.xlsx", "T10", 1)
    assert len(reconciled.rows(WORLD, VI, "pending")) == 0


def test_a_table_that_was_sent_names_its_file_and_row_and_a_period_without_a_name_its_days() -> None:
    sent = record(
        check("settled", 3, 3), source="sent", file_name="II06a.xlsx", row=7, by="", at=None, period="",
        period_start="2026-09-20", period_end="2026-10-05",
    )  # fmt: skip
    assert "biểu II.06a, tệp II06a.xlsx, dòng 7" in reconciled.subtitle(sent, VI)
    assert "20/09/2026–05/10/2026" in reconciled.title(sent, VI)


def test_english_has_english_words_only() -> None:
    said = "\n".join(reconciled.lines(WORLD, EN))
    assert "Settled: unit 1,106, ours 1,100, difference +6; +3 not explained." in said
    assert not any(word in said for word in ("hồ sơ", "dòng", "đơn vị"))
