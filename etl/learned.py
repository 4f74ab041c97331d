"""What was answered once and is not asked again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from etl.recognise import Match
from warehouse.paths import DataDir


def remember(data_dir: DataDir, match: Match, answers: Mapping[str, str], file_name: str, on: date) -> None:
    """Write the layout that was told from a file into `learned/layouts/`; hold the writer's lock."""
