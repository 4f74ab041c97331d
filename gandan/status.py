"""What is published and what waits, in one small look."""

from __future__ import annotations

from typing import Any

from gandan import candidate
from warehouse import closed, ledger, lock, schema, snapshots
from warehouse.paths import DataDir

COUNTED = {"cases": "fct_case", "letters": "fct_complaint", "survey_answers": "fct_survey_answer", "rejects": "reject"}


def status(data_dir: DataDir) -> dict[str, Any]:
    """Return the state of a data folder, ready for JSON; `snapshot` is None while nothing is published."""
    ref = snapshots.current(data_dir)
    staged, withheld, withdrawn = _loads_on_disk(data_dir)
    out = withheld | withdrawn
    found: dict[str, Any] = {
        "data_dir": str(data_dir.root),
        "snapshot": ref.name if ref else None,
        "path": str(ref.path) if ref else None,
        "schema": None,
        "built_at": None,
        "data_on": None,
        "is_demo": None,
        "loads": [],
        **dict.fromkeys(COUNTED),
        "pending_loads": sorted(staged - out),
        "withheld_loads": sorted(withheld - withdrawn),
        "withdrawn_loads": sorted(withdrawn),
        "candidate": candidate.name_of(data_dir),
        "kept_snapshots": [kept.name for kept in snapshots.all_kept(data_dir)],
        "closed": [{"label": c.label, "snapshot": c.snapshot, "who": c.who} for c in closed.entries(data_dir)],
        "writer": None,
    }
    holder = lock.holder(data_dir)
    if holder:
        found["writer"] = {"pid": holder.pid, "user": holder.user, "purpose": holder.purpose}
    if ref is None:
        return found
    info = ref.info()
    found.update(
        schema=int(info.get("schema", 0)),
        built_at=info.get("built_at"),
        data_on=info.get("data_on"),
        is_demo=info.get("is_demo") == "true",
    )
    schema.check(ref.name, found["schema"])
    with ref.open() as con:
        rows = con.execute("SELECT load_no FROM load WHERE NOT is_withheld ORDER BY load_no").fetchall()
        found["loads"] = [row[0] for row in rows]
        for name, table in COUNTED.items():
            found[name] = con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
    found["pending_loads"] = sorted(staged - out - set(found["loads"]))
    return found


def _loads_on_disk(data_dir: DataDir) -> tuple[set[int], set[int], set[int]]:
    """Return (staged, withheld, withdrawn) load numbers by looking at names only."""
    staged = {int(p.parent.name) for p in data_dir.loads.glob("*/receipt.json") if p.parent.name.isdigit()}
    withheld, withdrawn = (
        {int(p.parent.name) for p in data_dir.loads.glob(f"*/{marker}") if p.parent.name.isdigit()}
        for marker in (ledger.WITHHELD, ledger.WITHDRAWN)
    )
    return staged, withheld, withdrawn
