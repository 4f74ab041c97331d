"""A rejected row that the next export brings put right is no longer asked for, receipt or not."""

from __future__ import annotations

from collections.abc import Callable

from etl_drawn import HEADER

from etl import slip
from etl.intake import load_files
from etl.receipt import Receipt
from warehouse import mending
from warehouse.paths import DataDir

GOOD = "H44.12-261001-0001,19432,2026-10-01,2026-10-05,2026-10-03,completed\n"
ENDED_FIRST = "H44.12-261002-0002,19432,2026-10-02,,2026-10-01,completed\n"
NO_CODE = ",19432,2026-10-02,,,processing\n"
UNKNOWN_UNIT = "H44.12-261003-0003,99999,2026-10-03,,,processing\n"


def test_a_later_export_with_the_same_code_mends_the_row_and_leaves_those_without_a_code(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(HEADER + GOOD + ENDED_FIRST + NO_CODE + UNKNOWN_UNIT)
    mended = ENDED_FIRST.replace("2026-10-01,completed", "2026-10-09,completed")
    second = load_text(HEADER + GOOD + mended, "thang-11.csv")
    assert second.mends == {"1": [["", 3]]} and second.corrects == {}
    assert mending.n_open(data_dir) == {1: 2, 2: 0}
    whole = slip.whole(data_dir, 1)
    assert [(f.row, f.state, f.by_load) for f in whole.rejected] == [
        (3, "mended", 2), (4, "open", None), (5, "open", None),
    ]  # fmt: skip
    assert [row.row for row in slip.rows_of(data_dir, whole)] == [4, 5]


def test_a_row_that_is_rejected_again_in_a_later_export_stays_open(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    load_text(HEADER + GOOD + ENDED_FIRST)
    second = load_text(HEADER + GOOD.replace("0001", "0009") + ENDED_FIRST, "thang-11.csv")
    assert second.mends == {} and mending.n_open(data_dir) == {1: 1, 2: 1}


def test_files_loaded_together_mend_the_rows_of_those_before_them(data_dir: DataDir) -> None:
    folder = data_dir.root.parent / "in"
    folder.mkdir()
    (folder / "1.csv").write_text(HEADER + GOOD + ENDED_FIRST, "utf-8")
    (folder / "2.csv").write_text(HEADER + ENDED_FIRST.replace("2026-10-01,", "2026-10-09,"), "utf-8")
    first, second = load_files([folder], data_dir)
    assert (first.mends, second.mends) == ({}, {"1": [["", 3]]})


def test_a_withdrawn_later_export_mends_nothing(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    load_text(HEADER + GOOD + ENDED_FIRST)
    load_text(HEADER + ENDED_FIRST.replace("2026-10-01,", "2026-10-09,"), "thang-11.csv")
    (data_dir.loads / "000002" / "WITHDRAWN").write_text("{}", "utf-8")
    assert mending.n_open(data_dir) == {1: 1}


def test_a_load_that_makes_room_for_another_is_not_mended_by_it(
    load_text: Callable[..., Receipt], data_dir: DataDir
) -> None:
    text = HEADER + ENDED_FIRST
    load_text(text)
    again = load_text(text)
    assert again.mends == {} and sum(mending.n_open(data_dir).values()) == 1


def test_a_denunciation_is_not_looked_for_by_its_code(load_text: Callable[..., Receipt], data_dir: DataDir) -> None:
    header = "letter_code,kind,unit_code,received_on\n"
    load_text(header + "TC-1/2026,Tố cáo,19432,\nKN-1/2026,Khiếu nại,19432,\n", "don-1.csv")
    second = load_text(
        header + "TC-1/2026,Tố cáo,19432,2026-10-02\nKN-1/2026,Khiếu nại,19432,2026-10-02\n", "don-2.csv"
    )
    assert second.mends == {"1": [["", 3]]}
