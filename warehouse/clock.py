"""One clock for the whole code base: local time of Vietnam, whatever the server's zone."""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """Return the local time without a zone; `GANDAN_TODAY` (yyyy-mm-dd) replaces the day."""
    moment = datetime.now(ZONE).replace(tzinfo=None)
    fixed = os.environ.get("GANDAN_TODAY")
    return datetime.combine(date.fromisoformat(fixed), moment.time()) if fixed else moment


def today() -> date:
    """Return the local day, the one `today()` of the code base."""
    return now().date()
