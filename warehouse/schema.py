"""The number of the mart tables' shape, and what to do with a snapshot of another one."""

from __future__ import annotations

SCHEMA = 4
"""Raise it whenever docs/marts.md changes. Loads keep all that is needed, so a migration is `gandan publish --full`."""


class SchemaMismatch(Exception):
    """A snapshot was written by an older or a newer version; `message` names the command to run."""

    def __init__(self, name: str, found: int):
        self.name = name
        self.found = found
        super().__init__(self.message("en"))

    def message(self, lang: str = "vi") -> str:
        """Return what is wrong and the next step."""
        if self.found < SCHEMA:
            if lang == "en":
                return (
                    f"Snapshot {self.name} has schema {self.found}, this version reads {SCHEMA}. "
                    "Run: gandan publish --full"
                )
            return (
                f"Bản số liệu {self.name} theo cấu trúc {self.found}, phiên bản này đọc cấu trúc {SCHEMA}. "
                "Hãy chạy: gandan publish --full"
            )
        if lang == "en":
            return (
                f"Snapshot {self.name} has schema {self.found}, newer than this version reads ({SCHEMA}). "
                "Install the version that wrote it, or run: gandan rollback"
            )
        return (
            f"Bản số liệu {self.name} theo cấu trúc {self.found}, mới hơn phiên bản này ({SCHEMA}). "
            "Hãy cài phiên bản đã tạo ra nó, hoặc chạy: gandan rollback"
        )


def check(name: str, found: int) -> None:
    """Raise `SchemaMismatch` unless the snapshot has the schema of this version."""
    if found != SCHEMA:
        raise SchemaMismatch(name, found)
