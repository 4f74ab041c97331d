"""Every metric is documented, in both languages, with a basis; the document is the definitions' own."""

from __future__ import annotations

import re
from datetime import date

import pytest
from marts import columns

from metrics import catalogue, compile, dictionary
from metrics.explain import explain


def test_the_dictionary_is_what_the_definitions_say() -> None:
    written = dictionary.TARGET.read_text(encoding="utf-8")
    assert written == dictionary.text(), "run: python -m metrics.dictionary"


def test_every_metric_has_its_section_and_none_is_left_out() -> None:
    assert {dictionary.section(m) for m in catalogue.metrics().values()} <= dictionary.TITLES.keys()
    entries = re.findall(r"^### `(\w+)`$", dictionary.text(), re.M)
    assert sorted(entries) == sorted(catalogue.metrics())


def test_no_two_metrics_have_one_label() -> None:
    for lang in ("vi", "en"):
        labels = [m.label[lang].strip().lower() for m in catalogue.metrics().values()]
        assert sorted({label for label in labels if labels.count(label) > 1}) == [], lang


@pytest.mark.parametrize("name", list(catalogue.metrics()))
def test_every_legal_basis_has_the_day_from_which_it_holds_and_none_ends_before_it_begins(name: str) -> None:
    basis = catalogue.metric(name).regulation
    assert basis
    for one in basis:
        assert one.cite and isinstance(one.since, date), f"{name}: {one.cite} has no date"
        assert one.until is None or one.since <= one.until, one.cite


@pytest.mark.parametrize("name", list(catalogue.metrics()))
def test_a_definition_is_complete_in_both_languages(name: str) -> None:
    for lang in ("vi", "en"):
        found = explain(name, lang)
        assert found.label and found.description and found.basis and found.formula
        for value in (found.kind, found.unit, found.direction, found.interval, found.rows, found.viewers):
            assert not re.fullmatch(r"[a-z]+_[a-z_]+", value), f"{value} has no {lang} word"


@pytest.mark.parametrize("name", list(catalogue.metrics()))
def test_a_definition_names_only_columns_of_its_mart(name: str) -> None:
    metric = catalogue.metric(name)
    assert compile.columns(metric) <= set(columns(metric.source)), name


def test_rows_of_people_are_never_listed() -> None:
    listed = {m.name for m in catalogue.metrics().values() if m.rows != "none"}
    assert not [name for name in listed if name.startswith(("survey", "satisfaction", "denunciation"))]


def test_an_unknown_name_suggests_a_known_one_and_a_promised_one_says_it_is_to_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(catalogue.UnknownMetric, match=r"Unknown metric 'on_tme_rate'\. Did you mean: on_time_rate"):
        catalogue.metric("on_tme_rate")
    monkeypatch.setattr(catalogue, "planned", lambda: frozenset({"a_name_to_come"}))
    with pytest.raises(catalogue.UnknownMetric, match="not there yet"):
        catalogue.metric("a_name_to_come")


def test_every_promised_name_has_its_definition() -> None:
    assert catalogue.planned() == frozenset()
