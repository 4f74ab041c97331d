"""Targets and events kept in the file of what people write: who may, what is refused, what others see, how it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from metrics.analysis.events import Event
from metrics.plan import NOTHING, Target
from metrics.viewer import PROVINCE, Viewer
from ui import planned
from ui.access import annotations as noted
from ui.access import audit, notes, targets
from ui.access.store import Store, open_store
from ui.access.work import NotAllowed
from warehouse import closed
from warehouse.paths import DataDir

UNIT = Viewer("unit", frozenset({"a"}), name="unit:1")
OTHER = Viewer("unit", frozenset({"b"}), name="unit:2")
AUDITOR, VIEWER = Viewer("auditor"), Viewer("viewer")
EVERYBODY = (PROVINCE, UNIT, OTHER, AUDITOR, VIEWER)
TARGET = Target("on_time_rate", "commune", "a", 0.97, date(2026, 11, 1), source="12/QĐ-UBND")
EVENT = Event(date(2026, 3, 15), (("vi", "Quy trình mới"), ("en", "")), "12/QĐ-UBND", level="commune", unit_id="a")
OWN = replace(EVENT, rebases=False, cite="")


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataDir:
    monkeypatch.setenv("GANDAN_TODAY", "2026-11-21")
    return DataDir(tmp_path)


@pytest.fixture
def store(data_dir: DataDir) -> Store:
    return planned.prepare(open_store(data_dir))


def actions(store: Store) -> list[tuple[str, str]]:
    return [(e.who, e.action) for e in audit.entries(store)]


def test_a_target_is_kept_with_who_when_and_its_document_and_is_confirmed_by_one(store: Store) -> None:
    number = targets.add(store, PROVINCE, "so.noi.vu", TARGET, "Theo kế hoạch năm")
    (found,) = targets.seen_by(store, PROVINCE)
    expected = replace(TARGET, is_confirmed=True, who="so.noi.vu", set_on=date(2026, 11, 21), number=number)
    assert (found.target, found.note, found.is_withdrawn) == (expected, "Theo kế hoạch năm", False)
    targets.add(store, PROVINCE, "so.noi.vu", replace(TARGET, source=" "))
    assert not targets.seen_by(store, PROVINCE)[0].target.is_confirmed
    assert actions(store) == [("so.noi.vu", "target_set")] * 2


def test_a_target_that_is_taken_back_stays_to_be_read_and_comes_back(store: Store) -> None:
    number = targets.add(store, PROVINCE, "lan", TARGET)
    targets.withdraw(store, PROVINCE, "minh", number)
    targets.withdraw(store, PROVINCE, "minh", number)  # a second click changes nothing
    assert targets.standing(store, PROVINCE) == ()
    (found,) = targets.seen_by(store, PROVINCE)
    assert found.is_withdrawn and [(t.who, t.is_withdrawn) for t in found.turns] == [("minh", True)]
    targets.withdraw(store, PROVINCE, "lan", number, is_withdrawn=False)
    assert [t.number for t in targets.standing(store, PROVINCE)] == [number]
    assert [t.who for t in targets.seen_by(store, PROVINCE)[0].turns] == ["minh", "lan"]
    assert actions(store) == [("lan", "target_set"), ("minh", "target_withdrawn"), ("lan", "target_restored")]
    assert audit.verify(store) is None


@pytest.mark.parametrize("viewer", [UNIT, AUDITOR, VIEWER])
def test_only_the_province_sets_and_withdraws_targets(store: Store, viewer: Viewer) -> None:
    number = targets.add(store, PROVINCE, "lan", TARGET)
    with pytest.raises(NotAllowed):
        targets.add(store, viewer, "x", TARGET)
    with pytest.raises(NotAllowed):
        targets.withdraw(store, viewer, "x", number)
    assert len(targets.standing(store, PROVINCE)) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"metric": "received"}, "metric"), ({"metric": "complaints_received"}, "metric"),
        ({"metric": "survey_d1", "value": 5.0}, "metric"), ({"metric": "nothing"}, "metric"),
        ({"value": 97.0}, "value"), ({"value": -0.01}, "value"), ({"value": float("nan")}, "value"),
        ({"unit_id": "", "level": "group"}, "level"), ({"metric": "services_used_rate", "level": "agency"}, "level"),
        ({"valid_to": date(2026, 11, 1)}, "days"), ({"valid_from": date(1999, 1, 1)}, "days"),
    ],
)  # fmt: skip
def test_what_can_be_no_target_is_refused_and_nothing_is_kept(store: Store, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(targets.Bad) as refused:
        targets.add(store, PROVINCE, "lan", replace(TARGET, **changes))
    assert refused.value.code == code
    assert targets.seen_by(store, PROVINCE) == [] and actions(store) == []


def test_no_person_is_named_in_a_document_a_note_or_as_an_owner(store: Store) -> None:
    with pytest.raises(notes.Refused):
        targets.add(store, PROVINCE, "lan", replace(TARGET, source="theo ông Hùng"))
    with pytest.raises(notes.Refused):
        targets.add(store, PROVINCE, "lan", TARGET, "gọi 0912345678")
    for changes in ({"owner": "Nguyễn Văn An"}, {"reason": (("vi", "bà Hoa nghỉ"),)}, {"cite": "0912345678"}):
        with pytest.raises(notes.Refused):
            noted.add(store, PROVINCE, "lan", replace(EVENT, **changes))  # type: ignore[arg-type]
    assert planned.gather(DataDir(store.path.parent), PROVINCE) == NOTHING


def test_a_units_target_is_read_by_itself_and_the_province_and_that_of_a_level_by_everybody(store: Store) -> None:
    targets.add(store, PROVINCE, "lan", TARGET)
    assert [len(targets.seen_by(store, v)) for v in EVERYBODY] == [1, 1, 0, 1, 0]
    targets.add(store, PROVINCE, "lan", replace(TARGET, unit_id=""))
    assert [len(targets.standing(store, v)) for v in EVERYBODY] == [2, 2, 1, 2, 1]


def test_what_a_unit_notes_for_itself_is_read_by_nobody_but_the_unit_and_the_province(store: Store) -> None:
    number = noted.add(store, UNIT, "xa", OWN)
    assert [len(noted.seen_by(store, v)) for v in EVERYBODY] == [1, 1, 0, 0, 0]
    assert [len(noted.standing(store, v)) for v in EVERYBODY] == [1, 1, 0, 0, 0]
    (found,) = noted.standing(store, UNIT)
    assert (found.text("vi"), found.text("en"), found.is_confirmed, found.who) == (
        "Quy trình mới", "Quy trình mới", False, "xa",
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        noted.withdraw(store, OTHER, "x", number)
    noted.withdraw(store, UNIT, "xa", number)
    assert noted.standing(store, PROVINCE) == ()


@pytest.mark.parametrize(
    "changes", [{"rebases": True}, {"unit_id": "b"}, {"unit_id": ""}, {"metric": "denunciations_received"}]
)
def test_a_unit_notes_for_itself_alone_and_changes_no_limits(store: Store, changes: dict[str, Any]) -> None:
    with pytest.raises(NotAllowed):
        noted.add(store, UNIT, "xa", replace(OWN, **changes))
    assert noted.seen_by(store, PROVINCE) == [] and actions(store) == []


def test_a_unit_may_not_take_back_what_the_province_noted_for_it(store: Store) -> None:
    number = noted.add(store, PROVINCE, "lan", EVENT)
    with pytest.raises(NotAllowed):
        noted.withdraw(store, UNIT, "xa", number)
    assert not noted.may_turn(UNIT, noted.seen_by(store, UNIT)[0])


def test_limits_that_begin_anew_do_so_for_whoever_sees_the_chart_but_the_words_are_not_told(store: Store) -> None:
    noted.add(store, PROVINCE, "lan", replace(EVENT, owner="Sở Nội vụ"))
    (told,) = noted.standing(store, OTHER)
    assert told.rebases and (told.day, told.unit_id) == (EVENT.day, "a")
    assert (told.reason, told.cite, told.owner, told.who) == ((), "", "", "")
    assert noted.seen_by(store, OTHER) == []
    noted.add(store, PROVINCE, "lan", replace(EVENT, metric="denunciations_received", unit_id=""))
    assert [e.metric for e in noted.standing(store, OTHER)] == [""]
    assert len(noted.standing(store, AUDITOR)) == 2


def test_an_event_without_words_or_with_an_unknown_metric_is_refused(store: Store) -> None:
    for changes, code in (({"reason": (("vi", " "),)}, "words"), ({"metric": "x"}, "metric")):
        with pytest.raises(targets.Bad) as refused:
            noted.add(store, PROVINCE, "lan", replace(EVENT, **changes))  # type: ignore[arg-type]
        assert refused.value.code == code


def test_a_closed_period_is_read_with_what_stood_when_it_was_closed(
    store: Store, data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(day: str) -> None:
        monkeypatch.setenv("GANDAN_TODAY", day)

    at("2026-10-01")
    kept, gone = (targets.add(store, PROVINCE, "lan", replace(TARGET, value=v)) for v in (0.95, 0.96))
    at("2026-11-10")
    targets.withdraw(store, PROVINCE, "lan", gone)
    closed.add(data_dir, closed.Closed("BC tháng 10", "s", "lan", datetime(2026, 11, 16, 9)))
    at("2026-11-21")
    targets.withdraw(store, PROVINCE, "lan", kept)
    targets.withdraw(store, PROVINCE, "lan", gone, is_withdrawn=False)
    targets.add(store, PROVINCE, "lan", replace(TARGET, value=0.99))
    noted.add(store, PROVINCE, "lan", EVENT)
    then, now = planned.gather(data_dir, PROVINCE, "BC tháng 10"), planned.gather(data_dir, PROVINCE)
    assert ([t.value for t in then.targets], then.events) == ([0.95], ())
    assert ([t.value for t in now.targets], len(now.events)) == ([0.99, 0.96], 1)


def test_where_nobody_wrote_anything_no_file_is_made(data_dir: DataDir) -> None:
    assert planned.gather(data_dir, PROVINCE) == NOTHING
    assert list(data_dir.root.iterdir()) == []
