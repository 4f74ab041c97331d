"""Rao-Wu rescaling bootstrap: how often each PSU counts in each replicate, for figures made of many means.

Rao and Wu (1988): in a stratum of n PSUs draw n − 1 with replacement and multiply the weights by n ÷ (n − 1) times how
often each was drawn. Strata of a single PSU are drawn together as one, for their spread is not nothing.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np

from metrics.stats.design import Design, Floats, Ints

REPLICATES = 500
ONE_THREAD = 250_000
"""Products of a matrix multiplication up to which OpenBLAS uses one thread."""


def multipliers(drawn: Design, replicates: int = REPLICATES, seed: int = 0) -> Floats:
    """Return what the weights of each PSU are multiplied by in each replicate (replicates × PSUs)."""
    draw = np.random.default_rng(seed)
    found = np.ones((replicates, drawn.n_psus))
    stratum = collapsed(drawn.stratum)
    for h in np.unique(stratum):
        members = np.flatnonzero(stratum == h)
        n = len(members)
        if n < 2:
            continue
        # Numbers drawn and counted: ten times as fast as a multinomial of many categories.
        chosen = draw.integers(0, n, size=(replicates, n - 1)) + n * np.arange(replicates)[:, None]
        times = np.bincount(chosen.ravel(), minlength=replicates * n).reshape(replicates, n)
        found[:, members] = times * (n / (n - 1))
    return found


@lru_cache(maxsize=16)
def _of_strata(stratum: bytes, replicates: int) -> Floats:
    h = np.frombuffer(stratum, dtype=np.int64)
    return multipliers(Design(np.arange(len(h)), h), replicates, zlib.crc32(stratum))


def of_design(drawn: Design, replicates: int = REPLICATES) -> Floats:
    """Return the multipliers whose seed follows from the design: the same data always give the same answer.

    Units of one design share their draws, which are then made once.
    """
    return _of_strata(np.ascontiguousarray(drawn.stratum, dtype=np.int64).tobytes(), replicates)


def replicated(times: Floats, totals: Floats) -> Floats:
    """Return PSU totals (PSUs × k) added up in each replicate (replicates × k).

    In batches so small that the linear algebra stays on one thread: on a busy server waiting for the others costs more.
    """
    rows = max(1, ONE_THREAD // max(totals.size, 1))
    if rows >= len(times):
        return np.asarray(times @ totals)
    whole = len(times) - len(times) % rows
    found = times[:whole].reshape(-1, rows, times.shape[1]) @ totals
    return np.concatenate([found.reshape(whole, -1), times[whole:] @ totals])


def collapsed(stratum: Ints) -> Ints:
    """Return the strata with those of a single PSU put together; one that stays alone joins the first other.

    >>> collapsed(np.array([0, 0, 1, 2])).tolist(), collapsed(np.array([0, 0, 1])).tolist()
    ([0, 0, 1, 1], [0, 0, 0])
    """
    size = np.bincount(stratum)
    single = size[stratum] == 1
    found = stratum.copy()
    if single.sum() == 1 and len(stratum) > 1:
        found[single] = stratum[~single][0]
    elif single.any():
        found[single] = stratum[single].min()
    return found


def standard_errors(replicated: Floats) -> Floats:
    """Return the standard deviation of each column over the replicates (replicates × k), unanswered ones left out."""
    return np.asarray(np.nanstd(replicated, axis=0, ddof=1))
