"""Where things lie: the data folder of a run, and reference data with its overrides."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
GROUP_READS = 0o750
DRAFTS = "drafts"
FIRST_DRAFT_LOAD = 900_001
"""Loads of a draft are numbered from here: none is ever taken for one of the province's."""
ENVIRONMENT_VARIABLE = "GANDAN_DATA_DIR"


@dataclass(frozen=True)
class DataDir:
    """Everything that a run keeps lies under one folder (product.md §4)."""

    root: Path

    @classmethod
    def from_environment(cls) -> DataDir:
        """Return the folder named by `GANDAN_DATA_DIR`, else `data/` of the repository."""
        named = os.environ.get(ENVIRONMENT_VARIABLE)
        return cls(Path(named).expanduser().resolve() if named else REPOSITORY / "data")

    @property
    def inbox(self) -> Path:
        """Uploaded bytes, mode 0700, until publish."""
        return self.root / "inbox"

    @property
    def waiting(self) -> Path:
        """One record per file that waits for an answer; its bytes lie in the inbox."""
        return self.root / "waiting"

    @property
    def learned(self) -> Path:
        """Layouts, names of units and labels that were answered once: text files to be reviewed."""
        return self.root / "learned"

    @property
    def arrivals(self) -> Path:
        """One line per file that arrived: when, its name and hash, what became of it."""
        return self.root / "arrivals.jsonl"

    @property
    def loads(self) -> Path:
        """One folder per load: receipt, accepted rows (mapped columns only), rejects."""
        return self.root / "loads"

    @property
    def snapshots(self) -> Path:
        return self.root / "snapshots"

    @property
    def candidate(self) -> Path:
        """The next snapshot, built and checked, not published: nobody reads figures here."""
        return self.root / "candidate"

    @property
    def pointer(self) -> Path:
        """The one-line file that names the published snapshot."""
        return self.root / "CURRENT"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def work(self) -> Path:
        """Half-built files; anything found here at the start of a run is a leftover and goes."""
        return self.root / "work"

    @property
    def lock(self) -> Path:
        return self.root / "WRITER.lock"

    @property
    def drafts(self) -> Path:
        """Drafts of single units, one folder each, beside what is published (docs/adr/0015)."""
        return self.root / DRAFTS

    def draft(self, code: str) -> DataDir:
        """Return the folder of the draft of the unit with this official code."""
        return DataDir(self.drafts / code)

    @property
    def is_draft(self) -> bool:
        """Whether this is the folder of a draft, not of a province."""
        return self.root.parent.name == DRAFTS and (self.root.parents[1] / "CURRENT").is_file()

    @property
    def home(self) -> DataDir:
        """The province's folder: this one, or that in which this draft lies."""
        return DataDir(self.root.parents[1]) if self.is_draft else self

    @property
    def first_load_no(self) -> int:
        """The number of the first load of this folder."""
        return FIRST_DRAFT_LOAD if self.is_draft else 1

    @property
    def shared_with_group(self) -> tuple[Path, ...]:
        """The folders with figures: for the owner and the group of the dashboard, nobody else."""
        return self.loads, self.snapshots, self.candidate, self.work

    def close_to_others(self) -> None:
        """Close the folders with figures to other accounts of the machine; `gandan doctor` says where that failed."""
        for folder in self.shared_with_group:
            with suppress(FileNotFoundError, PermissionError):  # another account's folder: theirs to close
                if folder.stat().st_mode & 0o777 & ~GROUP_READS:
                    folder.chmod(GROUP_READS)

    def reference(self, name: str) -> Path:
        """Return the file of that name in this folder's `reference/`, else the repository's own."""
        own = self.root / "reference" / name
        return own if own.exists() else REPOSITORY / "data" / "reference" / name

    def reference_files(self) -> list[Path]:
        """Return every reference file in force, overrides applied, sorted by name."""
        names: set[str] = set()
        for folder in (REPOSITORY / "data" / "reference", self.root / "reference"):
            if folder.is_dir():
                names.update(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())
        return [self.reference(name) for name in sorted(names)]
