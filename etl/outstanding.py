"""Rejected rows that come again, put right, in a later file: told by their code, where they have one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl import returned
from etl.datasets import all_datasets
from etl.loaded import Load
from etl.receipt import Receipt
from warehouse.mending import Place

BY_CODE = ("case", "complaint")
"""Datasets whose key names one thing, whatever file it comes in."""


class Outstanding:
    """The rejected rows of the loads so far, by dataset and code; read once, when first asked for."""

    def __init__(self, loads: Sequence[Load]):
        self._unread = list(loads)
        self._places: dict[str, dict[str, list[tuple[int, Place]]]] = {name: {} for name in BY_CODE}

    def add(self, load: Load) -> None:
        """Take in a load that was just staged."""
        self._unread.append(load)

    def forget(self, load_no: int) -> None:
        """Leave out a load that makes room for another: its number may be given again."""
        self._unread = [load for load in self._unread if load.load_no != load_no]
        for places in self._places.values():
            for code, held in places.items():
                places[code] = [one for one in held if one[0] != load_no]

    def settled_by(self, folder: Path, receipt: Receipt) -> dict[str, list[list[str | int]]]:
        """Return load -> [sheet, row] of the rejected rows whose codes the accepted rows in `folder` bring."""
        if receipt.dataset not in BY_CODE or not receipt.n_accepted:
            return {}
        self._read()
        places = self._places[receipt.dataset]
        if not places:
            return {}
        key = all_datasets()[receipt.dataset].key
        column = pq.read_table(folder / "rows.parquet", columns=[key]).column(0)
        codes = pc.unique(pc.utf8_upper(pc.replace_substring(column, " ", "")))
        found: dict[str, list[list[str | int]]] = {}
        for code in codes.to_pylist():
            for load_no, (sheet, row) in places.get(code, ()):
                found.setdefault(str(load_no), []).append([sheet, row])
        return found

    def _read(self) -> None:
        for load in self._unread:
            if load.receipt.dataset not in BY_CODE or not load.receipt.n_rejected:
                continue
            key = all_datasets()[load.receipt.dataset].key
            for row in returned.read(load).rows:
                code = row.cells.get(key, "").upper().replace(" ", "")
                if code and key not in row.shaped:
                    held = self._places[load.receipt.dataset].setdefault(code, [])
                    held.append((load.load_no, row.place))
        self._unread = []
