"""Prints what the corpus finds: `python -m corpus [--held-out] [--level mapped|loaded] [--learned] [--only TEXT]`."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from corpus.generator import corpus
from corpus.measure import Reader, with_catalogues
from corpus.report import Report

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def main() -> None:
    """Run the open part (or, at the end, the part held aside) and print the report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--level", choices=["mapped", "loaded"], default="mapped")
    parser.add_argument("--learned", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    os.environ["GANDAN_TODAY"] = "2026-11-22"
    started = time.monotonic()
    report = Report()
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "files"
        files.mkdir()
        reader = Reader(with_catalogues(Path(folder) / "data"), files)
        number = 0
        for base, mutations in corpus(SHARED, options.held_out):
            tables = [t for t in (base, *mutations) if options.only in f"{t.name} {t.mutation}"]
            if not tables:
                continue
            if options.learned:
                reader.learn(base, options.level)
            for table in tables:
                number += 1
                if number % options.every:
                    continue
                report.add(reader.read(table, options.level))
            reader.forget()
    text = report.text(f"{options.level}, {'learned' if options.learned else 'unseen'}")
    text += f"\n{time.monotonic() - started:.0f} s\n"
    print(text)
    if options.out:
        options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
