"""The planted stories: what is written into the sample, and the figure that must show it."""

from __future__ import annotations

from dataclasses import dataclass, field

SEED = 20261031
LAST_DAY = "2026-10-31"
FIRST_DAY = "2025-01-01"
TWO_TIERS = "2025-07-01"


@dataclass(frozen=True)
class Figure:
    """One figure of a story: what `gandan ask` is asked, and where the answer must lie."""

    metric: str
    level: str
    unit: str
    period: str
    low: float | None
    high: float | None
    """Both None: there must be no value, because nothing was sent or too few answered."""

    def holds(self, value: float | None) -> bool:
        """Return whether a value lies where the story puts it."""
        if self.low is None or self.high is None or value is None:
            return value is None and self.low is None
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Story:
    """One planted story, told in a sentence and shown by figures."""

    name: str
    vi: str
    en: str
    figures: tuple[Figure, ...]


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
    "19249": Plan(late={"2025-07": 0.15, "2026-08": 0.0, "2026-09": 0.15}),
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
LATE_BRANCH_SHARE = 0.44

SPLIT_OLD = "25822"
"""Thị trấn Lai Uyên, whose parts lie in two communes of today (25822 and 25819)."""

SURVEY_SIZES: dict[str, int] = {"19594": 6, "19588": 10}
"""Respondents per wave where a survey is too small; elsewhere about 150 per surveyed commune."""

WORKBOOK_SENDERS = ("18904", "19594", "19742")
"""Remote communes that send a workbook each quarter since 07/2025."""

