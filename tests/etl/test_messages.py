"""Every code has its words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from etl import messages
from etl.receipt import Question

CODE_FOLDER = Path(__file__).parents[2] / "etl"


def test_both_languages_have_the_same_keys_and_places() -> None:
    vi, en = messages.table("vi"), messages.table("en")
    assert {s: sorted(t) for s, t in vi.items()} == {s: sorted(t) for s, t in en.items()}
    for section, texts in vi.items():
        for code, text in texts.items():
            places = [set(re.findall(r"\{(\w+)", str(t))) for t in (text, en[section][code])]
            assert places[0] == places[1], (section, code)


def written_codes() -> set[str]:
    """Return the codes of reasons and questions that the intake's own modules and rules name."""
    rules = set(re.findall(r'^id = "(\w+)"', (CODE_FOLDER / "rules.toml").read_text("utf-8"), re.MULTILINE))
    found = set(rules)
    for name in ("intake", "file_intake", "unit_questions", "extract", "recognise", "codebook", "data_date", "raw"):
        text = (CODE_FOLDER / f"{name}.py").read_text("utf-8")
        found |= set(re.findall(r'(?:Question|Unreadable)\(\s*"(\w+)"', text))
    for name in ("raw", "values", "validate", "findings", "unit_columns"):
        text = (CODE_FOLDER / f"{name}.py").read_text("utf-8")
        found |= set(re.findall(r'(?:mark\(|rejects\.append\(\(|, )"(\w+_\w+)"(?=, one\.name|\)|,)', text)) & _known()
        found |= {c for c in ("broken_line", "duplicate_in_file", "respondent_replaced") if f'"{c}"' in text}
    return found


def _known() -> set[str]:
    return {*messages.table("vi")["reason"], "number_two_readings"}


def test_every_code_that_the_intake_writes_has_words() -> None:
    known = {*messages.table("vi")["reason"], *messages.table("vi")["question"]}
    assert len(written_codes()) > 25
    assert written_codes() <= known


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_question_names_the_file_and_the_next_step(lang: str) -> None:
    values = {
        "layout": "onestop-basic",
        "matched": "5",
        "of": "6",
        "missing": '"Ngày hẹn"',
        "unknown": '"Ngày hẹn khác"',
    }
    text = messages.question(Question("unknown_layout", "T3", values), "a.xlsx", lang)
    for part in ("a.xlsx", '"T3"', "onestop-basic", '"Ngày hẹn"', '"Ngày hẹn khác"', "layouts.toml"):
        assert part in text
