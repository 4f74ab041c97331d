"""The receipt per commune: its counts add up to the load's, and it names the sender's own cells."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from etl_drawn import HEADER

from etl import slip
from etl.receipt import Receipt
from etl.slip_model import Month, Slip
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse import csv_text
from warehouse.paths import DataDir

LAO_BAO, KHE_SANH = "19432-20250701", "19429-20250701"
ROWS = (
    "H44.12-260901-0001,19432,2026-09-01,2026-09-05,2026-09-03,completed\n"
    "H44.12-261001-0002,19432,2026-10-01,2026-09-05,2026-10-03,completed\n"  # due before receipt: a warning
    "H44.12-261001-0003,19429,2026-10-01,2026-10-05,,processing\n"
    "H44.12-261001-0003,19429,2026-10-01,2026-10-06,,processing\n"  # the same case again: a warning
    ",19432,2026-10-02,,,processing\n"
    "H44.12-261001-0005,19429,31/09/2026,,,processing\n"
    "H44.12-261001-0006,99999,2026-10-02,,,processing\n"
    "H44.12-261001-0007,19432,2026-10-09,,2026-10-02,completed\n"
)
LETTERS = (
    "letter_code,kind,unit_code,received_on,settled_on\n"
    "TC-01/2026,Tố cáo,19432,2026-10-01,2026-10-09\n"
    "TC-02/2026,Tố cáo,19432,,\n"
    "KN-03/2026,Khiếu nại,19432,2026-10-02,2026-10-03\n"
    "KN-04/2026,Khiếu nại,19432,,\n"
    "KN-05/2026,Khiếu nại,19429,2026-10-02,\n"
)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def assert_adds_up(data_dir: DataDir, receipt: Receipt) -> list[Slip]:
    """The slips of a load, and the slip of the whole file, hold just what its receipt counts."""
    assert receipt.load_no is not None
    parts = slip.slips(data_dir, receipt.load_no)
    for found in (parts, [slip.whole(data_dir, receipt.load_no)]):
        for name in ("n_read", "n_accepted", "n_rejected", "n_warned", "n_repaired"):
            assert sum(getattr(one, name) for one in found) == getattr(receipt, name), name
        for name in ("rejects", "warnings", "repairs"):
            told: Counter[str] = Counter()
            for sheet in receipt.sheets:
                told.update(getattr(sheet, name))
            assert sum((getattr(one, name) for one in found), Counter()) == told, name
        assert all(one.n_read == one.n_accepted + one.n_rejected for one in found)
    return parts


def test_the_slips_of_the_communes_add_up_to_the_receipt(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    receipt = load_text(HEADER + ROWS)
    khe_sanh, lao_bao, unknown = assert_adds_up(data_dir, receipt)
    assert [(s.kind, s.unit_id) for s in (khe_sanh, lao_bao, unknown)] == [
        ("unit", KHE_SANH), ("unit", LAO_BAO), ("unknown", None),
    ]  # fmt: skip
    assert (lao_bao.n_accepted, dict(lao_bao.rejects)) == (2, {"no_code": 1, "completed_before_received": 1})
    assert (khe_sanh.n_accepted, dict(khe_sanh.rejects)) == (2, {"unreadable_date": 1})
    assert dict(lao_bao.warnings) == {"due_before_received": 1}
    assert dict(unknown.rejects) == {"unknown_unit": 1}
    assert (lao_bao.first_on, lao_bao.last_on) == (date(2026, 9, 1), date(2026, 10, 1))


def test_the_control_numbers_are_receipts_and_results_by_month_of_the_accepted_rows(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(HEADER + ROWS)
    _, lao_bao, _ = slip.slips(data_dir, 1)
    assert lao_bao.months == [Month("2026-09", 1, 1), Month("2026-10", 1, 1)]


def test_a_finding_names_the_senders_cell_and_what_stands_in_it(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(HEADER + ROWS)
    khe_sanh, lao_bao, _ = slip.slips(data_dir, 1)
    assert [(f.cell, f.column, f.value, f.reason) for f in khe_sanh.rejected] == [
        ("C7", "received_at", "31/09/2026", "unreadable_date")
    ]
    assert [(f.cell, f.reason) for f in lao_bao.rejected] == [("A6", "no_code"), ("E9", "completed_before_received")]
    assert [(f.cell, f.value, f.reason) for f in lao_bao.warned] == [("D3", "05/09/2026", "due_before_received")]


def test_rows_of_no_known_unit_go_to_the_sender_of_a_file_of_one_unit(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    receipt = load_text(
        HEADER
        + "H44.12-260901-0001,19432,2026-09-01,2026-09-05,2026-09-03,completed\n"
        + "H44.12-260901-0002,,2026-09-01,,,processing\n"
    )
    (only,) = assert_adds_up(data_dir, receipt)
    assert (only.unit_id, only.n_read, dict(only.rejects)) == (LAO_BAO, 2, {"no_unit": 1})


def test_denunciations_are_counted_on_a_slip_without_a_unit_and_listed_on_none(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    receipt = load_text(LETTERS, "don.csv")
    khe_sanh, lao_bao, restricted = assert_adds_up(data_dir, receipt)
    assert (restricted.kind, restricted.unit_id, restricted.n_accepted, restricted.n_unlisted) == (
        "restricted",
        None,
        1,
        1,
    )
    assert (lao_bao.n_accepted, lao_bao.n_rejected, khe_sanh.n_accepted) == (1, 1, 1)
    assert [f.row for f in lao_bao.rejected] == [5] and restricted.rejected == restricted.warned == []
    assert lao_bao.months == [Month("2026-10", 1, 1)]
    for form in ("text", "json", "html", "xlsx"):
        for unit in ("", "19432", "restricted"):
            path = tmp_path / f"phieu.{form}"
            chosen = ["--unit", unit] if unit else []
            assert run("receipt", "1", *chosen, "--format", form, "-o", str(path))[0] == Exit.DONE
            told = path.read_bytes()
            if form == "xlsx":
                book = openpyxl.load_workbook(path)
                told = str([c.value for s in book for row in s.iter_rows() for c in row]).encode()
            assert b"TC-0" not in told
            if unit == "restricted":
                assert "Lao Bảo".encode() not in told and b"19432" not in told


def test_a_load_from_before_rows_were_kept_still_has_its_slip(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    receipt = load_text(HEADER + ROWS)
    for file in (data_dir.loads / "000001").glob("returned-*.parquet"):
        file.unlink()
    parts = assert_adds_up(data_dir, receipt)
    assert (parts[-1].kind, parts[-1].n_rejected) == ("unknown", 4)


def test_what_a_sender_wrote_is_never_a_formula_in_the_workbook(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    evil = '=HYPERLINK("http://x","y")'
    quoted = '"' + evil.replace('"', '""') + '"'
    load_text(f"case_code,unit_code,unit_name,received_at,{quoted}\n,19432,{quoted},{quoted},+1\n=1+1,@x,-2,x,\n")
    path = tmp_path / "phieu.xlsx"
    assert run("receipt", "1", "--format", "xlsx", "-o", str(path))[0] == Exit.DONE
    for sheet in openpyxl.load_workbook(path):
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_no_cell_of_an_exported_csv_begins_a_formula(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    load_text(HEADER + ",19432,2026-10-01,,,\n", "=1+1.csv")
    _, out, _ = run("rejects", "--format", "csv")
    assert "'=1+1.csv" in out and ",=1" not in out
    assert [csv_text.plain(t) for t in ("=a", "+a", "-a", "@a", "\ta", "\ra")] == [
        "'=a", "'+a", "'-a", "'@a", "'\ta", "'\ra",
    ]  # fmt: skip


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_printed_page_asks_for_nothing_from_outside(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path, lang: str
) -> None:
    load_text(HEADER + ROWS, "<script>x.csv")
    path = tmp_path / "phieu.html"
    run("receipt", "1", "--format", "html", "--lang", lang, "-o", str(path))
    page = path.read_text("utf-8")
    assert all(word not in page for word in ("<script", "http", "src=", "url(", "@import", "<link"))
    assert "@page { size: A4" in page and f'lang="{lang}"' in page


def test_one_file_per_commune_and_a_list_of_them(
    load_text: Callable[..., Receipt], data_dir: DataDir, tmp_path: Path
) -> None:
    receipt = load_text(HEADER + ROWS)
    code, out, _ = run("receipt", "1", "--all", "-o", str(tmp_path / "all"))
    number = f"1-{receipt.sha256[:8]}"
    assert code == Exit.DONE and [Path(p).name for p in out.split()] == [
        f"phieu-{number}-{who}.xlsx" for who in ("19429", "19432", "unknown")
    ]
    listed = openpyxl.load_workbook(tmp_path / "all" / f"danh-sach-phieu-{number}.xlsx").active
    assert listed is not None
    assert [[c.value for c in row][:5] for row in listed.iter_rows(min_row=2)] == [
        ["19429", "Xã Khe Sanh", 3, 2, 1],
        ["19432", "Xã Lao Bảo", 4, 2, 2],
        ["", "Chưa rõ đơn vị", 1, 0, 1],
    ]


def test_the_page_gets_every_slip_as_json_with_the_words_of_its_reasons(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(HEADER + ROWS)
    content = json.loads(run("receipt", "1", "--format", "json", "--lang", "en")[1])
    assert content["file"]["n_read"] == 8 and [s["kind"] for s in content["slips"]] == ["unit", "unit", "unknown"]
    assert content["slips"][1]["rejects"] == {"no_code": 1, "completed_before_received": 1}
    assert content["slips"][1]["texts"]["no_code"].startswith("No code")


def test_a_load_or_unit_that_is_not_there_is_a_sentence(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    load_text(HEADER + ROWS)
    assert run("receipt", "7")[0] == Exit.USAGE
    code, out, err = run("receipt", "1", "--unit", "00000", "--lang", "en")
    assert (code, out) == (Exit.USAGE, "") and "19429, 19432, unknown" in err


def test_a_file_whose_rows_name_no_unit_has_one_slip(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    receipt = load_text(
        "case_code,step_name,started_at\nH44.12-261001-0001,Thẩm định,2026-10-01\n,Thẩm định,2026-10-02\n", "buoc.csv"
    )
    (only,) = assert_adds_up(data_dir, receipt)
    assert (only.kind, only.n_read, dict(only.rejects)) == ("file", 2, {"no_code": 1})


def test_rows_that_are_no_records_are_told_on_the_slip_and_counted_nowhere(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    receipt = load_text(HEADER + ROWS + "Tổng cộng,8,,,,\n")
    *_, unknown = assert_adds_up(data_dir, receipt)
    assert (receipt.n_read, unknown.set_aside) == (8, {"total_row": 1})
    assert "dòng cộng, tổng cộng (1)" in run("receipt", "1")[1]
