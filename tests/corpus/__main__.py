"""Prints what the corpus finds: `cd tests && python -m corpus [--loads] [--each] [--only TEXT] [--held-out]`."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from corpus.generator import another, corpus
from corpus.run import load_all, map_all, map_among_all, one_of_each, only

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def main() -> None:
    """Run a part and print its two reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="the third that is held aside: at the end, once")
    parser.add_argument("--loads", action="store_true", help="to the stored rows, not only to the mapping")
    parser.add_argument("--among-all", action="store_true", help="with the layouts of all senders learned")
    parser.add_argument("--each", action="store_true", help="each mutation once")
    parser.add_argument("--only", default="", help="files whose name holds this text")
    parser.add_argument("--seed", type=int, default=0, help="a corpus drawn anew from this seed")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    os.environ["GANDAN_TODAY"] = "2026-11-22"
    started = time.monotonic()
    drawn = another(SHARED, options.seed) if options.seed else corpus(SHARED, options.held_out)
    part = only(drawn, options.only)
    if options.each:
        part = one_of_each(part)
    if options.among_all:
        with tempfile.TemporaryDirectory() as folder:
            print(map_among_all(part, Path(folder)).text("mapped, the layouts of all senders learned"))
        return
    with tempfile.TemporaryDirectory() as folder:
        unseen, learned = (load_all if options.loads else map_all)(part, Path(folder))
    level = "loaded" if options.loads else "mapped"
    text = "\n\n".join([unseen.text(f"{level}, layout never seen"), learned.text(f"{level}, layout learned before")])
    text += f"\n\n{time.monotonic() - started:.0f} s\n"
    print(text)
    if options.out:
        options.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
