"""A file without a column for publishing or replies does not say that nothing was published or answered."""

from __future__ import annotations

from pathlib import Path

from loads import build, small_dir, write_load


def test_what_a_file_has_no_column_for_is_not_recorded(tmp_path: Path) -> None:
    data = small_dir(tmp_path)
    write_load(data, [{"held_on": "2026-09-01"}], "engagement")
    write_load(data, [{"held_on": "2026-09-02"}], "engagement", leaves_out=("published_on",))
    write_load(data, [{"held_on": "2026-09-03"}], "engagement", leaves_out=("published_on", "replied_on"))
    found = (
        build(data)
        .execute("SELECT is_publication_recorded, is_reply_recorded FROM fct_engagement ORDER BY held_on")
        .fetchall()
    )
    assert found == [(True, True), (False, True), (False, False)]
