"""What each account sees from end to end (product.md §6): `--as` on the command line, over a published snapshot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from click.testing import CliRunner

from gandan.__main__ import main
from gandan.exit_codes import Exit
from metrics import catalogue
from tests.metrics import marts as m
from tests.ui import world
from warehouse.paths import DataDir
from warehouse.snapshots import current

QUARTER, MONTH = "2026-Q3", "2026-09"
LAO_BAO, DONG_HA = "unit:19432", "unit:19333"
VIEWERS = ("province", "auditor", "viewer", LAO_BAO, DONG_HA)
OPEN = {
    "received", "received_in_period", "received_online", "received_counter_post", "received_for_others", "carried_in",
    "settled", "settled_early", "settled_on_time", "settled_late", "pending", "pending_in_time", "pending_overdue",
    "on_time_rate",
}  # fmt: skip
"""Counts of the form and its rate: what an account sees of others by name; never a first promise or a check of data."""


@pytest.fixture(scope="module", autouse=True)
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataDir]:
    """The little world, with letters of every kind in both communes and one case received for another body."""
    letters = [
        m.complaint(unit_id=unit, kind=kind, received_on=date(2026, 9, 1 + n), settle_due_on=date(2026, 10, 1))
        for unit in (m.LAO_BAO, m.DONG_HA)
        for kind in ("complaint", "petition", "feedback", "denunciation")
        for n in range(3)
    ]
    given = m.case(unit_id=m.DONG_HA, receiving_unit_id=m.LAO_BAO, received_on=date(2026, 9, 3))
    data_dir = world.publish(tmp_path_factory.mktemp("scope"), **{**world.tables([given]), "complaints": letters})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANDAN_DATA_DIR", str(data_dir.root))
        patch.setenv("GANDAN_TODAY", "2026-11-21")
        yield data_dir


def said(command: str, *arguments: str, viewer: str, expected: Exit = Exit.DONE) -> list[dict[str, str]]:
    done = CliRunner().invoke(main, [command, *arguments, "--as", viewer, "--format", "csv"])
    assert done.exit_code == expected, (arguments, done.output, done.exception)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def seen(metric: str, viewer: str, level: str = "commune", period: str = QUARTER) -> set[str]:
    """Return the units whose figure an account is told; what is withheld holds no number at all."""
    rows = said("ask", metric, "--level", level, "--period", period, viewer=viewer)
    for row in rows:
        if row["status"] in ("hidden", "not_available"):
            assert {row[c] for c in ("numerator", "denominator", "value", "lower", "upper")} == {""}
    return {r["unit_code"] for r in rows if r["value"]}


@pytest.mark.parametrize("metric", [n for n, d in catalogue.metrics().items() if d.source == "fct_case"])
def test_of_others_an_account_sees_only_case_counts_and_the_form_rate(metric: str) -> None:
    both = seen(metric, "province")
    expected = both if metric in OPEN else both & {"19432"}
    assert seen(metric, LAO_BAO) == expected
    assert seen(metric, "viewer") == (both if expected == both else set())


@pytest.mark.parametrize("metric", [n for n, d in catalogue.metrics().items() if d.source == "fct_complaint"])
def test_of_letters_an_account_sees_its_own_and_of_denunciations_nothing(metric: str) -> None:
    is_secret = metric in ("denunciations_received", "letters_received", "matters_received")
    assert seen(metric, LAO_BAO) <= (set() if is_secret else {"19432"})
    assert seen(metric, LAO_BAO, "province") == seen(metric, "viewer") == seen(metric, "viewer", "province") == set()
    if metric in ("complaints_received", "feedback_received", "denunciations_received"):
        assert seen(metric, "province") == {"19432", "19333"}


def test_denunciations_are_told_by_whole_quarters_only_whatever_the_road() -> None:
    asked = "denunciations_received"
    assert seen(asked, "province", period=MONTH) == set()
    for more in (("--by", "field"), ("--level", "province", "--by", "channel")):
        rows = said("ask", asked, "--level", "commune", "--period", QUARTER, *more, viewer="province")
        assert {r["value"] for r in rows} == {""}
    rows = said("ask", asked, "--level", "province", "--from", "2026-07", "--to", "2026-09", viewer="province")
    assert {r["value"] for r in rows} == {""}
    rows = said("ask", asked, "--level", "province", "--period", QUARTER, "--calendar", "report", viewer="province")
    assert len(rows) == 1 and (rows[0]["period_start"], rows[0]["period_end"]) == ("2026-06-15", "2026-09-14")


@pytest.mark.parametrize("metric", [n for n, d in catalogue.metrics().items() if d.source == "fct_survey_answer"])
def test_survey_figures_of_others_are_not_told(metric: str) -> None:
    assert seen(metric, LAO_BAO, period="2026-10") <= {"19432"}
    assert seen(metric, "viewer", period="2026-10") == set()


@pytest.mark.parametrize("viewer", VIEWERS)
@pytest.mark.parametrize("metric", [n for n, d in catalogue.metrics().items() if d.rows == "none"])
def test_nobody_lists_denunciations_or_answers(metric: str, viewer: str) -> None:
    for unit, level in (("19432", "commune"), ("44", "province")):
        assert said("cases", metric, "--unit", unit, "--level", level, "--period", QUARTER, viewer=viewer,
                    expected=Exit.USAGE) == []  # fmt: skip


@pytest.mark.parametrize("metric", [n for n, d in catalogue.metrics().items() if d.rows == "own_complaint"])
def test_no_list_of_letters_holds_a_denunciation(metric: str) -> None:
    parts = ["numerator"] + (["denominator"] if catalogue.metric(metric).denominator not in ("", "population") else [])
    for part in parts:
        for unit, level in (("19432", "commune"), ("44", "province")):
            listed = said("cases", metric, "--unit", unit, "--level", level, "--period", QUARTER, "--part", part,
                          viewer="province")  # fmt: skip
            assert "denunciation" not in {r["kind"] for r in listed}


@pytest.mark.parametrize("metric", ["settled", "on_time_rate", "complaints_received"])
def test_a_unit_lists_its_own_rows_and_no_others(metric: str) -> None:
    own = said("cases", metric, "--unit", "19432", "--period", QUARTER, viewer=LAO_BAO)
    assert own and {r["answering_unit_id"] for r in own} == {m.LAO_BAO}
    for where in (
        ("--unit", "19333"),
        ("--unit", "44"),
        ("--level", "commune"),
        ("--within", "44", "--level", "commune"),
    ):
        said("cases", metric, *where, "--period", QUARTER, viewer=LAO_BAO, expected=Exit.USAGE)
    said("cases", metric, "--unit", "19432", "--period", QUARTER, viewer="viewer", expected=Exit.USAGE)


def test_cases_received_for_another_body_are_listed_to_the_receiver_and_not_to_a_third() -> None:
    asked = ("received_for_others", "--period", QUARTER, "--unit")
    assert [r["unit_id"] for r in said("cases", *asked, "19432", viewer=LAO_BAO)] == [m.DONG_HA]
    said("cases", *asked, "19432", viewer=DONG_HA, expected=Exit.USAGE)


def test_a_withheld_figure_is_not_told_by_another_format_or_by_the_form() -> None:
    for form in ("json", "table"):
        arguments = [
            "ask",
            "complaints_received",
            "--unit",
            "19333",
            "--period",
            QUARTER,
            "--as",
            LAO_BAO,
            "--format",
            form,
        ]
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == Exit.DONE and "wilson" not in done.stdout
        assert ('"numerator": null' in done.stdout) if form == "json" else (" 3 " not in done.stdout)


def test_an_account_that_names_no_unit_is_refused() -> None:
    for name in ("unit:", "unit:99999", "root", "UNIT:19432"):
        done = CliRunner().invoke(main, ["ask", "settled", "--period", QUARTER, "--as", name])
        assert done.exit_code == Exit.USAGE and not done.stdout, name


def test_there_were_denunciations_to_hide(published: DataDir) -> None:
    ref = current(published)
    assert ref is not None
    with ref.open() as con:
        assert con.execute("SELECT count(*) FROM fct_complaint WHERE kind = 'denunciation'").fetchall() == [(6,)]
