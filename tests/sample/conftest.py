"""The full sample in memory, and a small one written, loaded and published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from etl.intake import load_files
from etl.receipt import Receipt
from gandan import publish
from gandan.demo import generate, stories
from gandan.demo.case_files import Written
from tests.sample.reference import Clean
from warehouse.paths import DataDir
from warehouse.snapshots import SnapshotRef

SMALL = 0.05


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Clean:
    return Clean(generate.build(DataDir(tmp_path_factory.mktemp("reference-only"))))


@dataclass(frozen=True)
class Small:
    data_dir: DataDir
    written: list[Written]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    data_dir = DataDir(tmp_path_factory.mktemp("small"))
    return Small(data_dir, generate.generate(data_dir, SMALL))


@pytest.fixture(scope="session")
def receipts(small: Small) -> Iterator[list[Receipt]]:
    """The small sample loaded on its last day."""
    before = os.environ.get("GANDAN_TODAY")
    os.environ["GANDAN_TODAY"] = stories.LAST_DAY
    yield load_files([small.data_dir.root / "incoming"], small.data_dir)
    if before is None:
        del os.environ["GANDAN_TODAY"]
    else:
        os.environ["GANDAN_TODAY"] = before


@pytest.fixture(scope="session")
def published(small: Small, receipts: list[Receipt]) -> SnapshotRef:
    assert receipts
    return publish.publish(small.data_dir)
