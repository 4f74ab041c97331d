"""`make bench`: every speed aim of the house as a ratio, measured in one run and written to docs/benchmarks.md."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from benchmarks import (
    browser,
    capacity,
    intake,
    many_files,
    pages,
    questions,
    worlds_control,
    worlds_standing,
)
from benchmarks.generate import MONTHS
from benchmarks.worlds_control import Result
from warehouse.paths import REPOSITORY

WORK = REPOSITORY / "benchmarks" / "scratch"
TARGET = REPOSITORY / "docs" / "benchmarks.md"
MEMORY_MB = 2000
HEAD = """# Benchmarks

Made by `make bench`; do not edit. Seeded logs of {months} months on 160 communes, 300 procedures and 20 fields
(`benchmarks/generate.py`), in canonical headers. Both sides of a ratio run in turns on the same machine, whole
processes, medians. The ratio is the result; seconds only give the scale. Beside each intake ratio stands that of
CPU seconds, user and system, which other work on the machine disturbs less. Pages are asked with 60,000 letters,
500,000 survey answers, a million queue tickets, 25,000 receptions, two months of steps, dialogues and published scores
beside the cases (`benchmarks/others.py`); of the opening questions all that a page reads to open is counted, analyses
included, apart from drawing it. The server's CPU of an opening is that of its whole process, drawing included, from the
click to the finished script, asked for by a reader without a browser (`benchmarks/clients.py`), signed in.

Log {log:,.0f} MB for {cases:,} cases, snapshot {snapshot:,.0f} MB. Python {python}, two threads, a memory limit of
1,500 MB for the engine, which may spill.

| What | Measured | Aim | Met |
|---|---|---|---|
"""


PLANTED = """
## Planted truths

What the statistics say of worlds whose truth is known: {worlds:,} of each (`benchmarks/worlds_control.py`,
`benchmarks/worlds_standing.py`). Lines without an aim are told for comparison.

| What | Measured | Aim | Met |
|---|---|---|---|
"""


def told(result: Result) -> str:
    """Return one line of the table of planted truths."""
    met = {None: "", True: "yes", False: "**no**"}[result.is_met]
    return f"| {result.what} | {result.measured:.2%} | {result.aim if result.is_met is not None else ''} | {met} |"


def row(what: str, measured: str, aim: str, is_met: bool) -> str:
    """Return one line of the result table."""
    return f"| {what} | {measured} | {aim} | {'yes' if is_met else '**no**'} |"


def main() -> None:
    """Measure, and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--small", type=int, default=1_000_000, help="cases of the smaller log")
    parser.add_argument("--large", type=int, default=10_000_000, help="cases of the larger log")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the smaller log; the larger has one")
    parser.add_argument("--worlds", type=int, default=1000, help="planted worlds per question")
    parser.add_argument("--output", type=Path, default=TARGET)
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)

    small, small_data = intake.measure(options.small, WORK, options.rounds)
    large, large_data = intake.measure(options.large, WORK, 1)
    for data, cases in ((small_data, options.small), (large_data, options.large)):
        intake.add_others(data, WORK, cases)
    heard = questions.opening(large_data, intake.TODAY)
    asked = questions.seconds(small_data, large_data, intake.TODAY, heard)
    costs, nothing = pages.measure(large_data, intake.TODAY, WORK)
    crowd = capacity.measure(large_data, intake.TODAY, WORK)
    visits = browser.repeat_visits(large_data, intake.TODAY, WORK)
    paint = browser.first_paint(WORK)
    month = intake.one_more_month(options.large, large_data, WORK)
    many = many_files.measure(WORK)

    lines = []
    for one in (small, large):
        lines.append(
            row(
                f"CSV → published snapshot over the bare typed read, {one.cases:,} cases",
                f"{one.ratio:.2f}, {one.cpu_ratio:.2f} by CPU"
                f" ({one.load:.1f} s load + {one.publish:.1f} s publish over {one.bare:.1f} s)",
                "≤ 5",
                one.ratio <= 5,
            )
        )
    lines.append(
        row(f"peak memory, {large.cases:,} cases", f"{large.peak_mb:,.0f} MB", "≤ 2,000 MB", large.peak_mb <= MEMORY_MB)
    )
    lines += [row(*told_of) for told_of in many_files.told(many)]
    share = (month.load + month.publish) / large.bare
    lines.append(
        row(
            f"one more month ({month.cases:,} cases) into {large.cases:,} over the bare read of the whole file",
            f"{share:.2f}, {month.cpu / large.bare_cpu:.2f} by CPU"
            f" ({month.load:.1f} s load + {month.publish:.1f} s publish, new snapshot included)",
            "≤ 0.8",
            share <= 0.8,
        )
    )
    for page, (fast, slow) in asked.items():
        ratio = slow / fast if fast else 1.0
        lines.append(
            row(
                f"{page}: {len(heard[page])} opening questions, large over small",
                f"{ratio:.2f} ({1000 * slow:.0f} over {1000 * fast:.0f} ms)",
                "≤ 1.2, or both < 20 ms",
                ratio <= 1.2 or max(slow, fast) < 0.02,
            )
        )
        lines.append(
            row(
                f"{page}: its opening questions together, {large.cases:,} cases",
                f"{1000 * slow:.0f} ms",
                "≤ 100 ms",
                slow <= 0.1,
            )
        )
    for page, (ours, empty) in visits.items():
        lines.append(
            row(
                f"{page}: repeat visit in Chromium over an empty Streamlit page",
                f"{ours / empty:.2f} ({ours:.2f} over {empty:.2f} s)",
                "≤ 3.5",
                ours / empty <= 3.5,
            )
        )
    lines += [row(*told_of) for told_of in browser.told(paint)]
    lines += [row(*told_of) for told_of in pages.told(costs, nothing)]
    lines += [row(*told_of) for told_of in capacity.told(crowd)]
    country = worlds_standing.seconds_of_the_country()
    lines.append(
        row(
            "tiers, rank intervals, funnel and changes of 3,321 communes, CPU",
            f"{country:.2f} s",
            "≤ 3 s",
            country <= 3,
        )
    )
    planted = worlds_control.rows(options.worlds) + worlds_standing.rows(options.worlds)
    text = HEAD.format(
        months=MONTHS, log=large.log_mb, cases=large.cases, snapshot=large.snapshot_mb, python=platform.python_version()
    )
    truths = PLANTED.format(worlds=options.worlds) + "\n".join(told(result) for result in planted)
    options.output.write_text(text + "\n".join(lines) + "\n" + truths + "\n", encoding="utf-8")
    print(options.output.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
