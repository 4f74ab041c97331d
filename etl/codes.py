"""SQL that reads a code: put right where that makes it one of the known form, and what state it is in."""

from __future__ import annotations

from etl.personal import code_pattern_sql, rules
from etl.text import literal

STATES = ("known_form", "other_code", "personal_code", "not_a_code", "no_code")
REPAIRS = ("code_tidied", "code_letters")

_LOOK_ALIKES = ("‐‑–—−ΗНАВСЕКМОРТХ", "-----HHABCEKMOPTX")
"""Long dashes of word processors and letters of other alphabets, and what they stand for."""
_FOR_DIGITS = ("OIL", "011")


def mended(cell: str, form: str) -> str:
    """Return SQL for a code put right where that makes it one of the known form, else only tidied.

    After the first dash of a known form stand digits alone, so an O there is a 0 and an I or l a 1.
    """
    tidied, known = _tidy(cell), literal(form)
    tight = f"regexp_replace(upper(translate({tidied}, '{_LOOK_ALIKES[0]}', '{_LOOK_ALIKES[1]}')), '\\s+', '', 'g')"
    head = f"regexp_extract({tight}, '^([^-]*-)', 1)"
    tail = f"translate(regexp_extract({tight}, '^[^-]*-(.*)$', 1), '{_FOR_DIGITS[0]}', '{_FOR_DIGITS[1]}')"
    return (
        f"CASE WHEN regexp_full_match({tight}, {known}) THEN {tight} "
        f"WHEN regexp_full_match({head} || {tail}, {known}) THEN {head} || {tail} ELSE {tidied} END"
    )


def repair(cell: str, kept: str) -> str:
    """Return SQL for what was put right: 0 nothing, else one more than the index in `REPAIRS`."""
    before = f"regexp_replace(upper({cell}), '[^0-9A-Z]', '', 'g')"
    after = f"regexp_replace({kept}, '[^0-9A-Z]', '', 'g')"
    in_digits = f"translate({before}, '{_FOR_DIGITS[0]}', '{_FOR_DIGITS[1]}')"
    return (
        f"CAST(CASE WHEN {kept} IS NULL OR {kept} = trim({cell}) THEN 0 "
        f"WHEN {after} <> {before} AND {in_digits} = translate({after}, '{_FOR_DIGITS[0]}', '{_FOR_DIGITS[1]}') "
        f"THEN 2 ELSE 1 END AS TINYINT)"
    )


def state(known: str, value: str, form: str) -> str:
    """Return SQL for the index in `STATES` of a code."""
    limits = rules()["codes"]
    return (
        f"CAST(CASE WHEN {known} THEN 0 WHEN {value} IS NULL THEN 4 "
        f"WHEN regexp_full_match({value}, {literal(form)}) THEN 0 "
        f"WHEN regexp_matches({value}, {literal(code_pattern_sql())}) THEN 2 "
        f"WHEN length({value}) > {limits['longest']} OR NOT regexp_full_match({value}, {literal(limits['any_code'])}) "
        f"OR NOT regexp_matches({value}, '[0-9]') THEN 3 ELSE 1 END AS TINYINT)"
    )


def _tidy(cell: str) -> str:
    """Return SQL for a code without the spaces and signs that a spreadsheet adds."""
    plain = f"regexp_replace(nfc_normalize({cell}), '[\\s\\x{{00A0}}\\x{{200B}}\\x{{FEFF}}]+', ' ', 'g')"
    return f"nullif(trim({plain}), '')"
