"""Exit codes with names (product.md §4)."""

from enum import IntEnum


class Exit(IntEnum):
    """What a command's exit status says."""

    DONE = 0
    """Done, also with rejects, warnings or hidden rows."""
    USAGE = 2
    NOTHING_ACCEPTED = 3
    NEEDS_ANSWER = 4
    CHECK_FAILED = 5
    """A `#fail` check stopped the publish."""
    BUSY = 6
