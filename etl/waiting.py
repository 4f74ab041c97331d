"""Files that wait for an answer: what was asked is written down, the bytes stay in the inbox for a stated time."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from etl.receipt import Receipt
from warehouse import clock, ledger
from warehouse.paths import DataDir

ID_LENGTH = 12


@cache
def retention() -> dict[str, Any]:
    """Return the rules of `etl/retention.toml`."""
    return tomllib.loads((Path(__file__).parent / "retention.toml").read_text("utf-8"))


@dataclass(frozen=True)
class Waiting:
    """One file that waits: its bytes, and the options it came with."""

    id: str
    file_name: str
    sha256: str
    options: dict[str, Any]
    since: datetime
    receipts: list[dict[str, Any]]

    @property
    def is_kept(self) -> bool:
        """Whether the term for its bytes has not passed."""
        return clock.now() <= self.since + timedelta(days=retention()["waiting_days"])


def all_waiting(data_dir: DataDir) -> list[Waiting]:
    """Return the files that wait, the oldest first."""
    return [
        Waiting(
            one["id"],
            one["file_name"],
            one["sha256"],
            one.get("options", {}),
            datetime.fromisoformat(one["since"]),
            one["receipts"],
        )
        for one in ledger.waiting(data_dir)
    ]


def get(data_dir: DataDir, waiting_id: str) -> Waiting | None:
    """Return the waiting file of that id."""
    return next((one for one in all_waiting(data_dir) if one.id == waiting_id), None)


def is_answerable(receipts: list[Receipt]) -> bool:
    """Return whether some question of the file can be answered by a choice."""
    return any(question.key for one in receipts for question in one.questions)


def keep(data_dir: DataDir, file_name: str, sha256: str, options: dict[str, Any], receipts: list[Receipt]) -> str:
    """Return the id under which the file waits; the record is shown whole or not at all."""
    known = get(data_dir, sha256[:ID_LENGTH])
    since = known.since if known else clock.now()
    until = since + timedelta(days=retention()["waiting_days"])
    for one in receipts:
        one.waiting_id = sha256[:ID_LENGTH]
    record = {
        "id": sha256[:ID_LENGTH],
        "file_name": file_name,
        "sha256": sha256,
        "since": since.isoformat(timespec="seconds"),
        "until": until.isoformat(timespec="seconds"),
        "options": options,
        "receipts": [json.loads(one.to_json()) for one in receipts],
    }
    data_dir.waiting.mkdir(mode=0o700, parents=True, exist_ok=True)
    data_dir.waiting.chmod(0o700)
    path = data_dir.waiting / f"{record['id']}.json"
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(json.dumps(record, ensure_ascii=False, indent=1), "utf-8")
    aside.replace(path)
    return str(record["id"])


def forget(data_dir: DataDir, waiting_id: str) -> None:
    """Remove the record of a file that waits no more."""
    (data_dir.waiting / f"{waiting_id}.json").unlink(missing_ok=True)


def prune(data_dir: DataDir) -> list[Waiting]:
    """Return the files whose term has passed, now let go: record and bytes; hold the writer's lock."""
    gone = [one for one in all_waiting(data_dir) if not one.is_kept]
    for one in gone:
        forget(data_dir, one.id)
        (data_dir.inbox / one.sha256).unlink(missing_ok=True)
    return gone


def note_arrival(
    data_dir: DataDir, file_name: str, sha256: str, n_bytes: int, outcome: str, load_no: int | None, code: str = ""
) -> None:
    """Append what became of a file: loaded, repeat, waiting, refused, discarded, expired (kept for the inspector)."""
    line = {
        "at": clock.now().isoformat(timespec="seconds"),
        "file_name": file_name,
        "sha256": sha256,
        "n_bytes": n_bytes,
        "outcome": outcome,
        "load_no": load_no,
        "code": code,
    }
    with data_dir.arrivals.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps(line, ensure_ascii=False) + "\n")
