"""Words that the intake has for its codes: why a row was rejected, what an export layout is called. The road to etl."""

from __future__ import annotations

from etl import layouts, messages
from warehouse.paths import DataDir


def reason(code: str, lang: str) -> str:
    """Return what is wrong with a row, and the next step."""
    return messages.reason(code, lang)


def layout_titles(data_dir: DataDir, lang: str) -> dict[str, str]:
    """Return the title of each known layout, the data folder's own included."""
    return {name: found.title.get(lang, name) for name, found in layouts.all_layouts(data_dir).items()}
