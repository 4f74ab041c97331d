"""What a publish would change, said before it: the same figures that asking before and after tells apart."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from loads import small_dir, write_load
from test_addition import draw_cases

from gandan import difference
from gandan import publish as publishing
from metrics import answer, catalogue
from metrics.model import Query
from metrics.viewer import PROVINCE
from warehouse import snapshots
from warehouse.paths import DataDir
from warehouse.snapshots import SnapshotRef

LAO_BAO = "19432-20250701"
HEADLINE = tuple(difference.headline()["case"]["metrics"])


def previewed(data: DataDir) -> dict[str, Any]:
    """Return the difference of the candidate that waits."""
    ready = publishing.preview(data).candidate
    assert ready is not None and ready.difference is not None
    return ready.difference


def figures(ref: SnapshotRef, first: str, last: str) -> dict[tuple[str, str, str], float | None]:
    """Return every headline figure of the cases, by metric, unit and month."""
    found = {}
    with snapshots.held(ref) as source:
        for level in difference.LEVELS:
            asked = Query(HEADLINE, level=level, period=first, period_to=last)
            for row in answer.ask(asked, PROVINCE, source).rows:
                found[row.metric, row.unit_id, f"{row.period_start:%Y-%m}"] = row.value if row.is_shown else None
    return found


def test_a_case_that_comes_back_late_moves_its_figures_and_names_the_file(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    on_time = {"due_at": "2026-09-20", "completed_at": "2026-09-18", "status": "completed"}
    write_load(data, [{"case_code": "A", **on_time}, {"case_code": "B", **on_time}], data_on="2026-09-30")
    publishing.publish(data)
    write_load(
        data,
        [{"case_code": "B", **on_time, "completed_at": "2026-09-25"}],
        data_on="2026-09-30",
        file_name="sửa tháng 9.xlsx",
    )
    found = previewed(data)
    moved = {(f["metric"], f["unit_id"], f["period"]): (f["before"], f["after"]) for f in found["figures"]}
    # One of two settled cases is late now; received, settled and what is pending stay as they were.
    assert {key: value for key, value in moved.items() if key[1] == LAO_BAO} == {
        ("on_time_rate", LAO_BAO, "2026-09"): (1.0, 0.5),
        ("on_time_rate_strict", LAO_BAO, "2026-09"): (1.0, 0.5),
        ("settled_late", LAO_BAO, "2026-09"): (0, 1),
    }
    assert (found["n_figures"], found["n_past"], found["n_new"], found["n_gone"]) == (6, 6, 0, 0)
    because = found["figures"][0]["because"]
    assert [(one["load_no"], one["file_name"]) for one in because] == [(2, "sửa tháng 9.xlsx")]
    counts = {name: because[0][name] for name in difference.COUNTED if because[0][name]}
    assert counts == {"n_changed_end": 1, "n_replaced": 1}
    # The rate fell by half, the count rose by one: the fall is worse.
    assert (found["figures"][0]["metric"], found["figures"][0]["is_worse"]) == ("on_time_rate", True)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_figures_named_are_those_that_differ_when_both_snapshots_are_asked(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = small_dir(tmp_path)
    for month in (3, 5):
        write_load(data, draw_cases(chance, month, "2tier"), data_on=f"2026-{month:02d}-28")
    publishing.publish(data)
    for step in ("a load", "a withdrawal"):
        if step == "a load":
            write_load(data, draw_cases(chance, 4, "2tier"), data_on="2026-06-30")
        else:
            (data.loads / "000002" / "WITHDRAWN").write_text("{}")
        before = snapshots.published(data)
        found = previewed(data)
        after = publishing.run(data)
        assert after.was_candidate
        was, now = figures(before, "2025-06", "2026-06"), figures(after.ref, "2025-06", "2026-06")
        differing = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
        named = {(f["metric"], f["unit_id"], f["period"]) for f in found["figures"]}
        assert {key for key in named if key[2] >= "2025-06"} == differing
        assert differing, "the drawn loads move something"
        assert found["n_figures"] + found["n_new"] == len(found["figures"])
        # With later data an open case is overdue that was in time: no row says so, the day does.
        assert {f["why"] for f in found["figures"]} <= {"rows", "time"}
        by_time = [f for f in found["figures"] if f["why"] == "time" and f["kind"] != "new"]
        assert {f["metric"] for f in by_time} <= {"pending_overdue"}


def test_a_withdrawn_load_is_named_with_the_rows_that_go(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}], data_on="2026-09-30")
    write_load(data, [{"case_code": "B"}, {"case_code": "C", "unit_id": "19435-20250701"}], data_on="2026-09-30")
    publishing.publish(data)
    (data.loads / "000002" / "WITHDRAWN").write_text("{}")
    found = previewed(data)
    kinds = {(f["metric"], f["unit_id"]): (f["kind"], f["before"], f["after"]) for f in found["figures"]}
    assert kinds["received", LAO_BAO] == ("moved", 2, 1)
    assert kinds["received", "19435-20250701"] == ("gone", 1, None)
    assert [(one["load_no"], one["act"], one["n_withdrawn"]) for one in found["loads"]] == [(2, "removed", 2)]
    assert found["figures"][0]["kind"] == "gone", "what nobody will be able to read comes first"


def test_a_denunciation_moves_nothing_that_is_named(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"letter_code": "KN1"}], dataset="complaint", data_on="2026-09-30")
    publishing.publish(data)
    write_load(data, [{"letter_code": "TC1", "kind": "denunciation"}], dataset="complaint", data_on="2026-09-30")
    found = previewed(data)
    assert found["figures"] == []
    assert [(one["load_no"], one["n_new"]) for one in found["loads"]] == [(2, 0)]


def test_no_headline_figure_counts_denunciations_or_is_kept_from_lists() -> None:
    names = itertools.chain.from_iterable(one["metrics"] for one in difference.headline().values())
    for name in names:
        metric = catalogue.metric(name)
        assert "denunciation" not in f"{metric.numerator} {metric.denominator} {metric.expression}", name
        assert not metric.options.get("whole_quarters"), name


def test_the_first_publish_has_nothing_to_compare_with(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"case_code": "A"}])
    assert previewed(data)["state"] == "first"
