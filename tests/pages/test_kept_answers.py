"""What pages keep of answers is shared by all who ask the same, so no page may change it; and it is bounded."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.metrics import marts as m
from ui import asking, guard
from ui.kept import Kept

SHARED = (asking.FACTS, asking.ANSWERS, asking.LISTS, asking.ANALYSES, asking.READ)
MONTH = {"period": "2026-10", "unit": m.PROVINCE}


def written(value: Any) -> bytes:
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


@pytest.mark.parametrize("name", sorted(guard.PAGES["province"] - {"guide"}))  # which asks nothing
def test_a_page_changes_nothing_of_what_is_kept(open_page: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    as_made: list[tuple[Any, bytes]] = []
    keep = Kept._keep

    def watched(self: Kept[Any], key: Any, value: Any) -> None:
        as_made.append((value, written(value)))
        keep(self, key, value)

    monkeypatch.setattr(Kept, "_keep", watched)
    for shared in SHARED:
        shared.clear()
    assert not open_page(name, **MONTH).exception
    assert not open_page(name, lang="en", **MONTH).exception
    changed = [type(value).__name__ for value, before in as_made if pickle.loads(before) != value]
    assert changed == []
    assert as_made


def test_a_page_that_is_opened_again_asks_nothing_anew(open_page: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page("overview", **MONTH)
    made: list[Any] = []
    monkeypatch.setattr(Kept, "_keep", lambda self, key, value: made.append(key))
    open_page("overview", **MONTH)
    assert made == []


def test_the_facts_of_a_snapshot_are_the_same_object_for_every_page(open_page: Any) -> None:
    open_page("overview", **MONTH)
    (before,) = {id(x) for x in asking.FACTS.values()[-1:]}
    open_page("timeliness", **MONTH)
    assert id(asking.FACTS.values()[-1]) == before
