"""Charts as data: what is drawn, in which order, in which role's colour."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

from ui import charts, maps, numbers, panels, theme, tiles
from warehouse.paths import REPOSITORY

STYLE = charts.Style(unit="percent", lang="vi")


def drawn(figure: Any, mode: str) -> list[dict[str, Any]]:
    """Return the traces of a mode."""
    return [t for t in figure.to_plotly_json()["data"] if t.get("mode") == mode]


def mark(name: str, value: float | None, sign: theme.Word = "ordinary", **more: Any) -> charts.Mark:
    return charts.Mark(name, name, value, sign=sign, **more)


def test_a_ranking_keeps_the_order_given_and_draws_each_interval_as_a_whisker() -> None:
    marks = (mark("B", 0.9, lower=0.8, upper=0.95), mark("A", 0.95, lower=0.9, upper=0.99))
    figure = charts.ranking(marks, STYLE)
    dots = drawn(figure, "markers")[0]
    assert list(dots["y"]) == ["B", "A"] and list(dots["x"]) == [90.0, 95.0]
    assert [list(t["x"]) for t in drawn(figure, "lines")] == [[80.0, 95.0], [90.0, 99.0]]


def test_a_small_unit_is_grey_and_hollow_whatever_its_value() -> None:
    figure = charts.ranking((mark("A", 0.2, "concern", is_small=True), mark("B", 0.3, "concern")), STYLE)
    dots = drawn(figure, "markers")[0]["marker"]
    assert list(dots["color"]) == [theme.FAINT, theme.CONCERN]
    assert list(dots["symbol"]) == ["circle-open", "circle"]


def test_the_line_breaks_between_the_sides_of_the_change_of_units() -> None:
    points = tuple(
        charts.Point(f"{month:02d}/2025", date(2025, month, 1), 0.9, side=int(month >= 7)) for month in range(5, 9)
    )
    figure = charts.trend(points, charts.Style(break_label="Từ 01/7/2025"))
    assert [list(t["x"]) for t in drawn(figure, "lines+markers")] == [["05/2025", "06/2025"], ["07/2025", "08/2025"]]
    layout = figure.to_plotly_json()["layout"]
    assert [s["x0"] for s in layout["shapes"]] == [1.5]
    assert "Từ 01/7/2025" in [a["text"] for a in layout["annotations"]]


def test_no_rule_is_drawn_where_nothing_changed() -> None:
    points = tuple(charts.Point(str(i), date(2026, i, 1), 0.9, side=1) for i in range(1, 4))
    assert charts.trend(points, STYLE).layout.shapes == ()


def test_a_missing_period_is_a_gap_and_a_running_one_is_hollow() -> None:
    points = (
        charts.Point("1", date(2026, 1, 1), 0.9),
        charts.Point("2", date(2026, 2, 1), None),
        charts.Point("3", date(2026, 3, 1), 0.8, is_provisional=True),
    )
    line = drawn(charts.trend(points, STYLE), "lines+markers")[0]
    assert line["y"][1] is None and line["connectgaps"] is False
    assert list(line["marker"]["symbol"]) == ["circle", "circle", "circle-open"]


def test_counts_start_at_zero_and_rates_zoom() -> None:
    points = (charts.Point("1", date(2026, 1, 1), 500.0), charts.Point("2", date(2026, 2, 1), 520.0))
    assert charts.trend(points, charts.Style(unit="cases")).layout.yaxis.range[0] == 0
    assert charts.zoom([0.92, 0.95], "percent")[0] > 80


def test_a_stacked_bar_is_the_share_of_its_own_whole() -> None:
    figure = charts.mix(
        (charts.Bar("A", (6, 3, 1)), charts.Bar("B", (0, 0, 0))), ("x", "y", "z"), (theme.ACCENT,) * 3, STYLE
    )
    assert [list(t["x"]) for t in figure.to_plotly_json()["data"]] == [[60.0, 0.0], [30.0, 0.0], [10.0, 0.0]]
    assert figure.data[2].text[0] == "10 %"


def test_kinds_that_may_not_be_added_have_each_a_scale_from_zero() -> None:
    series = tuple((n, (charts.Point("Q1", date(2026, 1, 1), v),)) for n, v in (("a", 100.0), ("b", 2.0)))
    layout = panels.panels(series, STYLE).to_plotly_json()["layout"]
    assert layout["yaxis"]["range"] == [0, 130.0] and layout["yaxis2"]["range"][1] < 3


def test_numbers_carry_vietnamese_separators_and_no_toolbar() -> None:
    assert charts.ranking((mark("A", 0.5),), STYLE).layout.separators == ",."
    assert charts.CONFIG["displayModeBar"] is False


PLACES = tuple(tiles.Place(str(i), f"Xã Số {i}", 16 + 0.1 * (i // 5), 106 + 0.1 * (i % 5)) for i in range(25))


def spot(i: int, value: float | None, **more: Any) -> maps.Spot:
    return maps.Spot(str(i), str(i), f"Số {i}", value, f"Số {i}", **more)


def test_every_unit_of_the_tile_map_can_be_clicked_and_told() -> None:
    spots = tuple(spot(i, i / 25) for i in range(25))
    figure = maps.tile_map(spots, PLACES, STYLE)
    found = {key for t in figure.to_plotly_json()["data"] for key in t["customdata"]}
    assert found == {str(i) for i in range(25)}


def test_small_and_missing_units_are_hatched_and_do_not_set_the_scale() -> None:
    spots = (spot(0, 0.1, is_small=True), spot(1, None), spot(2, 0.9), spot(3, 0.95))
    bars = maps.tile_map(spots, PLACES[:4], STYLE).to_plotly_json()["data"]
    shape = {k: p for t in bars for k, p in zip(t["customdata"], t["marker"]["pattern"]["shape"], strict=True)}
    colour = {k: c for t in bars for k, c in zip(t["customdata"], t["marker"]["color"], strict=True)}
    assert shape == {"0": "/", "1": "x", "2": "", "3": ""}
    assert colour["0"] == colour["1"] == theme.NO_DATA
    assert (colour["2"], colour["3"]) == (theme.SEQUENTIAL[0], theme.SEQUENTIAL[9])


def test_no_two_units_share_a_tile_and_neighbours_are_kept() -> None:
    grid = tiles.layout(PLACES)
    assert len({(t.column, t.row) for t in grid}) == len(PLACES)
    assert tiles.neighbours_kept(PLACES, grid) > 0.95


def test_a_unit_north_of_another_in_the_same_place_lies_above_it() -> None:
    grid = {t.unit_id: t for t in tiles.layout(PLACES)}
    assert grid["22"].row < grid["2"].row and grid["0"].column < grid["4"].column


def test_a_mix_of_one_bar_has_room_for_its_axis() -> None:
    one = charts.mix((charts.Bar("Hộ tịch", (20, 10, 2)),), ("a", "b", "c"), ("red", "green", "blue"), STYLE)
    assert one.layout.height >= 150


def test_counts_have_whole_ticks_and_a_rate_near_nothing_is_not_nothing() -> None:
    assert charts.counted(3) == {"dtick": 1}
    assert numbers.number(0.016, "per_10k") == "0,02" and numbers.number(0.0, "per_10k") == "0"
    assert numbers.span(0.9, 0.9999, "percent") == "90,0–99,9 %"  # an end that is not 100 % is not printed as such
    assert numbers.difference(1.0, "minutes", "") == "+1,0" and numbers.difference(1, "cases", "") == "+1"


def test_the_letters_on_every_tile_can_be_read_in_light_and_in_dark() -> None:
    with (REPOSITORY / ".streamlit" / "config.toml").open("rb") as file:
        modes = tomllib.load(file)["theme"]

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for mode in (modes["light"], modes["dark"]):
        roles = mode["chartCategoricalColors"]
        ink, pale = roles[5], roles[8]  # theme.INK and theme.NO_DATA
        for step, ground in enumerate(mode["chartSequentialColors"]):
            ends = sorted((light(pale if step >= maps.DEEP else ink), light(ground)))
            assert (ends[1] + 0.05) / (ends[0] + 0.05) >= 3.5, (step, ground)
