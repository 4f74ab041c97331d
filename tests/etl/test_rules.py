"""Each rule of rules.toml, by a row that breaks it and nothing else; the level decides whether the row is kept."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from etl_drawn import reasons, table

from etl import messages, rules
from etl.receipt import Receipt
from warehouse.paths import DataDir

Load = Callable[..., Receipt]
DOCUMENT = tomllib.loads((Path(rules.__file__).parent / "rules.toml").read_text("utf-8"))

BASE = {
    "case": {
        "case_code": "H44.12-260901-0001", "unit_code": "19432", "received_at": "01/09/2026",
        "accepted_at": "02/09/2026", "due_at": "10/09/2026", "due_original_at": "10/09/2026",
        "completed_at": "08/09/2026", "handed_over_at": "09/09/2026", "status": "completed",
        "supplement_requested_at": "03/09/2026", "supplement_received_at": "04/09/2026",
        "reappointed_at": "05/09/2026", "apology_at": "05/09/2026", "synced_at": "10/09/2026",
    },
    "complaint": {
        "letter_code": "D-1", "kind": "complaint", "unit_code": "19432", "received_on": "01/09/2026",
        "accepted_on": "03/09/2026",
        "transferred_on": "02/09/2026", "settled_on": "20/09/2026", "reopened_on": "",
    },
    "survey_answer": {
        "survey_id": "KS", "respondent_id": "P1", "unit_code": "19432", "answered_on": "01/09/2026", "item_id": "1.1.1",
        "answer": "3",
    },
    "case_step": {
        "case_code": "H44.12-260901-0001", "step_name": "Thẩm định", "started_at": "01/09/2026 08:00",
        "ended_at": "02/09/2026 08:00",
    },
    "reception": {"unit_code": "19432", "received_on": "01/09/2026", "host": "chair"},
    "engagement": {
        "unit_code": "19432", "held_on": "01/09/2026", "ended_on": "01/09/2026", "kind": "dialogue", "n_questions": "5",
        "n_answered": "5", "replied_on": "05/09/2026", "published_on": "05/09/2026",
    },
    "queue_ticket": {
        "unit_code": "19432", "taken_at": "01/09/2026 08:00", "called_at": "01/09/2026 08:10",
        "finished_at": "01/09/2026 08:20",
    },
    "settlement_summary": {
        "unit_code": "19432", "period_start": "01/09/2026", "period_end": "30/09/2026", "received": "10",
        "received_online": "5", "received_counter_post": "4", "carried_in": "1", "settled": "8", "settled_early": "4",
        "settled_on_time": "3", "settled_late": "1", "pending": "2", "pending_in_time": "1", "pending_overdue": "1",
    },
    "official_score": {
        "index_id": "766", "unit_code": "44", "period": "2026-Q3", "component_id": "progress", "score": "18",
        "max_score": "20", "published_on": "15/10/2026",
    },
}  # fmt: skip
"""One row of each dataset in which nothing is odd; today is 22/11/2026, the calendar ends with 2027."""

DATED = ("due_at", "due_original_at", "completed_at", "handed_over_at", "accepted_at", "apology_at", "reappointed_at",
         "supplement_requested_at", "supplement_received_at")  # fmt: skip
EMPTY = dict.fromkeys((*DATED, "status"), "")
BESIDE = {
    ("handed_over_before_received", "handed_over_at"): {("completed_at", "handed_over_without_end")},
    ("future_date", "handed_over_at"): {("completed_at", "handed_over_without_end")},
    ("beyond_calendar", "completed_at"): {("completed_at", "future_date")},
}
"""What cannot but be told beside a rule."""

CASE = [
    ("completed_before_received", "completed_at", {"completed_at": "31/08/2026"}),
    ("due_before_received", "due_at", {"due_at": "31/08/2026", "due_original_at": ""}),
    ("due_before_received", "due_original_at", {"due_original_at": "31/08/2026"}),
    ("due_brought_forward", "due_at", {"due_at": "09/09/2026"}),
    ("accepted_before_received", "accepted_at", {"accepted_at": "31/08/2026"}),
    ("completed_before_accepted", "completed_at", {"completed_at": "01/09/2026"}),
    ("handed_over_before_completed", "handed_over_at", {"handed_over_at": "07/09/2026"}),
    ("handed_over_before_received", "handed_over_at",
     {**EMPTY, "handed_over_at": "31/08/2026"}),
    ("handed_over_without_end", "completed_at", {"completed_at": "", "status": "processing"}),
    ("supplement_before_received", "supplement_requested_at", {"supplement_requested_at": "31/08/2026"}),
    ("supplement_order", "supplement_received_at", {"supplement_received_at": "02/09/2026"}),
    ("reappointed_before_received", "reappointed_at", {"reappointed_at": "31/08/2026"}),
    ("apology_before_received", "apology_at", {"apology_at": "31/08/2026"}),
    ("code_date_differs", "case_code", {"case_code": "H44.12-260731-0001"}),
    ("odd_case_code", "case_code", {"case_code": "HS-77"}),
    ("ended_without_date", "status", {"completed_at": "", "handed_over_at": ""}),
    ("synced_ahead", "synced_at", {"synced_at": "23/11/2026"}),
    ("future_date", "received_at", {**EMPTY, "case_code": "H44.12-261125-0001", "received_at": "25/11/2026"}),
    ("future_date", "completed_at", {"completed_at": "23/11/2026", "handed_over_at": ""}),
    *(("future_date", name, {**EMPTY, name: "23/11/2026"}) for name in ("accepted_at", "handed_over_at",
     "supplement_requested_at", "supplement_received_at", "reappointed_at", "apology_at")),
    ("beyond_calendar", "received_at", {"case_code": "H44.12-190901-0001", "received_at": "01/09/2019"}),
    ("beyond_calendar", "due_at", {"due_at": "01/02/2028"}),
    ("beyond_calendar", "completed_at", {"completed_at": "01/02/2028", "handed_over_at": ""}),
]  # fmt: skip
"""(rule, field, what is changed in the row)."""

BREAKS = {
    "case": CASE,
    "complaint": [
        ("settled_before_received", "settled_on", {"settled_on": "31/08/2026"}),
        ("settled_before_accepted", "settled_on", {"settled_on": "02/09/2026"}),
        ("accepted_before_received", "accepted_on", {"accepted_on": "31/08/2026"}),
        ("transferred_before_received", "transferred_on", {"transferred_on": "31/08/2026"}),
        ("reopened_before_settled", "reopened_on", {"reopened_on": "19/09/2026"}),
        ("future_date", "received_on",
         {"received_on": "23/11/2026", "accepted_on": "", "transferred_on": "", "settled_on": ""}),
        ("future_date", "settled_on", {"settled_on": "23/11/2026"}),
        ("future_date", "accepted_on", {"accepted_on": "23/11/2026", "settled_on": ""}),
        ("future_date", "transferred_on", {"transferred_on": "23/11/2026"}),
        ("future_date", "reopened_on", {"reopened_on": "23/11/2026"}),
        ("beyond_calendar", "received_on", {"received_on": "01/09/2019"}),
    ],
    "survey_answer": [("future_date", "answered_on", {"answered_on": "23/11/2026"})],
    "case_step": [
        ("ended_before_started", "ended_at", {"ended_at": "01/09/2026 07:00"}),
        ("future_date", "ended_at", {"ended_at": "23/11/2026"}),
        ("future_date", "started_at", {"started_at": "23/11/2026", "ended_at": ""}),
        ("beyond_calendar", "started_at", {"started_at": "01/09/2019"}),
    ],
    "reception": [
        ("delegate_not_allowed", "host", {"host": "delegate"}),
        ("future_date", "received_on", {"received_on": "23/11/2026"}),
        ("beyond_calendar", "received_on", {"received_on": "01/09/2019"}),
    ],
    "engagement": [
        ("ended_before_held", "ended_on", {"ended_on": "31/08/2026"}),
        ("more_answers", "n_answered", {"n_answered": "6"}),
        ("replied_before_held", "replied_on", {"replied_on": "31/08/2026"}),
        ("published_before_held", "published_on", {"published_on": "31/08/2026"}),
        ("future_date", "held_on",
         {"held_on": "23/11/2026", "ended_on": "", "replied_on": "", "published_on": ""}),
        *(("future_date", name, {name: "23/11/2026"}) for name in ("ended_on", "replied_on", "published_on")),
    ],
    "queue_ticket": [
        ("increasing_moments", "called_at", {"called_at": "01/09/2026 07:10"}),
        ("increasing_moments", "finished_at", {"finished_at": "01/09/2026 08:05"}),
        ("future_date", "taken_at", {"taken_at": "23/11/2026", "called_at": "", "finished_at": ""}),
    ],
    "settlement_summary": [
        ("period_ends_first", "period_end", {"period_end": "31/08/2026"}),
        ("counts_missing", "received", {"pending": ""}),
        ("identity_received", "received", {"received": "11"}),
        ("identity_settled", "settled", {"settled_late": "0"}),
        ("identity_pending", "pending", {"pending_in_time": "2"}),
        ("identity_whole", "received", {"settled": "7", "settled_late": "0"}),
        ("future_date", "period_end", {"period_end": "30/11/2026"}),
    ],
    "official_score": [
        ("score_above_max", "score", {"score": "21"}),
        ("future_date", "published_on", {"published_on": "23/11/2026"}),
    ],
}  # fmt: skip


def text_of(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("dataset", BASE)
def test_a_row_that_breaks_a_rule_is_told_by_it_alone_and_kept_unless_the_rule_rejects(
    load_text: Load, data_dir: DataDir, dataset: str
) -> None:
    drawn = BREAKS[dataset]
    changed = [{**BASE[dataset], **change} for _, _, change in drawn]
    receipt = load_text(text_of([BASE[dataset], *changed]))
    assert not receipt.questions
    levels = {(r["id"], r["field"]): r["level"] for r in DOCUMENT["rule"] if r["dataset"] == dataset}
    told = {n: (field, rule) for n, (rule, field, _) in enumerate(drawn, 3)}
    # The rows say the same of the same key; which of them wins is told beside the rules.
    passed_over = {"duplicate_in_file", "repeated_in_file", "outside_catalogue"}
    found = {level: [r for r in reasons(data_dir, receipt, name) if r[2] not in passed_over]
             for level, name in (("reject", "rejects"), ("warn", "warnings"))}  # fmt: skip
    beside = {(n, *one) for n, (f, rule) in told.items() for one in BESIDE.get((rule, f), ())}
    for level in ("reject", "warn"):
        expected = sorted((n, f, rule) for n, (f, rule) in told.items() if levels[(rule, f)] == level)
        assert [one for one in found[level] if one not in beside] == expected
    kept = {row["source_row"] for row in table(data_dir, receipt)}
    assert kept == {2, *(n for n, (f, rule) in told.items() if levels[(rule, f)] != "reject")}


def test_every_rule_of_the_file_has_its_row_here() -> None:
    drawn = {(dataset, rule, field) for dataset, rows in BREAKS.items() for rule, field, _ in rows}
    assert drawn == {(rule["dataset"], rule["id"], rule["field"]) for rule in DOCUMENT["rule"]}


def test_only_what_the_product_names_is_rejected() -> None:
    rejecting = {rule["id"] for rule in DOCUMENT["rule"] if rule["level"] == "reject"}
    assert rejecting == {
        "completed_before_received", "settled_before_received",  # E before R
        "period_ends_first", "counts_missing",  # no period, no counts
        "identity_received", "identity_settled", "identity_pending", "identity_whole",
    }  # fmt: skip


def test_every_code_that_reading_may_find_has_a_level_and_words() -> None:
    codes = [*rules.levels(), *(rule["id"] for rule in DOCUMENT["rule"])]
    assert set(rules.levels().values()) <= {"reject", "needed", "warn", "repair"}
    for lang in messages.LANGUAGES:
        assert [code for code in codes if messages.reason(code, lang) == code] == []
        assert str(DOCUMENT["limits"]["code_date_days"]) in messages.reason("code_date_differs", lang)


HEADER = "case_code,unit_code,received_at\n"


@pytest.mark.parametrize(
    ("written", "stored", "repair"),
    [
        ("H44.12–261001–0001", "H44.12-261001-0001", "code_tidied"),
        ("h44.12 - 261001 - 0001", "H44.12-261001-0001", "code_tidied"),
        ("Н44.12-261001-0001", "H44.12-261001-0001", "code_tidied"),  # the first letter is Cyrillic
        ("H44.12-26lOO1-OOO1", "H44.12-261001-0001", "code_letters"),
        ("HS  12/2026", "HS 12/2026", "code_tidied"),
        ("HS-O1/2026", "HS-O1/2026", None),  # of no known form: an O may be an O
        (" H44.12-261001-0001 ", "H44.12-261001-0001", None),
    ],
)
def test_a_code_is_put_right_and_counted_only_where_one_reading_is_left(
    load_text: Load, data_dir: DataDir, written: str, stored: str, repair: str | None
) -> None:
    receipt = load_text(HEADER + f"{written},19432,01/10/2026\n")
    assert [row["case_code"] for row in table(data_dir, receipt)] == [stored]
    assert receipt.sheets[0].repairs == ({repair: 1} if repair else {})


def test_a_unit_that_was_not_there_on_the_rows_day_is_said(load_text: Load, data_dir: DataDir) -> None:
    # 06028 is a commune of three tiers only: it ended with 30/06/2025.
    rows = "H44.12-250601-0001,06028,03/06/2025\nH44.12-250702-0001,06028,02/07/2025\n"
    receipt = load_text(HEADER + rows)
    assert reasons(data_dir, receipt, "warnings") == [(3, "unit_code", "unit_of_another_time")]
    # The heirs of 01/07/2025 stand for their older rows: no warning.
    heirs = load_text(
        HEADER + "H44.12-250601-0002,19432,03/06/2025\nH44.12-250702-0002,19432,02/07/2025\n", name="b.csv"
    )
    assert (heirs.era, reasons(data_dir, heirs, "warnings")) == ("2tier", [])


def test_more_checks_than_bits_leave_out_those_that_hold_of_no_row(
    load_text: Load, data_dir: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("etl.validate.MOST_CHECKS", 1)
    receipt = load_text(HEADER + "H44.12-261001-0001,19432,01/10/2026\nHS-1,19432,01/10/2026\n")
    assert reasons(data_dir, receipt, "warnings") == [(3, "case_code", "odd_case_code")]
