"""Killed with -9 at any moment of load and publish: the published snapshot stays whole and the next run succeeds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loads import small_dir, write_load

from gandan.publish import publish
from warehouse import lock, snapshots
from warehouse.paths import DataDir

KILLS = 20
HEADER = "case_code,unit_code,received_at,due_at,completed_at\n"


def run_all(data: DataDir, file: Path) -> subprocess.Popen[bytes]:
    """Start load and publish in one process of its own session."""
    both = (
        "import sys\n"
        "from gandan.__main__ import main\n"
        "try:\n"
        "    main(['load', sys.argv[1]], standalone_mode=False)\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "main(['publish'], standalone_mode=False)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", both, str(file)],
        env={**os.environ, "GANDAN_DATA_DIR": str(data.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def new_file(folder: Path, number: int) -> Path:
    """Write a month's file with cases that no other file has."""
    path = folder / f"file-{number}.csv"
    rows = "".join(f"K{number}-{i},19432,2026-09-{1 + i % 28:02d},2026-10-20,\n" for i in range(200))
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


@pytest.mark.slow
def test_twenty_kills_at_random_moments_leave_a_whole_snapshot_and_a_next_run_that_succeeds(tmp_path: Path) -> None:
    chance = random.Random(20261122)
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "FIRST"}])
    publish(data)
    started = time.monotonic()
    undisturbed = run_all(data, new_file(tmp_path, 0))
    assert undisturbed.wait(120) == 0, undisturbed.stderr.read().decode() if undisturbed.stderr else ""
    whole_run = time.monotonic() - started
    killed_while_running = 0
    for number in range(1, KILLS + 1):
        before = snapshots.published(data)
        process = run_all(data, new_file(tmp_path, number))
        time.sleep(chance.uniform(0.15, 1.0) * whole_run)
        killed_while_running += process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stderr:
            process.stderr.close()
        found = snapshots.published(data)
        assert found.name >= before.name
        with found.open() as con:  # whole: opens, has its schema, and its counts agree
            assert con.execute("SELECT count(*) FROM fct_case WHERE case_id = 'FIRST'").fetchall() == [(1,)]
            counts = con.execute(
                "SELECT (SELECT count(*) FROM fct_case) + (SELECT count(*) FROM case_history), "
                "(SELECT sum(n_accepted) FROM load)"
            ).fetchall()
            assert counts[0][0] == counts[0][1]
        assert not lock.is_held(data)
    assert killed_while_running >= KILLS // 2, "the kills came too late to mean anything"
    last = run_all(data, new_file(tmp_path, KILLS + 1))
    assert last.wait(120) == 0, last.stderr.read().decode() if last.stderr else ""
    with snapshots.published(data).open() as con:
        assert con.execute("SELECT count(*) FROM fct_case WHERE case_id LIKE 'K21-%'").fetchall() == [(200,)]
    assert list(data.work.iterdir()) == []
