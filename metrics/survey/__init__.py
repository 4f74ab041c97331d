"""Scores and shares of the province's own survey, by the design of its samples; never a PAPI result."""

from metrics.survey.rules import PUBLISH
from metrics.survey.scores import SOURCE, Scored, Scores, scores

__all__ = ["PUBLISH", "SOURCE", "Scored", "Scores", "scores"]
