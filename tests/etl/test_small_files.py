"""Reception, engagement, tickets, published scores, form II.06a tables, steps: how their files come in."""

from __future__ import annotations

import doctest
import tomllib
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from etl_drawn import reasons, table

from etl import messages, periods, types, validate
from etl.datasets import all_datasets
from etl.intake import load_files
from etl.receipt import Receipt
from warehouse.paths import DataDir

Load = Callable[..., Receipt]

FILES = {
    "reception": "unit_code,received_on,host,n_visits\n19432,05/10/2026,Chủ tịch,3\n",
    "engagement": "unit_code,held_on,kind,n_people\n19432,05/10/2026,Đối thoại,80\n",
    "queue_ticket": "unit_code,taken_at,called_at\n19432,05/10/2026 08:00,05/10/2026 08:10\n",
    "settlement_summary": "unit_code,period_start,period_end,settled\n19432,01/10/2026,31/10/2026,3\n",
    "official_score": "index_id,unit_code,period,component_id,score\n766,19432,Quý III/2026,progress,18.5\n",
    "case_step": "case_code,step_name,started_at\nH44.12-261001-0001,Thẩm định,05/10/2026\n",
}


def only(data_dir: DataDir, receipt: Receipt) -> dict[str, Any]:
    (row,) = table(data_dir, receipt)
    return row


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(periods).failed == 0 == doctest.testmod(types).failed
    assert doctest.testmod(periods).attempted >= 2 and doctest.testmod(types).attempted >= 2


@pytest.mark.parametrize("dataset", FILES)
def test_a_dataset_is_told_by_its_own_fields_and_the_same_bytes_are_one_load(load_text: Load, dataset: str) -> None:
    receipt = load_text(FILES[dataset])
    assert (receipt.dataset, receipt.n_read, receipt.n_accepted) == (dataset, 1, 1)
    again = load_text(FILES[dataset], name="another-name.csv")
    assert again.is_repeat and again.load_no == receipt.load_no


def test_every_dataset_of_the_product_can_be_loaded(load_text: Load) -> None:
    assert all_datasets().keys() == {"case", "complaint", "survey_answer", *FILES}
    assert load_text(FILES["reception"], dataset="reception").n_accepted == 1
    assert [q.code for q in load_text(FILES["reception"], dataset="hiring").questions] == ["no_such_dataset"]


def test_a_register_of_letters_without_its_codes_is_not_taken_for_receptions(load_text: Load) -> None:
    receipt = load_text("kind,unit_code,received_on,settled_on,n_people\nKhiếu nại,19432,05/10/2026,,1\n")
    (question,) = receipt.questions
    assert (question.code, question.values["missing"]) == ("unknown_layout", '"letter_code"')


def test_bad_rows_are_kept_apart_with_their_reason_and_none_is_lost(data_dir: DataDir, load_text: Load) -> None:
    text = (
        "unit_code,received_on,host,n_visits\n"
        "19432,05/10/2026,Chủ tịch,3\n"
        "99999,05/10/2026,Chủ tịch,3\n"
        "19432,,Chủ tịch,3\n"
        "19432,not a day,Chủ tịch,3\n"
        "19432,06/10/2026,Ai đó,-2\n"
    )
    receipt = load_text(text)
    assert (receipt.n_read, receipt.n_accepted, receipt.n_rejected) == (5, 2, 3)
    assert reasons(data_dir, receipt) == [
        (3, "unit_code", "unknown_unit"), (4, "received_on", "missing_date"), (5, "received_on", "unreadable_date"),
    ]  # fmt: skip
    assert reasons(data_dir, receipt, "warnings") == [
        (6, "host", "unknown_label"),
        (6, "n_visits", "negative_number"),
    ]
    assert [(r["host"], r["n_visits"]) for r in table(data_dir, receipt)] == [("chair", 3), (None, None)]


