"""What is kept of answers: made once, bounded, and forgotten in the order in which it was used."""

from __future__ import annotations

import threading
import time

import pytest

from ui.kept import Kept, rows, size


def test_what_was_made_once_is_handed_out_again_and_not_made_again() -> None:
    kept, made = Kept[list[int]](10, len), []

    def make() -> list[int]:
        made.append(1)
        return [1, 2]

    assert kept.get("a", make) is kept.get("a", make)
    assert made == [1]


def test_what_was_used_longest_ago_goes_first_when_it_grows_too_heavy() -> None:
    kept = Kept[str](6, len)
    kept.get("first", lambda: "xxx")
    kept.get("second", lambda: "yyy")
    kept.get("first", lambda: "never asked")
    kept.get("third", lambda: "z")
    assert kept.weight == 4
    assert kept.values() == ["xxx", "z"]


def test_a_thing_heavier_than_all_that_may_be_kept_is_handed_out_and_not_kept() -> None:
    kept = Kept[str](3, len)
    kept.get("light", lambda: "x")
    assert kept.get("heavy", lambda: "xxxx") == "xxxx"
    assert kept.values() == ["x"]


def test_many_who_ask_the_same_at_once_wait_for_one_answer() -> None:
    kept, made = Kept[str](10, len), []

    def make() -> str:
        made.append(1)
        time.sleep(0.05)
        return "x"

    threads = [threading.Thread(target=kept.get, args=("a", make)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_failure_is_not_kept_and_the_next_one_may_succeed() -> None:
    kept = Kept[str](10, len)

    def fail() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        kept.get("a", fail)
    assert kept.get("a", lambda: "x") == "x"


def test_nothing_that_is_none_or_empty_is_made_twice() -> None:
    kept = Kept[object](10, lambda value: 1)
    assert kept.get("a", lambda: None) is None
    assert kept.get("a", lambda: 1) is None


def test_a_table_weighs_its_rows_and_anything_else_its_bytes() -> None:
    assert rows([1, 2]) == 3
    assert size("x" * 1000) > 1000 > size("x")