STORIES = (
    Story(
        "improves",
        "Xã Cam Lộ tiến bộ thật, đều qua năm quý",
        "Cam Lộ really improves, quarter after quarter",
        (
            Figure("on_time_rate", "commune", "19597", "2025-Q3", 0.76, 0.88),
            Figure("on_time_rate", "commune", "19597", "2026-Q1", 0.86, 0.93),
            Figure("on_time_rate", "commune", "19597", "2026-Q3", 0.95, 1.0),
        ),
    ),
    Story(
        "lucky_month",
        "Xã Lệ Thủy chỉ may mắn một tháng (8/2026)",
        "Lệ Thủy only has one lucky month (August 2026)",
        (
            Figure("on_time_rate", "commune", "19249", "2026-07", 0.80, 0.91),
            Figure("on_time_rate", "commune", "19249", "2026-08", 0.94, 1.0),
            Figure("on_time_rate", "commune", "19249", "2026-10", 0.80, 0.91),
        ),
    ),
    Story(
        "moves_due_dates",
        "Phường Ba Đồn đúng hạn nhờ hẹn lại: theo ngày hẹn đầu tiên thì không",
        "Ba Đồn is on time because it moves due dates: by the first promised date it is not",
        (
            Figure("on_time_rate", "commune", "19009", "2026-Q3", 0.95, 1.0),
            Figure("on_time_rate_strict", "commune", "19009", "2026-Q3", 0.60, 0.80),
        ),
    ),
    Story(
        "returns_instead",
        "Xã Vĩnh Linh trả lại hồ sơ sắp trễ, mẫu II.06a tính là đúng hạn",
        "Vĩnh Linh hands late cases back, which form II.06a counts as on time",
        (
            Figure("on_time_rate", "commune", "19363", "2026-Q3", 0.94, 1.0),
            Figure("returned_rate", "commune", "19363", "2026-Q3", 0.08, 0.20),
            Figure("returned_rate", "province", "44", "2026-Q3", 0.005, 0.03),
        ),
    ),
    Story(
        "merger_breaks_series",
        "Xã Lao Bảo nhập từ ba đơn vị rất khác nhau: chuỗi số liệu đứt tại 01/7/2025",
        "Lao Bảo was made of three very different units: its series breaks on 01/07/2025",
        (
            Figure("on_time_rate", "commune", "19432-20200101", "2025-H1", 0.95, 1.0),
            Figure("on_time_rate", "commune", "19456-20200101", "2025-H1", 0.58, 0.80),
            Figure("on_time_rate", "commune", "19459-20200101", "2025-H1", 0.76, 0.92),
            Figure("on_time_rate", "commune", "19432-20250701", "2025-Q4", 0.86, 0.95),
        ),
    ),
    Story(
        "silent",
        "Xã Hướng Lập không gửi gì từ 01/7/2025: chưa gửi, không phải bằng 0",
        "Hướng Lập has sent nothing since 01/07/2025: not sent, which is not zero",
        (
            Figure("received", "commune", "19435-20250701", "2026-Q1", None, None),
            Figure("received", "commune", "19435-20250701", "2026-10", None, None),
        ),
    ),
    Story(
        "stopped_sending",
        "Xã Trường Sơn ngừng gửi từ 8/2026",
        "Trường Sơn stopped sending in August 2026",
        (
            Figure("received", "commune", "19204-20250701", "2026-07", 60, 220),
            Figure("settled", "commune", "19204-20250701", "2026-10", None, None),
        ),
    ),
    Story(
        "small",
        "Đặc khu Cồn Cỏ có quá ít hồ sơ để đánh giá",
        "Cồn Cỏ has too few cases to judge",
        (
            Figure("settled", "commune", "19742", "2026-09", 0, 9),
            Figure("settled", "commune", "19742", "2026-Q3", 0, 25),
        ),
    ),
    Story(
        "split",
        "Thị trấn Lai Uyên chia cho hai xã: hồ sơ dở dang không còn ai nhận nằm ở dòng “chưa phân bổ”",
        "Lai Uyên town went to two communes: open cases that nobody took on lie on the unallocated line",
        (
            Figure("received", "commune", "25822-20200101", "2025-H1", 300, 900),
            Figure("pending", "agency", "79-CPB", "2026-10", 2, 40),
        ),
    ),
    Story(
        "late_agency",
        "Hồ sơ đất đai của xã Gio Linh trễ ở chi nhánh Văn phòng đăng ký đất đai, không phải ở xã",
        "Land cases of Gio Linh are late at the land registration branch, not at the commune",
        (
            Figure("on_time_rate", "commune", "19495", "2026-Q3", 0.95, 1.0),
            Figure("on_time_rate", "agency", "44-VPDK-466", "2026-Q3", 0.55, 0.75),
        ),
    ),
    Story(
        "tet",
        "Tết Bính Ngọ (tháng 2/2026): lượng hồ sơ giảm mạnh rồi trở lại",
        "Tết of 2026 (February): fewer cases, then back",
        (
            Figure("received", "province", "44", "2026-01", 14_000, 18_000),
            Figure("received", "province", "44", "2026-02", 8_500, 12_000),
            Figure("received", "province", "44", "2026-03", 15_000, 19_000),
        ),
    ),
    Story(
        "online_growth",
        "Tỷ lệ nộp trực tuyến của tỉnh tăng từ khoảng 30 % lên khoảng 64 %",
        "The province's online share grows from about 30 % to about 64 %",
        (
            Figure("online_rate", "province", "44", "2025-07", 0.26, 0.40),
            Figure("online_rate", "province", "44", "2026-10", 0.56, 0.72),
        ),
    ),
    Story(
        "growing_backlog",
        "Phường Đồng Hới: tỷ lệ đúng hạn đẹp nhưng hồ sơ quá hạn chưa giải quyết tăng từ 6/2026",
        "Đồng Hới: a fine on-time rate while overdue pending cases pile up from June 2026",
        (
            Figure("on_time_rate", "commune", "18880", "2026-Q3", 0.93, 0.99),
            Figure("pending_overdue", "commune", "18880", "2026-05", 0, 40),
            Figure("pending_overdue", "commune", "18880", "2026-10", 120, 320),
        ),
    ),
    Story(
        "complaint_surge",
        "Xã Hoàn Lão: khiếu nại về bồi thường đất tăng vọt trong quý II/2026",
        "Hoàn Lão: a surge of complaints about land compensation in the second quarter of 2026",
        (
            Figure("complaints_received", "commune", "19111", "2026-Q1", 0, 12),
            Figure("complaints_received", "commune", "19111", "2026-Q2", 55, 110),
            Figure("complaints_received", "commune", "19111", "2026-Q3", 0, 12),
        ),
    ),
    Story(
        "fast_but_unfriendly",
        "Phường Quảng Trị đúng hạn nhưng người dân không hài lòng",
        "Quảng Trị ward is on time, yet people are not satisfied",
        (
            Figure("on_time_rate", "commune", "19360", "2026-Q3", 0.95, 1.0),
            Figure("satisfaction_rate", "commune", "19360", "2026", 0.15, 0.62),
            Figure("satisfaction_rate", "province", "44", "2026", 0.65, 0.90),
        ),
    ),
    Story(
        "survey_too_small",
        "Xã La Lay có 12 phiếu hài lòng trong năm 2026: không công bố",
        "La Lay has 12 satisfaction forms in 2026: not published",
        (Figure("satisfaction_rate", "commune", "19594", "2026", None, None),),
    ),
)
