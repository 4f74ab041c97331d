"""What was asked is kept for who asks the same: up to so much, the least used goes first. One for all sessions.

Kept things are handed out as they are, not as copies: making a copy of an answer of thousands of rows took longer than
all else on a page. So nothing that is kept may be changed (tests/ui/test_kept.py draws the pages and looks).
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key; `weigh` says how much one takes of `most`."""

    def __init__(self, most: int, weigh: Callable[[Value], int]):
        self.most, self.weight = most, 0
        self._weigh = weigh
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept under the key; where nothing is, what `make` makes, once however many ask at a time."""
        found = self._found(key)
        if found is not None:
            return found[0]
        with self._lock:
            own = self._making.setdefault(key, threading.Lock())
        with own:
            found = self._found(key)
            if found is not None:
                return found[0]
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()
            self.weight = 0

    def values(self) -> list[Value]:
        """Return everything that is kept."""
        with self._lock:
            return [value for value, _ in self._values.values()]

    def __len__(self) -> int:
        return len(self._values)

    def _found(self, key: Hashable) -> tuple[Value, int] | None:
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def _keep(self, key: Hashable, value: Value) -> None:
        weight = self._weigh(value)
        if weight > self.most:
            return
        with self._lock:
            self._values[key] = value, weight
            self.weight += weight
            while self.weight > self.most:
                _, (_, gone) = self._values.popitem(last=False)
                self.weight -= gone


def rows(value: Any) -> int:
    """Return the weight of a table: its rows, and one for itself."""
    return len(value) + 1


def size(value: Any) -> int:
    """Return the weight of anything: its bytes when written down, a fraction of what it takes in memory."""
    return len(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
