"""A name of a procedure or field that a sender writes his own way: offered, said once, and known from then on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from etl_drawn import table

from etl import learned
from etl.receipt import Receipt
from warehouse.paths import DataDir

Load = Callable[..., Receipt]
CATALOGUE = (
    "procedure_code,procedure_name,field_name\n1.000001,Đăng ký khai sinh,Hộ tịch\n1.000002,Đăng ký kết hôn,Hộ tịch\n"
)


@pytest.fixture
def province(data_dir: DataDir) -> DataDir:
    """Return a data folder whose province has a catalogue of two procedures."""
    (data_dir.root / "reference").mkdir(parents=True)
    (data_dir.root / "reference" / "procedures.csv").write_text(CATALOGUE, "utf-8")
    return data_dir


def file(*names: str) -> str:
    rows = [f"H44.12-261001-{n:04d},19432,2026-10-01,{name}\n" for n, name in enumerate(names)]
    return "case_code,unit_code,received_at,procedure_name\n" + "".join(rows)


def test_a_name_outside_the_catalogue_is_offered_where_many_rows_share_it_and_read_once_it_is_said(
    load_text: Load, province: DataDir
) -> None:
    first = load_text(file(*["ĐK khai sinh"] * 6, "Việc riêng của tôi"), name="a.csv")
    assert first.sheets[0].unknown_labels == {"procedure_name": {"ĐK khai sinh": 6}}
    assert {r["procedure_name"] for r in table(province, first)} == {"ngoài danh mục"}
    learned.add_label(province, "procedure_name", "Đăng ký khai sinh", "ĐK khai sinh")
    second = load_text(file("đk  khai sinh", "Đăng ký kết hôn", "khác"), name="b.csv")
    assert [r["procedure_name"] for r in table(province, second)] == [
        "Đăng ký khai sinh", "Đăng ký kết hôn", "ngoài danh mục",
    ]  # fmt: skip


def test_only_a_name_of_the_catalogue_can_be_meant(province: DataDir) -> None:
    with pytest.raises(ValueError, match="Đăng ký nuôi con"):
        learned.add_label(province, "procedure_name", "Đăng ký nuôi con", "ĐK nuôi con")
    assert not (province.learned / "labels.toml").exists()


def test_the_command_lists_the_catalogue_to_choose_from(province: DataDir) -> None:
    def gandan(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "gandan", *arguments], capture_output=True, text=True, check=False)

    listed = json.loads(gandan("labels", "--format", "json").stdout)["tables"]
    assert list(listed["procedure_name"]) == ["Đăng ký khai sinh", "Đăng ký kết hôn"]
    assert list(listed["field_name"]) == ["Hộ tịch"]
    assert gandan("labels-add", "procedure_name", "Đăng ký kết hôn", "ĐK kết hôn").returncode == 0
    assert "ĐK kết hôn" in (Path(province.learned) / "labels.toml").read_text("utf-8")
    assert gandan("labels-add", "procedure_name", "Không có", "x y").returncode == 2
