"""Who has sent data for which months: what makes a zero a zero, and a figure whole or provisional.

Coverage is told by calendar month, because a file's own first day is merely its first receipt: a quiet commune's file
of February may begin on the 10th and still speak of the whole month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

SLACK = timedelta(days=5)
"""A file whose last day lies this near the last day known is not cut short: a long weekend brings no cases."""

Month = tuple[int, int]


def months(start: date, end: date) -> list[Month]:
    """Return the calendar months that a period touches.

    >>> months(date(2024, 12, 15), date(2025, 1, 14))
    [(2024, 12), (2025, 1)]
    """
    first, last = 12 * start.year + start.month - 1, 12 * end.year + end.month - 1
    return [(at // 12, at % 12 + 1) for at in range(first, last + 1)]


@dataclass(frozen=True)
class Sent:
    """What one unit sent for a period."""

    n_months: int
    missing: tuple[Month, ...]
    cut_on: date | None = None
    """The last day that its files of the last month know, where that is well before the last day known."""

    @property
    def is_nothing(self) -> bool:
        return len(self.missing) == self.n_months

    @property
    def is_whole(self) -> bool:
        return not self.missing and self.cut_on is None


class Coverage:
    """The months and last days for which each unit has sent files of one dataset."""

    def __init__(self, spoken: Iterable[tuple[str, date, date]]) -> None:
        self._last: dict[str, dict[Month, date]] = defaultdict(dict)
        for unit_id, first, last in spoken:
            known = self._last[unit_id]
            for month in months(first, last):
                known[month] = max(known.get(month, last), last)

    def __contains__(self, unit_id: str) -> bool:
        return unit_id in self._last

    def sent(self, bodies: Callable[[date], Iterable[str]], start: date, end: date) -> Sent:
        """Return what was sent for a period by the bodies that answered in each month: all must have sent.

        `bodies` returns who answered on a day; a month in which nobody did is not held against anyone.
        """
        missing: list[Month] = []
        cut: date | None = None
        spanned = months(start, end)
        for month in spanned:
            day = max(start, date(*month, 1))
            for body in bodies(day):
                last = self._last.get(body, {}).get(month)
                if last is None:
                    missing.append(month)
                    break
                if month == spanned[-1] and last < end - SLACK:
                    cut = last if cut is None else min(cut, last)
        return Sent(len(spanned), tuple(missing), cut)