def test_names_in_a_register_are_dropped_and_said(data_dir: DataDir, load_text: Load) -> None:
    text = "unit_code,received_on,Họ tên,n_visits\n19432,05/10/2026,Nguyễn Văn Ví Dụ,3\n"
    receipt = load_text(text)
    assert [(c.header, c.reason) for _, c in receipt.dropped] == [("Họ tên", "personal_header")]
    assert "Ví Dụ" not in str(table(data_dir, receipt))


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("host", {"Thủ trưởng": "chair", "ỦY QUYỀN": "delegate", "Tiếp thường xuyên": "regular"}),
        (
            "kind",
            {
                "Hội nghị trao đổi, đối thoại": "dialogue",
                "Hội nghị cộng đồng dân cư": "community_meeting",
                "Giám sát, phản biện": "oversight",
                "Kiểm tra": "inspection",
                "Mô hình “Dân vận khéo”": "model",
                "Tổ dân vận": "team",
                "Chính quyền thân thiện": "friendly_office",
            },
        ),
    ],
)
def test_vietnamese_labels_are_known(data_dir: DataDir, load_text: Load, field: str, texts: dict[str, str]) -> None:
    day = "received_on" if field == "host" else "held_on"
    lines = [f'19432,{at + 1:02d}/10/2026,"{text}"' for at, text in enumerate(texts)]
    receipt = load_text(f"unit_code,{day},{field}\n" + "\n".join(lines) + "\n")
    assert [row[field] for row in table(data_dir, receipt)] == list(texts.values())


def test_a_delegate_is_warned_of_from_the_day_of_the_ban_and_kept(data_dir: DataDir, load_text: Load) -> None:
    days = ("30/06/2026,Ủy quyền", "01/07/2026,Ủy quyền", "02/07/2026,Chủ tịch")
    receipt = load_text("unit_code,received_on,host\n" + "".join(f"19432,{day}\n" for day in days))
    assert receipt.n_accepted == 3
    assert reasons(data_dir, receipt, "warnings") == [(3, "host", "delegate_not_allowed")]


def test_a_table_that_breaks_an_identity_of_the_form_or_leaves_a_count_out_is_rejected_with_the_reason(
    data_dir: DataDir, load_text: Load
) -> None:
    head = (
        "unit_code,period_start,period_end,field_name,received,received_online,received_counter_post,carried_in,"
        "settled,settled_early,settled_on_time,settled_late,pending,pending_in_time,pending_overdue\n"
    )
    span = "19432,01/10/2026,31/10/2026"
    rows = [
        f"{span},Tổng số,10,5,4,1,8,4,3,1,2,1,1",  # right
        f"{span},,11,5,4,1,8,4,3,1,2,1,1",
        f"{span},,10,5,4,1,8,4,3,0,2,1,1",
        f"{span},,10,5,4,1,8,4,3,1,2,2,1",
        "19432,31/10/2026,01/10/2026,,0,0,0,0,0,0,0,0,0,0,0",
        f"{span},,10,5,4,1,7,4,3,0,2,1,1",  # nothing wrong but what came in and what is left
        f"{span},,10,5,4,1,8,4,3,1,2,1,",
        f"{span},,10,5,4,1,8,tám,3,1,2,1,1",
    ]
    receipt = load_text(head + "\n".join(rows) + "\n")
    assert [(row, reason) for row, _, reason in reasons(data_dir, receipt)] == [
        (3, "identity_received"), (4, "identity_settled"), (5, "identity_pending"), (6, "period_ends_first"),
        (7, "identity_whole"), (8, "counts_missing"), (9, "counts_missing"),
    ]  # fmt: skip
    assert (receipt.n_accepted, receipt.n_rejected) == (1, 7)
    assert {row["field_name"] for row in table(data_dir, receipt)} == {None}


def test_moments_of_a_ticket_out_of_order_are_warned_of(data_dir: DataDir, load_text: Load) -> None:
    text = (
        "unit_code,taken_at,called_at,finished_at\n"
        "19432,05/10/2026 08:00,05/10/2026 08:10,05/10/2026 08:20\n"
        "19432,05/10/2026 08:00,05/10/2026 07:10,05/10/2026 08:20\n"
        "19432,05/10/2026 08:00,05/10/2026 08:10,05/10/2026 08:05\n"
    )
    receipt = load_text(text)
    found = reasons(data_dir, receipt, "warnings")
    assert found == [(3, "called_at", "increasing_moments"), (4, "finished_at", "increasing_moments")]
    assert table(data_dir, receipt)[0]["taken_at"] == datetime(2026, 10, 5, 8)


