"""The candidate: built and checked, seen before it is published, never mistaken for a published snapshot."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from loads import small_dir, write_load

from gandan import build, candidate
from gandan import publish as publishing
from gandan import rollback as back
from gandan.__main__ import main
from gandan.exit_codes import Exit
from warehouse import lock, snapshots
from warehouse.paths import DataDir
from warehouse.snapshots import Pool


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    """A data folder with one published load and one that waits, named by the environment."""
    found = small_dir(tmp_path)
    write_load(found, [{"case_code": "A"}])
    monkeypatch.setenv("GANDAN_DATA_DIR", str(found.root))
    publishing.publish(found)
    write_load(found, [{"case_code": "B"}])
    return found


def cases(data: DataDir) -> list[str]:
    """Return the cases that a reader sees."""
    return [row[0] for row in Pool(data).cursor().execute("SELECT case_id FROM fct_case ORDER BY 1").fetchall()]


def run(*arguments: str) -> tuple[int, Any]:
    """Return the exit code and the JSON of a command."""
    done = CliRunner().invoke(main, [*arguments, "--format", "json", "--lang", "en"])
    return done.exit_code, json.loads(done.stdout)


def test_a_preview_changes_nothing_that_is_read_and_publish_takes_it_as_it_is(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshots.published(data)
    code, seen = run("preview")
    assert (code, seen["published"], seen["is_addition"]) == (0, before.name, True)
    assert cases(data) == ["A"]
    assert snapshots.all_kept(data) == [before]
    assert list(data.work.iterdir()) == []
    content = (data.candidate / f"{seen['candidate']}.duckdb").read_bytes()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("built again")

    monkeypatch.setattr(build, "build", never)
    assert run("preview")[1] == seen
    code, made = run("publish", "--previewed", seen["candidate"])
    assert (code, made["state"], made["snapshot"], made["was_candidate"]) == (0, "published", seen["candidate"], True)
    assert snapshots.published(data).path.read_bytes() == content
    assert cases(data) == ["A", "B"]
    assert list(data.candidate.iterdir()) == []
    assert back.rollback(data).now == before


@pytest.mark.parametrize("change", ["a load", "a withdrawal", "reference data", "a rollback"])
def test_a_candidate_of_other_inputs_is_thrown_away_and_not_published_for_the_one_looked_at(
    data: DataDir, change: str
) -> None:
    _, seen = run("preview")
    if change == "a load":
        write_load(data, [{"case_code": "C"}])
    elif change == "a withdrawal":
        assert CliRunner().invoke(main, ["withdraw", "1", "--reason", "sent by mistake"]).exit_code == 0
    elif change == "reference data":
        (data.root / "reference").mkdir()
        (data.root / "reference" / "remote_areas.csv").write_text("unit_id\n", encoding="utf-8")
    else:
        publishing.run(data, full=True)
        back.rollback(data)
    # A command that makes it stale throws it away; a load, which knows nothing of it, leaves that to the next one.
    assert (candidate.name_of(data) is None) is (change in ("a withdrawal", "a rollback"))
    before = snapshots.published(data)
    code, refused = run("publish", "--previewed", seen["candidate"])
    assert (code, refused["state"]) == (Exit.NEEDS_ANSWER, "not_as_previewed")
    assert snapshots.published(data) == before
    assert not list(data.candidate.iterdir())


def test_a_failing_check_leaves_no_candidate_and_says_so_in_json(data: DataDir) -> None:
    write_load(data, [{"case_code": "A", "received_at": "2026-09-09", "completed_at": "2026-09-01"}])
    code, refused = run("preview")
    assert (code, refused["state"]) == (Exit.CHECK_FAILED, "check_failed")
    assert [found["check"] for found in refused["findings"]] == ["ended_after_receipt"]
    assert candidate.name_of(data) is None
    assert cases(data) == ["A"]


def test_with_nothing_new_there_is_no_candidate(data: DataDir) -> None:
    publishing.publish(data)
    assert run("preview")[1]["state"] == "nothing_new"
    assert run("publish")[1]["state"] == "nothing_new"
    assert candidate.name_of(data) is None


def test_a_file_without_a_record_is_a_leftover_and_so_is_a_record_without_its_file(data: DataDir) -> None:
    data.candidate.mkdir(exist_ok=True)
    (data.candidate / "20990101T000000Z-abcdef.duckdb").write_bytes(b"half")
    assert snapshots.all_kept(data)[-1].name < "2099"
    publishing.publish(data)
    assert list(data.candidate.iterdir()) == []
    name = "20990101T000000Z-abcdef"
    (data.candidate / candidate.RECORD).write_text(json.dumps({"name": name}))
    candidate.settle(data)
    assert list(data.candidate.iterdir()) == []


KILLED_AT = {
    "before the record": "candidate.note",
    "before the file moves": "candidate.promote",
    "between the file and the pointer": "snapshots.point_to",
    "between the pointer and the record": "candidate.discard",
}


def killed(data: DataDir, command: str, at: str) -> None:
    """Run a command that kills itself with -9 when it comes to a function (of the second call, for the last)."""
    source = (
        "import os, signal, sys\n"
        "from gandan import candidate, publish\n"
        "from warehouse import snapshots\n"
        f"module, name = {at.split('.')[0]}, {at.split('.')[1]!r}\n"
        "real, calls = getattr(module, name), []\n"
        "def now(*a, **k):\n"
        "    calls.append(1)\n"
        "    if name != 'discard' or snapshots.published(a[0]).name != sys.argv[2]:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(*a, **k)\n"
        "setattr(module, name, now)\n"
        "from gandan.__main__ import main\n"
        "main([sys.argv[1]], standalone_mode=False)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, command, snapshots.published(data).name],
        env={**os.environ, "GANDAN_DATA_DIR": str(data.root)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize("at", KILLED_AT.values(), ids=KILLED_AT.keys())
def test_a_publish_killed_at_each_step_shows_the_old_snapshot_or_the_new_and_the_chain_stays_right(
    data: DataDir, at: str
) -> None:
    before = snapshots.published(data)
    killed(data, "publish", at)
    is_done = at == "candidate.discard"
    found = snapshots.published(data)
    assert (found == before) is not is_done
    assert cases(data) == (["A", "B"] if is_done else ["A"])
    if is_done:
        assert back.rollback(data).now == before
        candidate.settle(data)
        assert found in snapshots.all_kept(data)  # what was published once is kept, whatever its record still said
        assert cases(data) == ["A"]
        return
    made = publishing.run(data)
    assert cases(data) == ["A", "B"]
    assert made.was_candidate is (at != "candidate.note")
    assert snapshots.all_kept(data) == [before, made.ref]
    assert back.rollback(data).now == before


def test_a_file_whose_pointer_never_moved_is_not_kept_once_the_next_command_has_run(data: DataDir) -> None:
    before = snapshots.published(data)
    killed(data, "publish", "snapshots.point_to")
    write_load(data, [{"case_code": "C"}])
    made = publishing.run(data)
    assert not made.was_candidate
    assert snapshots.all_kept(data) == [before, made.ref]


@pytest.mark.slow
def test_previews_and_publishes_killed_at_random_moments_never_show_half_a_snapshot(data: DataDir) -> None:
    chance = random.Random(4)
    both = (
        "from gandan.__main__ import main\n"
        "main(['preview'], standalone_mode=False)\n"
        "main(['publish'], standalone_mode=False)\n"
    )

    def started() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", both],
            env={**os.environ, "GANDAN_DATA_DIR": str(data.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    begun = time.monotonic()
    assert started().wait(120) == 0
    whole = time.monotonic() - begun
    n_published = 2
    for number in range(8):
        write_load(data, [{"case_code": f"N{number}"}])
        before = snapshots.published(data)
        process = started()
        time.sleep(chance.uniform(0.2, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait()
        found = snapshots.published(data)
        n_published += found != before
        with found.open() as con:
            counts = con.execute(
                "SELECT (SELECT count(*) FROM fct_case), (SELECT sum(n_accepted) FROM load)"
            ).fetchall()
        assert counts[0][0] == counts[0][1]
        assert not lock.is_held(data)
    assert started().wait(120) == 0
    assert len(cases(data)) == 10
    candidate.settle(data)
    chain, ref = 1, snapshots.published(data)
    names = {one.name: one for one in snapshots.all_kept(data)}
    while (previous := ref.info()["previous"]) in names:
        ref, chain = names[previous], chain + 1
    assert chain == len(names), "a snapshot that nobody published is kept, or the chain is broken"
