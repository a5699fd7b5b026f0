"""Moves: historical windows, laws estimated from them, and the draws that stand in for what history does not hold."""

from dataclasses import dataclass

import numpy as np


class Factors:
    """Spot prices of the market's assets, then the basis factors of the study's models."""

    def __init__(self, study):
        self.assets = study.market.assets
        self.basis = [(m["asset"], m["style"], float(m["dailyVolatility"])) for m in study.basis]
        names = [f"spot:{a}" for a in self.assets] + [f"basis:{a}:{s}" for a, s, _ in self.basis]
        self.names = names
        self.place = {name: index for index, name in enumerate(names)}
        self.count = len(names)

    def model_variances(self, days):
        variances = np.zeros(self.count)
        variances[len(self.assets):] = [volatility**2 * days for _, _, volatility in self.basis]
        return variances


@dataclass
class Sample:
    """Factor × move; `missing` counts what each factor lacks."""

    moves: np.ndarray
    missing: np.ndarray
    labels: np.ndarray  # the day each move ends
    variance_scale: float


def sample(study, factors, rows, days, variance_scale=1.0):
    """The moves of `days` days that end in the given rows of the market."""
    start, end = study.market.prices[rows - days], study.market.prices[rows]
    spot = np.where(start >= study.dust, end / start - 1, np.nan).T
    complete = ~np.isnan(spot).any(axis=1)
    for asset, (stand_in, beta) in study.proxies.items():
        place = factors.assets.index(asset)
        if not complete[place]:
            spot[place] = beta * spot[factors.assets.index(stand_in)]
    moves = np.zeros((factors.count, len(rows)))
    moves[: len(spot)] = spot
    missing = np.isnan(moves).sum(axis=1)
    return Sample(moves, missing, study.market.days[rows], variance_scale)


def window_sample(study, factors, window):
    days = 1 if window.scaling == "squareRoot" else window.days
    last = study.market.row(study.as_of)
    if window.period:
        ends = study.market.days
        rows = np.flatnonzero((ends >= window.period[0]) & (ends <= window.period[1]))
        if not len(rows) or rows[-1] > last or rows[0] < days:
            raise SystemExit("a period outside the history up to the as-of date")
    else:
        if window.last > last + 1 - days:
            raise SystemExit("a look-back longer than the history")
        rows = np.arange(last - window.last + 1, last + 1)
    return sample(study, factors, rows, days, window.days / days)


def historical_moves(study, factors, window):
    """The window's moves over the horizon; a basis without history stays where it is."""
    one = window_sample(study, factors, window)
    one.moves *= np.sqrt(one.variance_scale)
    return one


def realised_moves(study, factors):
    """What happened after the as-of date, one move a day, over the judge's horizon."""
    days = study.judge.window.days
    first = study.market.row(study.as_of) + days
    one = sample(study, factors, np.arange(first, min(first + study.realised, len(study.market.days))), days)
    return one


def covariance(one, request, variances):
    """Of the moves over the horizon, factor × factor; a factor that lacks a move has none of its own."""
    moves = np.where((one.missing > 0)[:, None], 0.0, one.moves)
    weights = observation_weights(request, moves.shape[1])
    deviations, scale = moves, 1.0
    if request.mean == "sample":
        deviations = moves - (moves @ weights)[:, None]
        scale = 1 / (1 - weights @ weights)
    matrix = (deviations * (weights * scale)) @ deviations.T * one.variance_scale
    return matrix + np.diag(variances)


def observation_weights(request, count):
    weights = np.ones(count) if request.decay is None else request.decay ** np.arange(count - 1, -1, -1.0)
    return weights / weights.sum()


def lower_factor(matrix):
    """L with L·L′ = matrix, Cholesky where the matrix has full rank among the factors that move."""
    moving = np.flatnonzero(np.diag(matrix) > 0)
    lower = np.zeros_like(matrix)
    try:
        lower[np.ix_(moving, moving)] = np.linalg.cholesky(matrix[np.ix_(moving, moving)])
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix[np.ix_(moving, moving)])
        lower[np.ix_(moving, moving)] = vectors * np.sqrt(np.maximum(values, 0))
    return lower
