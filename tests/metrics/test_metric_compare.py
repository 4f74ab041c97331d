"""What a figure is held against."""

from __future__ import annotations

from datetime import date

from marts import DONG_HA, LAO_BAO, PROVINCE, UNITS, case, complaint, marts, unit

from metrics import catalogue, compare
from metrics.answer import Row, ask
from metrics.intervals import newcombe_difference
from metrics.model import Query
from metrics.periods import NoPeriod
from metrics.viewer import PROVINCE as PROVINCE_VIEWER
from metrics.viewer import Viewer

ACCOUNT = Viewer("unit", frozenset({LAO_BAO}))
MORE = [unit(f"2000{i}-20250701", f"Xã {i}", "commune", province_id=PROVINCE) for i in range(4)]
QUERY = Query(("complaints_received",), "commune", LAO_BAO, "2026-10")


def test_the_period_before_and_a_year_before_are_the_same_question() -> None:
    before, year = compare.previous(QUERY), compare.same_last_year(QUERY)
    assert isinstance(before, Query) and isinstance(year, Query)
    assert (before, year) == (QUERY.at(period="2026-09"), QUERY.at(period="2025-10"))


def test_before_the_data_begin_there_is_a_reason_instead() -> None:
    assert isinstance(compare.same_last_year(QUERY, earliest=date(2026, 1, 1)), NoPeriod)


def test_the_median_is_told_to_a_unit_and_others_values_are_not() -> None:
    units = [*UNITS, *MORE]
    letters = [complaint(unit_id=u["unit_id"]) for i, u in enumerate(MORE) for _ in range(i + 1)]
    snapshot = marts(complaints=letters, units=units)
    found = compare.province_median(QUERY, ACCOUNT, snapshot)
    # 0 and 0 of the two communes of the little world, 1 to 4 of the others.
    assert (found.value, found.n_units) == ((1 + 2) / 2, 6)
    assert [r.unit_id for r in ask(QUERY.at(unit=None), ACCOUNT, snapshot) if r.is_shown] == [LAO_BAO]


def test_a_median_of_few_units_is_not_told_to_a_unit() -> None:
    found = compare.province_median(QUERY, ACCOUNT, marts(complaints=[complaint(unit_id=DONG_HA)]))
    assert found.value is None and found.why is not None
    assert found.why.text("vi") == "Ít đơn vị (2), không nêu trung vị"


def test_denunciations_have_no_median_for_a_unit() -> None:
    found = compare.province_median(QUERY.at(metrics=("denunciations_received",)), ACCOUNT, marts())
    assert found.value is None and found.why is not None


def test_a_units_own_target_comes_before_its_levels_and_only_while_in_force() -> None:
    of_communes = {"metric": "on_time_rate", "level": "commune"}
    snapshot = marts(
        [case()],
        dim_target=[
            {**of_communes, "target": 0.95, "valid_from": date(2025, 7, 1)},
            {**of_communes, "target": 0.98, "valid_from": date(2026, 1, 1), "unit_id": LAO_BAO},
        ],
    )
    own = compare.target("on_time_rate", "commune", LAO_BAO, date(2026, 10, 31), snapshot)
    earlier = compare.target("on_time_rate", "commune", LAO_BAO, date(2025, 10, 31), snapshot)
    assert own is not None and earlier is not None
    assert (own.value, earlier.value) == (0.98, 0.95)
    assert compare.target("on_time_rate", "commune", DONG_HA, date(2025, 1, 1), snapshot) is None


def test_two_shares_are_told_apart_by_newcombes_interval_of_their_difference() -> None:
    metric = catalogue.metric("on_time_rate")

    def row(met: int, n: int, period: str) -> Row:
        cases = [
            case(received_on=date(2026, 10, 1), completed_on=date(2026, 10, 6), due_on=date(2026, 10, 6 - (i >= met)))
            for i in range(n)
        ]
        return ask(QUERY.at(metrics=("on_time_rate",), period=period), PROVINCE_VIEWER, marts(cases)).rows[0]

    # 195/200 against 9/20: the difference is 52.5 points (21.9–79.3 at 99.8 %); against 17/20, 12.5 (−0.9–47.1).
    now, then = row(195, 200, "2026-10"), row(9, 20, "2026-10")
    assert compare.is_clear(metric, now, then) and compare.is_clear(metric, then, now)
    assert not compare.is_clear(metric, now, row(17, 20, "2026-10"))
    assert not compare.is_clear(metric, now, row(0, 0, "2026-10"))
    # 180/200 against 166/200 is clear at 95 % (0.3–13.7), which one comparison in twenty is by chance.
    assert newcombe_difference(180, 200, 166, 200)[0] > 0
    assert not compare.is_clear(metric, row(180, 200, "2026-10"), row(166, 200, "2026-10"))
