"""Small-area estimation with covariates (Fay and Herriot 1979), the spread between areas by REML."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
MOST_STEPS = 200


@dataclass(frozen=True)
class FayHerriot:
    """EBLUP of each area with its mean squared error; `gamma` is the weight of the area's own estimate."""

    between: float
    """Variance between areas that the covariates leave (A); 0: alike as far as the data tell."""
    beta: Numbers
    eblup: Numbers
    mse: Numbers
    gamma: Numbers


def fay_herriot(values: npt.ArrayLike, variances: npt.ArrayLike, covariates: npt.ArrayLike) -> FayHerriot:
    """Return shrunk estimates from each area's own value, the variance of its error and a row of covariates.

    A by Fisher scoring on the restricted likelihood; MSE = g1 + g2 + 2·g3 (Prasad and Rao 1990). Smooth the variances
    first where shares lie at 0 or 1: a variance of zero would be trusted fully.
    """
    y, d = np.asarray(values, dtype=float), np.asarray(variances, dtype=float)
    x = np.asarray(covariates, dtype=float)
    a = float(np.median(d))
    for _ in range(MOST_STEPS):
        w = 1 / (a + d)
        projection = np.diag(w) - (w[:, None] * x) @ np.linalg.solve((x.T * w) @ x, x.T * w)
        residual = projection @ y
        score = -0.5 * np.trace(projection) + 0.5 * residual @ residual
        information = 0.5 * float((projection * projection.T).sum())
        step = float(score / information)
        a, before = max(0.0, a + step), a
        if abs(a - before) < 1e-12 * max(1.0, before):
            break
    w = 1 / (a + d)
    inverse = np.linalg.inv((x.T * w) @ x)
    beta = inverse @ (x.T * w) @ y
    gamma = a / (a + d)
    fitted = x @ beta
    g1 = gamma * d
    g2 = (1 - gamma) ** 2 * np.einsum("ij,jk,ik->i", x, inverse, x)
    g3 = d**2 * (a + d) ** -3 * 2 / float((w * w).sum())
    return FayHerriot(a, beta, gamma * y + (1 - gamma) * fitted, g1 + g2 + 2 * g3, gamma)
