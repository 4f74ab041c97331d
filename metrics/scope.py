"""Who may see which figure (product.md §6): one late step, no figure leaves without it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from metrics import catalogue
from metrics.model import GROUP, Metric, Query
from metrics.notes import Reason, reason
from metrics.places import STATE_LEVELS
from metrics.viewer import Viewer


class NotAllowed(PermissionError):
    """Rows that this viewer, or anyone, may not see."""

    def __init__(self, code: str, metric: str) -> None:
        super().__init__(code)
        self.code, self.metric = code, metric

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """Return the message in one language."""
        return {
            "none": {
                "vi": f"Chỉ số '{self.metric}' chỉ có số đếm, không có danh sách.",
                "en": f"Metric '{self.metric}' has counts only, no list.",
            },
            "unit": {
                "vi": "Chỉ xem được danh sách của đơn vị mình.",
                "en": "You can list the cases of your own unit only.",
            },
            "population": {
                "vi": f"Mẫu số của '{self.metric}' là số dân, không phải danh sách.",
                "en": f"The denominator of '{self.metric}' is a number of people, not a list.",
            },
            "query": {
                "vi": f"Không liệt kê được '{self.metric}' theo cấp hoặc cách tách đang chọn.",
                "en": f"'{self.metric}' cannot be listed at this level or split.",
            },
        }[self.code][lang]


class UnknownSplit(KeyError):
    """A split that no metric knows."""

    def __init__(self, by: str, splits: tuple[str, ...]) -> None:
        super().__init__(by)
        self.by, self.splits = by, splits

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """Return the message in one language."""
        listed = ", ".join(self.splits)
        return {
            "vi": f"Không có cách tách '{self.by}'. Các cách tách: {listed}.",
            "en": f"Unknown split '{self.by}'. Splits: {listed}.",
        }[lang]


def check_split(query: Query) -> None:
    """Raise `UnknownSplit` for a split that no metric knows; one that this metric lacks is a row with the reason."""
    known = {split for metric in catalogue.metrics().values() for split in metric.splits}
    if query.by is not None and query.by not in known:
        raise UnknownSplit(query.by, tuple(sorted(known)))


def unavailable(metric: Metric, query: Query, start: date, end: date) -> Reason | None:
    """Return why the metric has no figure for this level, split or period, whoever asks."""
    allowed = query.level in metric.levels or (GROUP in metric.levels and query.level not in STATE_LEVELS)
    if not allowed:
        return reason("level")
    if query.by is not None and query.by not in metric.splits:
        return reason("split")
    if metric.options.get("whole_quarters") and not whole_quarters(start, end):
        return reason("whole_quarters")
    return None


def hidden(metric: Metric, query: Query, viewer: Viewer, unit_id: str) -> Reason | None:
    """Return why this viewer may not see this unit's figure."""
    if viewer.sees_province:
        return None
    if metric.viewers == "province":
        return reason("scope_province")
    if metric.viewers == "all" or viewer.owns(unit_id):
        return None
    if metric.rows == "case" and query.level == "province":
        return None  # the province's own figure names no other unit
    return reason("scope_own")


def rows_allowed(metric: Metric, viewer: Viewer, unit_id: str | None) -> None:
    """Raise `NotAllowed` unless this viewer may read the rows behind the figure."""
    if metric.rows == "none":
        raise NotAllowed("none", metric.name)
    if viewer.role == "province" or (viewer.role == "auditor" and metric.rows == "case"):
        return
    if unit_id is None or not viewer.owns(unit_id):
        raise NotAllowed("unit", metric.name)


def may_list(metric: Metric, viewer: Viewer, unit_id: str | None) -> bool:
    """Return whether this viewer may read the rows behind the figure of a unit."""
    try:
        rows_allowed(metric, viewer, unit_id)
    except NotAllowed:
        return False
    return True


def whole_quarters(start: date, end: date) -> bool:
    """Return whether the days are whole quarters of the calendar, or of the report calendar (15th to 14th).

    >>> whole_quarters(date(2026, 1, 1), date(2026, 6, 30)), whole_quarters(date(2026, 1, 1), date(2026, 1, 31))
    (True, False)
    >>> whole_quarters(date(2025, 12, 15), date(2026, 3, 14))
    True
    """
    by_calendar = (
        start.day == 1 and start.month % 3 == 1 and end.month % 3 == 0 and end.day == monthrange(end.year, end.month)[1]
    )
    by_report = start.day == 15 and start.month % 3 == 0 and end.month % 3 == 0 and end.day == 14 and start < end
    return by_calendar or by_report
