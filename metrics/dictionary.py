"""Writes docs/metrics.md from the definitions: `python -m metrics.dictionary` (a test keeps them equal)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from metrics import catalogue
from metrics.explain import explain
from metrics.model import Metric
from metrics.survey import PUBLISH

TARGET = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"

HEAD = f"""# Metric dictionary

Written by `python -m metrics.dictionary` from `metrics/definitions/*.toml`; don't edit here.
`gandan explain METRIC` prints one of these with its SQL.

`Kind` says what a value is: a proportion counts its numerator inside its denominator, a ratio divides sums of named
metrics, a distinct counts different keys, a score adds points of indicators (`data/reference/points_766.csv`) over the
points that can be computed. Parts that only other metrics use stand at the end; they can be asked too.

Shares are 0–1, intervals are 95 %. A figure that is missing says why: not sent, provisional, hidden, not available,
nothing to divide by. Cases are a census, not a sample: an interval of theirs shows how much chance moves a figure of
that size. Under ten cases a rate is shown grey. Survey figures: under {PUBLISH.hide_below} respondents hidden, under
{PUBLISH.pool_below} shown only over twelve months, under {PUBLISH.refer_below} marked as a reference.
Two survey items (6.2.1, 6.2.2) have no theoretical bounds; ours are 10 km and 60 minutes.
"""


TITLES = {
    "case": "Cases (hồ sơ thủ tục hành chính)",
    "complaint": "Letters and feedback (đơn thư, phản ánh, kiến nghị)",
    "survey_answer": "The province's own survey (khảo sát của tỉnh)",
    "reception": "Citizen reception (tiếp công dân)",
    "engagement": "Dialogue and mobilisation (đối thoại, dân vận)",
    "queue_ticket": "Queues (lấy số)",
    "score": "Trial points of Decision 766 (tính thử từ dữ liệu của tỉnh, không phải điểm công bố)",
    "component": "Parts of other metrics (thành phần)",
}
"""Sections by dataset, in their order; scores and parts of others stand by themselves."""


def section(metric: Metric) -> str:
    """Return the section of a metric: its dataset, save for scores and for parts that only others use."""
    if metric.is_component:
        return "component"
    return "score" if metric.kind == "score" else catalogue.sources()[metric.source].dataset


def lines() -> Iterator[str]:
    """Return the dictionary line by line."""
    yield HEAD
    for name, title in TITLES.items():
        yield f"## {title}\n"
        for metric in catalogue.metrics().values():
            if section(metric) == name:
                yield from entry(metric.name)
    if catalogue.planned():
        yield "## Still to come\n"
        yield (
            "Names that are promised and answer “chưa có” until they have a definition: "
            + ", ".join(f"`{name}`" for name in sorted(catalogue.planned()))
            + "."
        )


def entry(name: str) -> Iterator[str]:
    """Return one metric's lines."""
    vi, en = explain(name, "vi"), explain(name, "en")
    yield f"### `{name}`\n"
    yield f"**{vi.label}** · {en.label}\n"
    yield f"{vi.description}\n"
    yield f"{en.description}\n"
    yield f"- Formula: `{en.formula}`"
    yield f"- Kind: {en.kind}; unit: {en.unit}; {en.direction}; interval: {en.interval}"
    metric = catalogue.metric(name)
    yield f"- Levels: {', '.join(metric.levels)}; splits: {', '.join(metric.splits) or 'none'}"
    yield f"- Rows: {en.rows}; figures for {en.viewers}"
    yield f"- Basis: {'; '.join(en.basis)}\n"


def text() -> str:
    """Return the whole document."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
