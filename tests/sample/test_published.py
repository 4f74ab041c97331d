"""What `gandan ask` says of the published sample is what its clean rows say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gandan.demo import generate
from metrics.answer import ask
from metrics.model import Query
from metrics.viewer import PROVINCE
from tests.sample.conftest import SMALL, Small
from tests.sample.reference import Clean
from warehouse.engines import connect_reader
from warehouse.snapshots import SnapshotRef

UNITS = ("19597", "19009", "19495", "18880", "19742", "25819")


class Snapshot:
    def __init__(self, ref: SnapshotRef) -> None:
        self.name = ref.name
        self.connection = connect_reader(ref.path)

    def cursor(self) -> Any:
        return self.connection.cursor()


@pytest.fixture(scope="module")
def snapshot(published: SnapshotRef) -> Iterator[Snapshot]:
    opened = Snapshot(published)
    yield opened
    opened.connection.close()


@pytest.fixture(scope="module")
def small_clean(small: Small) -> Clean:
    return Clean(generate.build(small.data_dir, SMALL))


@pytest.mark.parametrize("metric", ["received", "settled", "on_time_rate", "online_rate", "pending"])
@pytest.mark.parametrize("period", ["2025-Q3", "2026-Q1", "2026-Q3"])
def test_ask_agrees_with_the_rows_of_a_commune(
    snapshot: Snapshot, small_clean: Clean, metric: str, period: str
) -> None:
    for unit in UNITS:
        asked = ask(Query((metric,), level="commune", unit=unit, period=period), PROVINCE, snapshot)
        (row,) = [row for row in asked if row.unit_id == f"{unit}-20250701"]
        assert row.numerator is not None
        expected = small_clean.figure(metric, unit, period)
        if metric.endswith("_rate") and row.denominator == 0:
            assert row.value is None
        else:
            assert row.value == pytest.approx(expected), (unit, row)


def test_the_silent_commune_has_not_sent_anything(snapshot: Snapshot) -> None:
    asked = ask(Query(("received",), level="commune", unit="19435", period="2026-Q1"), PROVINCE, snapshot)
    assert [(row.status, row.value) for row in asked] == [("not_sent", None)]


def test_the_sample_says_that_it_is_one(published: SnapshotRef) -> None:
    assert published.info()["is_demo"] in ("true", "True", "1")
    assert published.info()["data_on"] == "2026-10-31"


def test_a_commune_without_letters_is_quiet_in_the_provinces_register_and_not_silent(snapshot: Snapshot) -> None:
    asked = ask(Query(("complaints_received",), level="commune", within="44", period="2026-06"), PROVINCE, snapshot)
    assert len(asked) == 78
    assert {row.status for row in asked} == {"ok"}
    assert 0 in {row.value for row in asked}