def test_two_rows_of_one_day_and_host_are_said_and_two_teams_of_one_day_are_not(
    data_dir: DataDir, load_text: Load
) -> None:
    twice = load_text("unit_code,received_on,host\n" + "19432,05/10/2026,Chủ tịch\n" * 2, name="a.csv")
    assert reasons(data_dir, twice, "warnings") == [(3, "received_on", "repeated_in_file")]
    teams = load_text("unit_code,held_on,kind\n" + "19432,05/10/2026,Tổ dân vận\n" * 2, name="b.csv")
    assert (teams.n_accepted, reasons(data_dir, teams, "warnings")) == (2, [])


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("42.5", "5.123"), (42.5, 5.123)),
        (('"42,5"', '"5,123"'), (42.5, 5.123)),
        (("0.051", "0.123"), (0.051, 0.123)),  # a thousand never begins with 0
    ],
)
def test_the_decimals_of_a_column_of_scores_are_told_by_its_texts(
    data_dir: DataDir, load_text: Load, texts: tuple[str, str], values: tuple[float, float]
) -> None:
    lines = "".join(f"PAPI,44,2025,d{at},{text}\n" for at, text in enumerate(texts))
    receipt = load_text("index_id,unit_code,period,component_id,score\n" + lines)
    assert tuple(row["score"] for row in table(data_dir, receipt)) == values
    assert reasons(data_dir, receipt, "warnings") == []


def test_a_published_score_keeps_its_document_and_an_unknown_period_is_rejected(
    data_dir: DataDir, load_text: Load
) -> None:
    text = (
        "document_no,published_on,index_id,unit_code,period,component_id,score,max_score\n"
        "766/TB,15/10/2026,Bộ chỉ số 766,44,Quý III/2026,progress,18.4,20\n"
        "766/TB,15/10/2026,766,44,lúc nào đó,progress,18.4,20\n"
        "766/TB,15/10/2026,766,44,2026-Q3,online,18.4,12\n"
    )
    receipt = load_text(text)
    assert reasons(data_dir, receipt) == [(3, "period", "unknown_period")]
    assert reasons(data_dir, receipt, "warnings") == [(4, "score", "score_above_max")]
    first, _ = table(data_dir, receipt)
    assert (first["index_id"], first["period"], first["document_no"]) == ("766", "2026-Q3", "766/TB")
    assert first["published_on"] == date(2026, 10, 15)


def test_old_provinces_in_a_file_of_scores_are_read_by_their_codes_of_then(data_dir: DataDir, load_text: Load) -> None:
    text = "index_id,unit_code,period,component_id,score,published_on\n" + "".join(
        f"PAPI,{code},2019,total,43.1,28/04/2020\n" for code in ("44", "45", "74")
    )
    receipt = load_text(text)
    assert receipt.era == "3tier" and receipt.notices == {}
    assert {row["unit_id"] for row in table(data_dir, receipt)} == {"44-20200101", "45-20200101", "74-20200101"}


def test_steps_have_no_unit_of_their_own_and_texts_outside_the_catalogue_are_not_stored(
    data_dir: DataDir, load_text: Load
) -> None:
    (data_dir.root / "reference").mkdir(parents=True)
    (data_dir.root / "reference" / "case_steps.csv").write_text("step_name,role_name\nThẩm định,Chuyên môn\n", "utf-8")
    text = (
        "case_code,step_name,role_name,started_at,ended_at\n"
        "H44.12-261001-0001,THẨM ĐỊNH,Chuyên môn,05/10/2026,07/10/2026\n"
        "H44.12-261001-0001,Gặp bà Lê Thị Ví Dụ,Chuyên môn,07/10/2026,\n"
        "H44.12-261001-0001,Thẩm định,Chuyên môn,07/10/2026,06/10/2026\n"
    )
    receipt = load_text(text)
    assert receipt.sender_unit_id is None
    warned = [(3, "step_name", "outside_catalogue"), (4, "ended_at", "ended_before_started")]
    assert (receipt.n_rejected, reasons(data_dir, receipt, "warnings")) == (0, warned)
    assert [row["step_name"] for row in table(data_dir, receipt)] == ["Thẩm định", "ngoài danh mục", "Thẩm định"]


def test_every_code_of_a_rule_has_its_words_in_both_languages() -> None:
    rules = tomllib.loads((Path(validate.__file__).parent / "rules.toml").read_text("utf-8"))["rule"]
    codes = {rule["id"] for rule in rules} | {"negative_number", "unknown_period", "repeated_in_file"}
    for lang in messages.LANGUAGES:
        assert [code for code in sorted(codes) if messages.reason(code, lang) == code] == []


def test_a_folder_of_several_datasets_comes_in_at_once(data_dir: DataDir, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for dataset, text in FILES.items():
        (folder / f"{dataset}.csv").write_text(text, "utf-8")
    assert {r.dataset: r.n_accepted for r in load_files([folder], data_dir)} == dict.fromkeys(FILES, 1)
