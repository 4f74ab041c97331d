"""The reference data a province supplies, here for the sample: catalogue, invented population, groupings, layouts."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gandan.demo.area import PROVINCE, Area
from gandan.demo.cases import catalogue
from gandan.demo.letters import FIELDS
from gandan.demo.published import STEPS
from gandan.demo.survey import LIST_COLUMNS, listed
from warehouse.paths import REPOSITORY, DataDir

STARTS = {"3tier": "2020-01-01", "2tier": "2025-07-01"}
INVENTED = "Số minh họa, không phải số liệu dân số"
CLUSTERS = ("Cụm thi đua số 1", "Cụm thi đua số 2", "Cụm thi đua số 3", "Cụm thi đua số 4", "Cụm thi đua số 5")
NAMED_LAYOUTS = ("onestop-name", "onestop-register", "letters-register")
"""Layouts whose units are named without a code: the province has to be known to tell them apart."""
REGISTERS = ("letters-register",)
"""The province keeps one: a commune without a letter in it had none."""

PROCEDURE_COLUMNS = (
    "procedure_code",
    "procedure_name",
    "field_name",
    "level",
    "deadline_days",
    "is_fee_bearing",
    "is_online",
    "is_full_online",
    "valid_from",
    "valid_to",
)
GROUP_COLUMNS = (
    "group_id",
    "grouping",
    "group_code",
    "group_name",
    "unit_id",
    "province_id",
    "valid_from",
    "valid_to",
    "is_exact",
    "note",
)


def write_reference(data_dir: DataDir, area: Area) -> None:
    """Write the reference files of the sample into the data folder, where they go before the repository's own."""
    folder = data_dir.root / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "procedures.csv",
        PROCEDURE_COLUMNS,
        (
            (
                *(p.code, p.name, p.field_name, p.level, p.deadline_days),
                *(_flag(p.is_fee_bearing), _flag(p.is_full_online or p.deadline_days > 0)),
                *(_flag(p.is_full_online), "2020-01-01", ""),
            )
            for p in catalogue()
        ),
    )
    _write(
        folder / "population.csv",
        ("unit_id", "valid_from", "population", "source", "is_invented"),
        ((area.bodies[i].unit_id, STARTS[area.bodies[i].era], n, INVENTED, "true") for i, n in area.population.items()),
    )
    communes = [i for i in area.communes("2tier") if area.bodies[i].system != "second"]
    communes.sort(key=lambda i: (not area.bodies[i].name.startswith("Phường"), area.bodies[i].code))
    _write(
        folder / "unit_groups_extra.csv",
        GROUP_COLUMNS,
        (
            (
                *(f"{PROVINCE}-CTD{k + 1}", "cluster", f"CTD{k + 1}", CLUSTERS[k], area.bodies[i].unit_id),
                *(f"{PROVINCE}-20250701", STARTS["2tier"], "", "true", "Nhóm minh họa"),
            )
            for position, i in enumerate(communes)
            for k in [position * len(CLUSTERS) // len(communes)]
        ),
    )
    _write(folder / "complaint_fields.csv", ("field_name",), ((name,) for name in FIELDS))
    _write(folder / "surveys.csv", LIST_COLUMNS, listed())
    _write(folder / "case_steps.csv", ("step_name", "role_name"), STEPS)
    (folder / "layouts.toml").write_text(_layouts(), encoding="utf-8")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _layouts() -> str:
    """Return the named layouts of the repository with the province filled in, as a province would do."""
    known = tomllib.loads((REPOSITORY / "etl" / "layouts.toml").read_text(encoding="utf-8"))["layout"]
    lines = ["# Như etl/layouts.toml, thêm mã tỉnh để phân biệt các đơn vị cùng tên.", ""]
    for name in NAMED_LAYOUTS:
        entry = {**known[name], "province_code": PROVINCE}
        if name in REGISTERS:
            entry["covers"] = "province"
        columns = entry.pop("columns")
        lines += [f"[layout.{name}]", *(f"{key} = {_toml(value)}" for key, value in entry.items()), ""]
        lines += [f"[layout.{name}.columns]", *(f"{key} = {_toml(value)}" for key, value in columns.items()), ""]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return _flag(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml(entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(entry)}" for key, entry in value.items()) + " }"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
