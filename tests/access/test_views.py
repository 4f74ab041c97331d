"""Saved views: kept for who saved them, shared by the province, and nothing of a reader's own in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from metrics.viewer import PROVINCE, Viewer
from ui.access import audit, notes, views
from ui.access.store import Store
from ui.access.work import NotAllowed

CHAIR = Viewer("unit", frozenset({"19432-20250701"}), name="unit:19432")
QUESTION = {"unit": "44", "period": "2026-09", "metric": "settled"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return views.prepare(Store(tmp_path / "access.sqlite"))


def names(store: Store, who: str) -> list[str]:
    return [one.name for one in views.seen_by(store, who)]


def actions(store: Store) -> list[str]:
    return [one.action for one in audit.entries(store)]


def test_a_view_comes_back_with_its_page_and_choices_to_who_saved_it_alone(store: Store) -> None:
    number = views.save(store, CHAIR, "chair", " Họp   giao ban ", "explorer", QUESTION, "month", 3)
    (view,) = views.seen_by(store, "chair")
    assert (view.id, view.name, view.page, view.parameters) == (number, "Họp giao ban", "explorer", QUESTION)
    assert (view.newest, view.n_periods, view.is_shared) == ("month", 3, False)
    assert names(store, "other") == []
    assert actions(store) == ["view_saved"] and audit.verify(store) is None


def test_the_province_shares_and_a_unit_cannot(store: Store) -> None:
    number = views.save(store, PROVINCE, "analyst", "Tiến độ tháng", "timeliness", QUESTION, is_shared=True)
    views.save(store, PROVINCE, "analyst", "Riêng", "overview", {})
    assert names(store, "chair") == ["Tiến độ tháng"]
    with pytest.raises(NotAllowed):
        views.save(store, CHAIR, "chair", "Của xã", "overview", {}, is_shared=True)
    own = views.save(store, CHAIR, "chair", "Của xã", "overview", {})
    with pytest.raises(NotAllowed):
        views.share(store, CHAIR, "chair", own, True)
    views.share(store, PROVINCE, "analyst", number, False)
    assert names(store, "chair") == ["Của xã"]


def test_what_is_shared_is_read_by_a_unit_and_changed_by_the_province_only(store: Store) -> None:
    number = views.save(store, PROVINCE, "analyst", "Tiến độ tháng", "timeliness", {}, is_shared=True)
    for change in (
        lambda: views.rename(store, CHAIR, "chair", number, "Khác"),
        lambda: views.remove(store, CHAIR, "chair", number),
    ):
        with pytest.raises(NotAllowed):
            change()
    views.rename(store, PROVINCE, "another", number, "Tiến độ")
    assert names(store, "chair") == ["Tiến độ"]


def test_nobody_changes_what_another_keeps_private(store: Store) -> None:
    number = views.save(store, CHAIR, "chair", "Của xã", "overview", {})
    for who, viewer in (("analyst", PROVINCE), ("other", CHAIR)):
        with pytest.raises(NotAllowed):
            views.remove(store, viewer, who, number)
        with pytest.raises(NotAllowed):
            views.rename(store, viewer, who, number, "Khác")


def test_a_removed_view_is_gone_and_can_be_brought_back_until_its_name_is_taken(store: Store) -> None:
    number = views.save(store, CHAIR, "chair", "Của xã", "overview", QUESTION)
    views.remove(store, CHAIR, "chair", number)
    assert names(store, "chair") == []
    with pytest.raises(LookupError):
        views.remove(store, CHAIR, "chair", number)
    views.restore(store, CHAIR, "chair", number)
    assert views.seen_by(store, "chair")[0].parameters == QUESTION
    views.remove(store, CHAIR, "chair", number)
    views.save(store, CHAIR, "chair", "CỦA XÃ", "overview", {})
    with pytest.raises(views.Bad, match="taken"):
        views.restore(store, CHAIR, "chair", number)
    assert actions(store) == ["view_saved", "view_removed", "view_restored", "view_removed", "view_saved"]


@pytest.mark.parametrize(
    ("name", "code"), [("", "empty"), ("   ", "empty"), ("x" * 61, "long"), ("họp giao BAN", "taken")]
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(store: Store, name: str, code: str) -> None:
    number = views.save(store, CHAIR, "chair", "Họp giao ban", "overview", {})
    with pytest.raises(views.Bad) as why:
        views.save(store, CHAIR, "chair", name, "overview", {})
    assert why.value.code == code
    views.rename(store, CHAIR, "chair", number, "Họp Giao ban")  # its own name is no other's
    assert names(store, "other") == []


@pytest.mark.parametrize("name", ["Trần Văn An", "gọi 0912345678", "ông Bình hỏi"])
def test_a_name_that_could_point_to_a_person_is_refused(store: Store, name: str) -> None:
    with pytest.raises(notes.Refused):
        views.save(store, CHAIR, "chair", name, "overview", {})
    number = views.save(store, CHAIR, "chair", "Họp", "overview", {})
    with pytest.raises(notes.Refused):
        views.rename(store, CHAIR, "chair", number, name)


@pytest.mark.parametrize(
    "parameters", [{"as": "province"}, {"lang": "en"}, {"data": "draft"}, {"Session": "x"}, {"unit": ""},
                   {"unit": "a\nb"}, {"field": "x" * 301}]
)  # fmt: skip
def test_what_is_the_readers_own_or_no_parameter_is_never_kept(store: Store, parameters: dict[str, str]) -> None:
    with pytest.raises(views.Bad, match="page"):
        views.save(store, PROVINCE, "analyst", "Tên", "overview", parameters)


def test_one_person_keeps_so_many_and_no_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST", 2)
    for i in range(2):
        views.save(store, CHAIR, "chair", f"Trang {i}", "overview", {})
    with pytest.raises(views.Bad, match="many"):
        views.save(store, CHAIR, "chair", "Trang 3", "overview", {})
    views.save(store, CHAIR, "other", "Trang 3", "overview", {})


def test_the_name_of_a_view_is_not_in_the_audit_trail(store: Store) -> None:
    views.save(store, CHAIR, "chair", "Họp giao ban", "overview", QUESTION)
    assert "giao ban" not in str(audit.entries(store)[0].details)
