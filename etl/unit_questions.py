"""Which of several units of the same name is meant: asked once, remembered for whoever sends such files."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from etl.layouts import Layout
from etl.personal import safe
from etl.place_names import accented_key
from etl.receipt import Choice, Question
from etl.text import clean
from etl.unit_columns import UnitTexts
from etl.units import Resolution, UnitIndex
from warehouse.paths import DataDir

KEY = "unit:"
PROVINCE = "province"
"""Key of the one question that stands for many: in which province the file's units lie."""
MOST_NAMED = 4
FILE = "units.csv"


@dataclass(frozen=True)
class Known:
    """What has been answered about a sender's units."""

    by_name: Mapping[str, str] = field(default_factory=dict)
    """Name key -> unit id; empty: none of the units of that name."""
    province_code: str = ""

    @classmethod
    def of(cls, data_dir: DataDir, sender: str, answers: Mapping[str, str]) -> Known:
        """Return what was answered for this sender, the answers at hand on top."""
        names = {name: unit_id for who, name, unit_id in learned(data_dir) if who == sender}
        names |= {key.removeprefix(KEY): value for key, value in answers.items() if key.startswith(KEY)}
        return cls(names, answers.get(PROVINCE) or names.pop(PROVINCE, ""))

    def resolve(self, units: UnitIndex, code: str | None, name: str | None, on: date, layout: Layout) -> Resolution:
        """Return the unit that is meant, an answer going before a doubt."""
        found = units.resolve(
            code=code, name=name, on=on, province_code=self.province_code or layout.province_code or None
        )
        if found.reason == "ambiguous" and name and self.by_name.get(accented_key(name)):
            return units.resolve(code=self.by_name[accented_key(name)], on=on)
        return found

    def is_answered(self, name: str) -> bool:
        return accented_key(name) in self.by_name


def learned(data_dir: DataDir) -> list[tuple[str, str, str]]:
    """Return (sender, name key, unit id) of every remembered answer, the later ones last."""
    path = data_dir.learned / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as opened:
        return [(row["sender"], row["name"], row["unit_id"]) for row in csv.DictReader(opened)]


def remember(data_dir: DataDir, sender: str, answers: Mapping[str, str], on: date) -> None:
    """Write a sender's answers about units into `learned/units.csv`; hold the writer's lock."""
    if not sender:
        return  # nobody to remember it for
    given = {key.removeprefix(KEY): value for key, value in answers.items() if key.startswith(KEY)}
    if answers.get(PROVINCE):
        given[PROVINCE] = answers[PROVINCE]
    known = {(who, name): (unit_id, "") for who, name, unit_id in learned(data_dir)}
    if not given or all(known.get((sender, name), ("-", ""))[0] == unit_id for name, unit_id in given.items()):
        return
    path = data_dir.learned / FILE
    rows: dict[tuple[str, str], tuple[str, str]] = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as opened:
            rows = {(r["sender"], r["name"]): (r["unit_id"], r["learned_on"]) for r in csv.DictReader(opened)}
    rows |= {(sender, name): (unit_id, on.isoformat()) for name, unit_id in given.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{FILE}.part")
    with aside.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(["sender", "name", "unit_id", "learned_on"])
        writer.writerows([*key, *value] for key, value in sorted(rows.items()))
    aside.replace(path)


def ambiguous(
    units: UnitIndex,
    texts: Iterable[UnitTexts],
    layout: Layout,
    on: date,
    known: Known,
    neighbours: Iterable[str] = (),
) -> list[Question]:
    """Return the question that tells names apart which several units bear.

    The province, where it decides every one of them, so that a sender is asked once; else each name. `neighbours` are
    units that earlier loads were of: with the file's own they suggest the province.
    """
    doubtful: dict[str, tuple[str, Resolution]] = {}
    sure = [unit_id for unit_id in neighbours if units.has(unit_id)]
    for one in texts:
        if one.role != "unit":
            continue
        for code, name in one.pairs:
            if not clean(name) or known.is_answered(clean(name)):
                continue
            found = known.resolve(units, clean(code) or None, clean(name), on, layout)
            if found.reason == "ambiguous":
                doubtful.setdefault(accented_key(clean(name)), (clean(name), found))
            elif found.unit_id:
                sure.append(found.unit_id)
    provinces = _deciding_provinces(units, doubtful, on)
    if provinces:
        return [_province(units, provinces, list(doubtful.values()), sure, on)]
    return [_unit(units, key, name, found, on) for key, (name, found) in sorted(doubtful.items())]


def era(three: str, two: str) -> Question:
    """Return the question of a file that names units of both eras."""
    choices = [Choice("3tier", code="era_3tier"), Choice("2tier", code="era_2tier")]
    return Question("mixed_eras", "", {"three": three, "two": two}, "era", choices)


def _unit(units: UnitIndex, key: str, name: str, found: Resolution, on: date) -> Question:
    choices = [Choice(unit_id, _full(units, unit_id, on)) for unit_id in found.candidates]
    choices.append(Choice("", code="no_such_unit"))
    return Question("which_unit", "", {"name": safe(name)}, KEY + key, choices)


def _deciding_provinces(units: UnitIndex, doubtful: Mapping[str, tuple[str, Resolution]], on: date) -> list[str]:
    """Return the province ids among the candidates, those of most names first; none when one holds two of a name."""
    counted: Counter[str] = Counter()
    for _, found in doubtful.values():
        lying = [units.unit(unit_id, on).province_id for unit_id in found.candidates]
        if len(found.candidates) < 2 or "" in lying or len(set(lying)) < len(lying):
            return []
        counted.update(lying)
    return [province_id for province_id, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))]


def _province(
    units: UnitIndex, provinces: list[str], doubtful: list[tuple[str, Resolution]], sure: list[str], on: date
) -> Question:
    choices = [Choice(units.unit(one, on).code, units.unit(one, on).full_name) for one in provinces]
    usual = Counter(units.unit(unit_id, on).province_id for unit_id in sure).most_common(1)
    suggested = usual[0][0] if usual and usual[0][0] in provinces else ""
    names = ", ".join(f'"{safe(name)}"' for name, _ in doubtful[:MOST_NAMED])
    return Question(
        "which_province",
        "",
        {"n": str(len(doubtful)), "names": names},
        PROVINCE,
        choices,
        units.unit(suggested, on).code if suggested else "",
    )


def _full(units: UnitIndex, unit_id: str, on: date) -> str:
    unit = units.unit(unit_id, on)
    above = [units.unit(i, on).full_name for i in (unit.district_id, unit.province_id) if i and i != unit_id]
    return ", ".join((f"{unit.full_name} ({unit.code})", *above))
