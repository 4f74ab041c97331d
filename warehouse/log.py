"""The rotating log of a data folder: what ran and how it ended, never a value from a file."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from warehouse.paths import DataDir

NAME = "gandan"
MAX_BYTES = 2_000_000
KEPT_FILES = 5


class _PrivateHandler(RotatingFileHandler):
    """Opens its file for the owner alone, also after a rotation."""

    def _open(self):  # type: ignore[no-untyped-def]
        descriptor = os.open(self.baseFilename, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        os.fchmod(descriptor, 0o600)
        return os.fdopen(descriptor, self.mode, encoding=self.encoding)


def get(data_dir: DataDir) -> logging.Logger:
    """Return the logger "gandan", writing to `log/gandan.log` of this folder (and of no other)."""
    logger = logging.getLogger(NAME)
    target = data_dir.logs / "gandan.log"
    mine = [h for h in logger.handlers if isinstance(h, _PrivateHandler)]
    if len(mine) == 1 and Path(mine[0].baseFilename) == target.absolute():
        return logger
    for stale in mine:
        logger.removeHandler(stale)
        stale.close()
    data_dir.logs.mkdir(parents=True, exist_ok=True)
    data_dir.logs.chmod(0o700)
    handler = _PrivateHandler(target, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(process)d %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger
