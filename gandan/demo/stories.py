"""The planted stories: what is written into the sample, and the figure that must show it."""

from __future__ import annotations

from dataclasses import dataclass, field

SEED = 20261031
LAST_DAY = "2026-10-31"
FIRST_DAY = "2025-01-01"
TWO_TIERS = "2025-07-01"
VERSION = 1
"""Raise it when the files change: the next start of the demo makes them again."""


@dataclass(frozen=True)
class Figure:
    """One figure of a story: what `gandan ask` is asked, and where the answer must lie."""

    metric: str
    level: str
    unit: str
    period: str
    low: float
    high: float
    split: str = ""


@dataclass(frozen=True)
class Story:
    """One planted story, told in a sentence and shown by figures."""

    story_id: str
    unit: str
    tells_vi: str
    tells_en: str
    figures: tuple[Figure, ...]
    first_on: str = TWO_TIERS
    """Later changes of a plan are told by its months."""


@dataclass(frozen=True)
class Plan:
    """What the generator does differently for one commune of today; months are `yyyy-mm`."""

    late: dict[str, float] = field(default_factory=dict)
    """Share of finished cases that miss their date, by the first month from which it holds."""
    reappointed: float | None = None
    """Share of the cases about to be late that get a new date instead."""
    returned: float | None = None
    """Share of cases that would be late and are handed back to the applicant instead."""
    stuck: dict[str, float] = field(default_factory=dict)
    """Share of received cases that nobody finishes, by the first month from which it holds."""
    silent_from: str = ""
    """Nothing is sent that was received on or after this day."""
    size: float | None = None
    """Cases a year; None: by population."""
    complaints: dict[str, float] = field(default_factory=dict)
    """Factor on complaints, by month."""
    satisfaction: float = 0.0
    """Shift of survey answers, in steps of the scale."""


PLANS: dict[str, Plan] = {
    "19597": Plan(late={"2025-07": 0.20, "2025-10": 0.16, "2026-01": 0.12, "2026-04": 0.07, "2026-07": 0.03}),
    "19141": Plan(late={"2025-07": 0.15, "2026-08": 0.01, "2026-09": 0.15}),
    "19009": Plan(late={"2025-07": 0.24}, reappointed=0.95),
    "19432": Plan(late={"2025-07": 0.10}),
    "19435": Plan(silent_from="2025-07-01"),
    "19204": Plan(silent_from="2026-08-01"),
    "19742": Plan(size=40, late={"2025-07": 0.12}),
    "19495": Plan(late={"2025-07": 0.02}),
    "19111": Plan(complaints={"2026-04": 9.0, "2026-05": 14.0, "2026-06": 9.0}),
    "18880": Plan(late={"2025-07": 0.04}, stuck={"2026-06": 0.06, "2026-08": 0.10}),
    "19363": Plan(late={"2025-07": 0.16}, returned=0.75),
    "19360": Plan(late={"2025-07": 0.02}, satisfaction=-0.9),
}

OLD_LATE: dict[str, float] = {"19432": 0.02, "19456": 0.32, "19459": 0.18}
"""Share of late cases of a predecessor before 01/07/2025, by its code of that time; others by chance."""

LATE_BRANCH_OF = "19495"
"""The land registration branch that serves this commune is late, the commune itself is not."""
LATE_BRANCH_SHARE = 0.38

SPLIT_OLD, SPLIT_TARGETS = "25822", ("25822", "25819")
"""Thị trấn Lai Uyên and the communes of today that hold its parts."""

SURVEY_SIZES: dict[str, int] = {"19594": 9, "19588": 22}
"""Respondents per wave where a survey is too small; elsewhere about 150 per surveyed commune."""

WORKBOOK_SENDERS = ("18904", "19594", "19742")
"""Remote communes that send a workbook each quarter since 07/2025."""
