"""Prepares the survey at publish: one row per respondent instead of one per answer (`sum_survey_respondent`)."""

from __future__ import annotations

from typing import Any

from metrics.survey import respondents


def build(con: Any) -> None:
    """Write the respondents of every survey; always anew, they are few."""
    con.execute(f"CREATE OR REPLACE TABLE {respondents.PREPARED} AS\n{respondents.statement()}")
