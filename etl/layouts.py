"""Layouts: what the headers of a known export mean (`layouts.toml`, the data folder's own, and the learned ones)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from etl.datasets import all_datasets
from etl.text import fold
from etl.types import DateOrder, NumberFormat
from warehouse.paths import DataDir

CANONICAL = "canonical"
WHOLE_PROVINCE = "province"
"""A layout's `covers`: the register of its province."""


@dataclass(frozen=True)
class Layout:
    """One known export: header (folded) -> field, and how its dates and numbers are written."""

    name: str
    dataset: str
    title: dict[str, str]
    headers: dict[str, str]
    """Folded header -> canonical field."""
    columns: dict[str, tuple[str, ...]]
    """Canonical field -> the headers it goes by."""
    optional: frozenset[str] = frozenset()
    date_order: DateOrder = "dmy"
    number_format: NumberFormat = "vi"
    due_precision: str = "date"
    era: str = ""
    province_code: str = ""
    code_pattern: str = ""
    unit: str = ""
    sender: bool = False
    covers: str = ""
    survey_id: str = ""
    constants: dict[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    priority: int = 0
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    """Table of labels -> folded label -> value, where these senders mean something of their own."""
    date_cells: str = ""
    """turn or keep: how date cells are read that a spreadsheet seems to have turned; empty: it is asked about."""
    period_calendar: str = ""
    """report or calendar: what the name of a period in a title means; empty: it is asked about."""
    is_date_order_stated: bool = True
    """Whether the order of day and month is known; of a layout told from headers alone it is not."""
    learned_from: str = ""
    """The kind of file that a learned layout was told from; empty: a known one."""
    learned_on: str = ""

    @property
    def required_columns(self) -> set[str]:
        return set(self.columns) - self.optional

    @property
    def is_learned(self) -> bool:
        return bool(self.learned_from)


def canonical(dataset: str) -> Layout:
    """Return the layout whose headers are the canonical field names themselves."""
    fields = all_datasets()[dataset].fields
    columns: dict[str, tuple[str, ...]] = {name: (name,) for name in fields}
    required = set(all_datasets()[dataset].required)
    return Layout(
        CANONICAL,
        dataset,
        {"vi": "Tên trường chuẩn", "en": "Canonical field names"},
        {fold(name): name for name in fields},
        columns,
        frozenset(set(fields) - required),
    )


@lru_cache(maxsize=8)
def _read(files: tuple[tuple[Path, int], ...]) -> dict[str, Layout]:
    """Return the layouts of the files; the time of each tells one state of it from another."""
    found: dict[str, Layout] = {}
    for path, stamp in files:
        found |= _read_file(path, stamp)
    return found


@lru_cache(maxsize=512)
def _read_file(path: Path, stamp: int) -> dict[str, Layout]:
    entries = tomllib.loads(path.read_text("utf-8")).get("layout", {})
    return {name: _layout(name, entry) for name, entry in entries.items()}


def _layout(name: str, entry: dict[str, Any]) -> Layout:
    columns = {f: tuple([h] if isinstance(h, str) else h) for f, h in entry["columns"].items()}
    known = all_datasets()[entry["dataset"]].fields
    strange = [f for f in columns if f not in known]
    if strange:
        raise ValueError(f"layout {name}: no such field of {entry['dataset']}: {', '.join(strange)}")
    rest = {
        k: v for k, v in entry.items() if k not in ("columns", "dataset", "title", "optional", "ignore", "constants")
    }
    if "learned_from" in entry:
        # Told from a file: it goes before a known one of the same headers, and knows an order only if it was asked.
        rest = {"priority": 1, "is_date_order_stated": "date_order" in entry, **rest}
    if entry.get("covers") == WHOLE_PROVINCE and not entry.get("province_code"):
        raise ValueError(f'layout {name}: covers = "{WHOLE_PROVINCE}" needs province_code')
    return Layout(
        name=name,
        dataset=entry["dataset"],
        title=entry.get("title", {"vi": name, "en": name}),
        headers={fold(h): f for f, hs in columns.items() for h in hs},
        columns=columns,
        optional=frozenset(entry.get("optional", ())),
        constants={k: str(v) for k, v in entry.get("constants", {}).items()},
        ignore=frozenset(fold(h) for h in entry.get("ignore", ())),
        **rest,
    )


def all_layouts(data_dir: DataDir) -> dict[str, Layout]:
    """Return the layouts by name: ours, on top those of `reference/layouts.toml`, on top the learned ones."""
    own = data_dir.root / "reference" / "layouts.toml"
    files = [Path(__file__).parent / "layouts.toml", *([own] if own.exists() else []), *learned_files(data_dir)]
    return _read(tuple((file, file.stat().st_mtime_ns) for file in files))


def learned_files(data_dir: DataDir) -> list[Path]:
    """Return the files of the learned layouts, by name."""
    folder = data_dir.learned / "layouts"
    return sorted(folder.glob("*.toml")) if folder.is_dir() else []
