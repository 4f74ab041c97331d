"""`docs/sample.md`, read off the stories themselves: `python -m gandan.demo.document > docs/sample.md`."""

from __future__ import annotations

from pathlib import Path

from gandan.demo.stories import STORIES, Figure

HEAD = Path(__file__).with_name("document_head.md")


def markdown() -> str:
    """Return the document."""
    parts = [HEAD.read_text(encoding="utf-8")]
    for story in STORIES:
        parts += [
            f"\n**{story.en}.** {story.vi}.\n",
            "| metric | level | unit | period | expected |",
            "|---|---|---|---|---|",
        ]
        parts += [_row(figure) for figure in story.figures]
    return "\n".join(parts) + "\n"


def _row(figure: Figure) -> str:
    return f"| `{figure.metric}` | {figure.level} | `{figure.unit}` | `{figure.period}` | {_range(figure)} |"


def _range(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "none"
    if figure.high <= 1 and figure.metric.endswith(("_rate", "_strict")):
        return f"{figure.low:.0%} – {figure.high:.0%}"
    return f"{figure.low:,g} – {figure.high:,g}"


if __name__ == "__main__":
    print(markdown(), end="")
