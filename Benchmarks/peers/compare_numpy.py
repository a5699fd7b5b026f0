"""The default comparison in numpy: one account under every regime, its errors, collateral views and safety.

    python compare_numpy.py [study.yaml] [--account file] [--scenarios n] [--market file.csv] > numpy.json

Written from the definitions of the project, not from its code: the two check each other (check_against_numpy.py) and are
timed against each other (pairs.py). Vectorised over scenarios in blocks that stay in cache; one thread pool over blocks,
since numpy releases the interpreter's lock in its inner loops; BLAS on one thread inside each.
"""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import argparse
import concurrent.futures
import copy
import functools
import json
import multiprocessing
import pathlib
import sys
import time

import numpy as np
from scipy.special import betaincinv, ndtri, stdtrit

from inputs import Row, Study, book_rows
from scenarios import (
    Factors, covariance, historical_moves, lower_factor, observation_weights, realised_moves, window_sample)

DRAW_BLOCK = 8_192
JUDGE_BLOCK = 4_096
TAIL_BLOCK = 256


# Books


class Book:
    """Rows as columns of numbers; values, notionals and prices after a move are affine in the move."""

    def __init__(self, rows, price, factors):
        self.rows, self.factors = rows, factors
        self.values = np.array([row.value for row in rows])
        self.notionals = np.array([row.notional for row in rows])
        self.prices = np.array([price(row.settlement) for row in rows])
        self.positions = np.array([row.position for row in rows])
        count, width = len(rows), factors.count
        # Exposure of a row to a factor = by_value · V + by_notional · N.
        self.by_value = np.zeros((count, width))
        self.by_notional = np.zeros((count, width))
        self.price_moves = np.zeros((count, width))
        self.notional_moves = np.zeros((count, width))
        for index, row in enumerate(rows):
            spot = factors.place.get(f"spot:{row.asset}")
            own = factors.place.get(f"spot:{row.settlement}")
            basis = factors.place.get(f"basis:{row.asset}:{row.kind}")
            for asset, place in ((row.asset, spot), (row.settlement, own)):
                if place is None and asset != "USD":
                    raise SystemExit(f"{asset} is not in the market")
            if own is not None:
                self.price_moves[index, own] = 1
            if row.kind == "balance":
                self._add(self.by_value, index, (own, 1))
            elif row.kind == "linear":
                # N·(s_base + b − s_q) + U·s_q
                self._add(self.by_notional, index, (spot, 1), (basis, 1), (own, -1))
                self._add(self.by_value, index, (own, 1))
                self._add(self.notional_moves, index, (spot, 1), (basis, 1))
            else:
                # (U + N)·s_base − N·β, since N_f·S/P0 = U + N
                self._add(self.by_value, index, (spot, 1))
                self._add(self.by_notional, index, (spot, 1), (basis, -1))
                self._add(self.notional_moves, index, (basis, 1))
        self.needed = np.flatnonzero((self.by_value != 0).any(0) | (self.by_notional != 0).any(0))

    @staticmethod
    def _add(matrix, index, *entries):
        for place, amount in entries:
            if place is not None:
                matrix[index, place] += amount

    def today(self, values=None):
        """The state now, one column; `values` may hold several columns."""
        values = self.values[:, None] if values is None else values
        return State(self, values, self.notionals[:, None])

    def moved(self, moves, notionals=None):
        """One column a scenario; `notionals` of the positions after the same move, where they are known."""
        values = self.exposures() @ moves
        values += self.values[:, None]
        mine = np.zeros_like(values)
        places = np.flatnonzero(self.positions >= 0)
        if notionals is None:
            mine[places] = (self.notionals[:, None] * self.notional_moves)[places] @ moves
            mine[places] += self.notionals[places, None]
        else:
            mine[places] = notionals[self.positions[places]]
        return State(self, values, mine, moves)

    def exposures(self):
        """Row × factor, today."""
        return self.by_value * self.values[:, None] + self.by_notional * self.notionals[:, None]

    def pools(self, regime):
        """Names and row numbers of the pools; an isolated position is always one of its own."""
        members = {}
        for index, row in enumerate(self.rows):
            if row.isolated is None:
                members.setdefault(pool_name(row, regime.pooling), []).append(index)
        for index, row in enumerate(self.rows):
            if row.isolated is not None:
                members.setdefault(f"isolated {row.isolated + 1}", []).append(index)
        return {name: np.array(rows) for name, rows in members.items()}


def pool_name(row, pooling):
    if pooling == "single":
        return "account"
    if pooling == "settlementAsset":
        return row.settlement
    for sleeve in pooling["allocated"]:
        if selects(sleeve["collateral" if row.kind == "balance" else "positions"], row):
            return sleeve["name"]
    return "pooled"


def selects(selector, row):
    return (
        (not selector.get("assets") or row.asset in selector["assets"])
        and row.asset not in (selector.get("excludedAssets") or [])
        and row.leverage <= selector.get("maximumLeverage", np.inf)
        and selector.get("sleeve") in (None, row.sleeve))


class State:
    """A book in many states: row × state; after a move, where there was one."""

    def __init__(self, book, values, notionals, moves=None):
        self.book, self.values, self.notionals, self.moves = book, values, notionals, moves
        self.known = {}

    def price(self, row):
        """USD for one unit of the row's settlement asset."""
        book = self.book
        return book.prices[row] * (1 if self.moves is None else 1 + book.price_moves[row] @ self.moves)

    def position_notionals(self):
        """In the order of the account's positions."""
        places = np.flatnonzero(self.book.positions >= 0)
        return self.notionals[places[np.argsort(self.book.positions[places])]]

    def exposures(self, rows):
        """Factor × state, of some rows together."""
        if rows.tobytes() not in self.known:
            self.known[rows.tobytes()] = self._exposures(rows)
        return self.known[rows.tobytes()]

    def _exposures(self, rows):
        book = self.book
        if self.moves is None:
            return book.by_value[rows].T @ self.values[rows] + book.by_notional[rows].T @ self.notionals[rows]
        # Values and notionals are affine in the move, and so are exposures.
        start = book.by_value[rows].T @ book.values[rows] + book.by_notional[rows].T @ book.notionals[rows]
        slope = book.by_value[rows].T @ book.exposures()[rows]
        slope += book.by_notional[rows].T @ (book.notionals[:, None] * book.notional_moves)[rows]
        result = slope @ self.moves
        result += start[:, None]
        return result


# Requirements


def requirement(regime, pools, state, tails, brackets=None):
    """Equity, market value, initial and maintenance margin of every pool, one number a state."""
    brackets = {} if brackets is None else brackets
    result = {}
    for name, rows in pools.items():
        initial, maintenance = {}, {}
        for term in regime.terms:
            initial[term.name], maintenance[term.name] = amounts(term, rows, state, tails, (regime.id, name), brackets)
        result[name] = (
            equity(regime, rows, state), state.values[rows].sum(axis=0),
            np.maximum(0, regime.initial(initial)), np.maximum(0, regime.maintenance(maintenance)))
    return result


def amounts(term, rows, state, tails, pool, brackets):
    book, node = state.book, term.node
    positions = rows[book.positions[rows] >= 0]
    if term.kind == "tailRisk":
        both = tails(term, state.exposures(rows), pool)
        return both, both
    if term.kind == "optionRule":
        # The accounts of this comparison hold no options.
        return (np.zeros(state.values.shape[1]),) * 2
    if term.kind == "rateSum":
        # Notionals are the same in every collateral view: margins by position are kept for the block.
        if term.key not in brackets:
            brackets[term.key] = bracket_margins(term, state)
        initial, maintenance = brackets[term.key]
        numbers = book.positions[positions]
        return initial[numbers].sum(axis=0), maintenance[numbers].sum(axis=0)
    if term.kind == "loan":
        balances = rows[book.positions[rows] < 0]
        debt = np.maximum(0, -state.values[balances]).sum(axis=0)
        return debt * node["initialRate"], debt * node["maintenanceRate"]
    if term.kind == "charge":
        if node["base"] == "grossNotional":
            size = np.abs(state.notionals[positions]).sum(axis=0)
        else:
            units = grouped(positions, lambda row: book.rows[row].asset)
            size = np.max([np.abs(state.notionals[unit].sum(axis=0)) for unit in units.values()] or [[0.0]], axis=0)
        return (size * node["rate"],) * 2
    return (grid_margin(term, rows, state),) * 2


def bracket_margins(term, state):
    """Initial and maintenance margin of every position of the book, position × state."""
    book = state.book
    notionals = np.abs(state.position_notionals())
    initial, maintenance = np.empty_like(notionals), np.empty_like(notionals)
    positions = {row.position: row for row in book.rows if row.position >= 0}
    for asset, unit in grouped(positions, lambda p: positions[p].asset if positions[p].asset in term.schedules else "").items():
        table = term.schedules.get(asset, term.others)
        size = notionals[unit]
        bracket = np.searchsorted(table.edges, size, side="left")
        maintenance[unit] = size * table.rates[bracket] - table.deductions[bracket]
        leverage = table.leverages[bracket]
        if term.node["initialRule"] == "chosenLeverage":
            leverage = np.minimum(np.array([positions[p].leverage for p in unit])[:, None], leverage)
        initial[unit] = np.maximum(size / leverage, maintenance[unit])
    return initial, maintenance


def grid_margin(term, rows, state):
    """Σ over units of the worst weighted loss; a linear unit's P&L is its exposure times the move of its asset."""
    node = grid_of(term)
    points = [(spot, 1.0) for _ in node.get("volatilities") or [0] for spot in node.get("prices") or []]
    points += [(point["spot"], point.get("weight", 1.0)) for point in node.get("points") or []]
    moves = np.array([spot * weight for spot, weight in points])
    by_value, by_notional = grid_units(term, rows, state.book)
    gains = by_value @ state.values
    gains += by_notional @ state.notionals
    return np.maximum(np.maximum(gains * -moves.min(), gains * -moves.max()), 0).sum(axis=0)


def grid_of(term):
    """The one grid of the risk units: every coin under the same points."""
    (group,) = term.node["groups"]
    (inner,) = group["terms"].values()
    return inner["scenarioGrid"]


def grid_units(term, rows, book):
    """What a unit gains for one USD of value, or of notional, of each row if the coins move by one: unit × row."""
    unmoved = {"USD", *(grid_of(term).get("unmoved") or [])}
    moved = np.array([float(asset not in unmoved) for asset in book.factors.assets] + [0.0] * len(book.factors.basis))
    assets = sorted({book.rows[row].asset for row in rows if book.positions[row] >= 0})
    members = np.zeros((len(assets), len(book.rows)))
    for row in rows:
        one = book.rows[row]
        if one.asset in assets and (book.positions[row] >= 0 or term.node["spot"] == "included"):
            members[assets.index(one.asset), row] = 1
    return members * (book.by_value @ moved), members * (book.by_notional @ moved)


def grouped(items, key):
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return {name: np.array(members) for name, members in groups.items()}


def equity(regime, rows, state):
    book = state.book
    total = np.zeros(state.values.shape[1])
    if regime.unrealised == "atMarketValue":
        apart = book.positions[rows] >= 0
        total = total + state.values[rows[apart]].sum(axis=0)
        rows = rows[~apart]
    if not regime.collateral.keys() - {"USD"} and regime.others.is_market_value:
        return total + state.values[rows].sum(axis=0)
    for asset, members in grouped(rows, lambda row: book.rows[row].settlement).items():
        terms = regime.collateral.get(asset, regime.others)
        value = state.values[members].sum(axis=0)
        total += counted(terms, value, state, members[0])
    return total


def counted(terms, value, state, row):
    if len(terms.ends) == 1:
        positive = value * terms.ratios[0]
    else:
        unit = 1.0 if terms.unit == "usd" else state.price(row)
        positive, start = 0.0, 0.0
        for end, ratio in zip(terms.ends, terms.ratios):
            top = value if end is None else np.minimum(value, end * unit)
            positive = positive + ratio * np.maximum(0, top - start * unit)
            start = end
    return np.where(value > 0, positive, value * terms.debt)


# Tails


def rank(count, confidence):
    """n·c moved to the whole number it stands for, and its ceiling."""
    below = count * confidence
    if abs(below - round(below)) <= 1e-12 * below:
        below = float(round(below))
    return below, min(count, max(1, int(np.ceil(below))))


def tail_measure(losses, measure, confidence):
    """VaR or ES along the last axis; partitions in place."""
    count = losses.shape[-1]
    below, k = rank(count, confidence)
    losses.partition(k - 1, axis=-1)
    quantile = losses[..., k - 1]
    if measure == "valueAtRisk":
        return quantile.copy()
    beyond = losses[..., k:].sum(axis=-1)
    return (beyond + (k - below) * quantile) / (count - below)


def multiplier(request, measure, confidence):
    """The measure of a unit-variance variable of the law."""
    if request.law == "gaussian":
        q = ndtri(confidence)
        return q if measure == "valueAtRisk" else np.exp(-q * q / 2) / np.sqrt(2 * np.pi) / (1 - confidence)
    v = request.freedom
    scale, q = np.sqrt((v - 2) / v), stdtrit(v, confidence)
    if measure == "valueAtRisk":
        return scale * q
    from math import lgamma

    density = np.exp(lgamma((v + 1) / 2) - lgamma(v / 2)) / np.sqrt(v * np.pi) * (1 + q * q / v) ** (-(v + 1) / 2)
    return scale * density * (v + q * q) / (v - 1) / (1 - confidence)


# The comparison


class Comparison:
    def __init__(self, study, workers, pool="processes"):
        self.study, self.count, self.pool = study, workers, pool
        self.workers = concurrent.futures.ThreadPoolExecutor(workers)
        self.factors = Factors(study)
        row = study.market.row(study.as_of)
        prices = dict(zip(study.market.assets, study.market.prices[row]))
        self.price = lambda asset: 1.0 if asset == "USD" else float(prices[asset])
        self.book = Book(book_rows(study.account, self.price), self.price, self.factors)
        self.seconds = {}

    def run(self):
        for step in (self.calibrate, self.draw, self.require, self.replicate, self.views, self.judge, self.tails):
            start = time.perf_counter()
            step()
            self.seconds[step.__name__] = time.perf_counter() - start
        return self.report()

    # Laws and draws

    def calibrate(self):
        study, factors = self.study, self.factors
        self.historical, self.samples, self.covariances = {}, {}, {}
        for request in [r for regime in study.regimes for r in regime.requests] + [study.judge]:
            if request.law == "historical":
                if request not in self.historical:
                    self.historical[request] = historical_moves(study, factors, request.window)
            elif request not in self.covariances:
                if request.window not in self.samples:
                    self.samples[request.window] = window_sample(study, factors, request.window)
                variances = factors.model_variances(request.window.days)
                self.covariances[request] = covariance(self.samples[request.window], request, variances)
        self.lowers = {request: lower_factor(matrix) for request, matrix in self.covariances.items()}
        for one in self.historical.values():
            one.moves = np.nan_to_num(one.moves)
        self.refusals = {r.id: reason for r in study.regimes for reason in [self.uncovered(r)] if reason}
        self.regimes = [r for r in study.regimes if r.id not in self.refusals]

    def uncovered(self, regime):
        for request in regime.requests:
            one = self.historical[request] if request.law == "historical" else self.samples[request.window]
            lacking = [self.factors.names[f] for f in self.book.needed if one.missing[f]]
            if lacking:
                return f"no moves for {', '.join(lacking)}"
        return None

    def draw(self):
        """P&L of every pool that a drawn regime needs, and of the account, under every law; base draws are shared."""
        groups = self.groups()
        self.profit = {}
        state = self.book.today()
        by_request = {}
        for (key, request), rows in groups.items():
            by_request.setdefault(request, {})[key] = state.exposures(rows)[:, 0]
        drawn = {r: e for r, e in by_request.items() if r.law != "historical"}
        for request, exposures in by_request.items():
            if request.law == "historical":
                matrix = np.array(list(exposures.values())) @ self.historical[request].moves
                self.profit.update({(key, request): one for key, one in zip(exposures, matrix)})
        count = self.study.scenarios
        results = {request: np.empty((len(exposures), count)) for request, exposures in drawn.items()}
        stacked = {request: np.array(list(exposures.values())) for request, exposures in drawn.items()}
        starts = range(0, count, DRAW_BLOCK)
        seeds = np.random.SeedSequence([self.study.seed, 1]).spawn(len(starts))
        self.clipped = dict.fromkeys(drawn, 0)

        def block(start, seed):
            stop = min(count, start + DRAW_BLOCK)
            base = Draws(seed, self.factors.count, stop - start)
            clipped = {}
            for request, matrix in stacked.items():
                moves, clipped[request] = base.moves(request, self.lowers[request])
                results[request][:, start:stop] = matrix @ moves
            return clipped

        for clipped in self.workers.map(block, starts, seeds):
            for request, number in clipped.items():
                self.clipped[request] += number
        for request, exposures in drawn.items():
            self.profit.update({(key, request): results[request][i] for i, key in enumerate(exposures)})

    def groups(self):
        """The rows whose P&L is needed under each request: pools of regimes, and the account's shared and isolated parts."""
        groups = {}
        for regime in self.regimes:
            for request in dict.fromkeys(regime.requests):
                for name, rows in self.book.pools(regime).items():
                    groups[(regime.id, name), request] = rows
        isolated = np.array([-1 if row.isolated is None else row.isolated for row in self.book.rows])
        for request in dict.fromkeys([*self.historical, *(r for r in self.covariances if r != self.study.judge)]):
            for number in np.unique(isolated):
                groups[("account", int(number)), request] = np.flatnonzero(isolated == number)
        return groups

    # Requirements and their errors

    def require(self):
        def tails(term, _, pool):
            losses = -self.profit[pool, term.request]
            return np.array([tail_measure(losses, term.node["measure"], term.node["confidence"])])

        state = self.book.today()
        self.pools = {r.id: self.book.pools(r) for r in self.regimes}
        self.now = {r.id: requirement(r, self.pools[r.id], state, tails) for r in self.regimes}

    def replicate(self):
        study = self.study
        sections = min(64, max(8, study.scenarios // 1_024))
        length = study.scenarios // sections
        indices = {}

        def chosen(observations):
            if observations not in indices:
                rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([study.seed, 4])))
                block = min(study.block_length, observations)
                starts = rng.integers(observations, size=(study.replicates, -(-observations // block), 1))
                days = (starts + np.arange(block)).reshape(study.replicates, -1)[:, :observations]
                indices[observations] = days % observations
            return indices[observations]

        def sectioned(term, _, pool):
            profit = self.profit[pool, term.request]
            if term.request.law == "historical":
                return np.array([tail_measure(-profit, term.node["measure"], term.node["confidence"])])
            losses = -profit[: sections * length].reshape(sections, length)
            return tail_measure(losses, term.node["measure"], term.node["confidence"])

        def resampled(term, exposures, pool):
            request, measure, confidence = term.request, term.node["measure"], term.node["confidence"]
            if request.law == "historical":
                profit = self.profit[pool, request]
                return tail_measure(-profit[chosen(len(profit))], measure, confidence)
            # The variance of a linear book is that of its own P&L: no covariance matrix is needed to resample it.
            one = self.samples[request.window]
            profit = exposures[:, 0] @ np.nan_to_num(one.moves)
            weights = observation_weights(request, len(profit))
            profits = profit[chosen(len(profit))]
            if request.mean == "sample":
                profits -= (profits @ weights)[:, None]
            variances = (profits**2) @ weights / (1 - weights @ weights if request.mean == "sample" else 1)
            models = self.factors.model_variances(request.window.days) @ exposures[:, 0] ** 2
            return multiplier(request, measure, confidence) * np.sqrt(variances * one.variance_scale + models)

        state = self.book.today()
        self.sections, self.resamples = {}, {}
        for regime in self.regimes:
            pools = self.pools[regime.id]
            if regime.is_drawn:
                self.sections[regime.id] = totals(requirement(regime, pools, state, sectioned), sections)
            if regime.requests:
                self.resamples[regime.id] = totals(requirement(regime, pools, state, resampled), study.replicates)

    # Collateral views

    def closed_form(self, term, exposures, _):
        """Laws in closed form; history scenario by scenario."""
        request, measure, confidence = term.request, term.node["measure"], term.node["confidence"]
        if request.law != "historical":
            matrix = self.covariances[request]
            variances = np.einsum("fs,fs->s", exposures, matrix @ exposures)
            return multiplier(request, measure, confidence) * np.sqrt(np.maximum(0, variances))
        moves = self.historical[request].moves
        result = np.empty(exposures.shape[1])
        columns = -exposures.T
        buffer = np.empty((TAIL_BLOCK, moves.shape[1]))
        for start in range(0, len(columns), TAIL_BLOCK):
            states = columns[start : start + TAIL_BLOCK]
            losses = np.matmul(states, moves, out=buffer[: len(states)])
            result[start : start + TAIL_BLOCK] = tail_measure(losses, measure, confidence)
        return result

    def views(self):
        """Books by view and regime: as held, with cash at the requirement, with own collateral at the requirement."""
        self.viewed, self.needs = {}, {}
        for regime in self.regimes:
            self.viewed["asHeld", regime.id] = (self.book, self.pools[regime.id])
            self.viewed["cashAtRequirement", regime.id], cash = self.cash(regime)
            self.needs[regime.id] = {"cashAtRequirement": {"value": cash}}
            scaled = self.own(regime)
            if scaled:
                book, scale, value = scaled
                self.viewed["ownAtRequirement", regime.id] = (book, self.pools[regime.id])
                self.needs[regime.id]["ownAtRequirement"] = {"value": value, "scale": scale}

    def cash(self, regime):
        rows, pools = [], {}
        for name, members in self.pools[regime.id].items():
            first = len(rows)
            for member in members:
                row = self.book.rows[member]
                if row.kind != "balance":
                    rows.append(Row(**{**vars(row), "value": 0.0}))
            rows.append(Row("balance", "USD", "USD", 0.0, 0.0))
            pools[name] = np.arange(first, len(rows))
        book = Book(rows, self.price, self.factors)
        total = 0.0
        for name, (_, _, initial, _) in requirement(regime, pools, book.today(), self.closed_form).items():
            book.values[pools[name][-1]] = initial[0]
            total += float(initial[0])
        return (book, pools), total

    def own(self, regime):
        values, held, needed = self.book.values.copy(), 0.0, 0.0
        for name, members in self.pools[regime.id].items():
            collateral = np.array([
                r for r in members
                if self.book.rows[r].kind == "balance" and self.book.rows[r].isolated is None and values[r] > 0], dtype=int)
            scale = self.smallest_scale(regime, name, members, collateral)
            if scale is None:
                return None
            amount = float(values[collateral].sum())
            values[collateral] *= scale
            held, needed = held + amount, needed + scale * amount
        book = Book([Row(**{**vars(row), "value": v}) for row, v in zip(self.book.rows, values)], self.price, self.factors)
        return book, needed / held if held else 0.0, needed

    def smallest_scale(self, regime, name, members, collateral):
        """The smallest λ ≤ 64 at which equity meets the initial margin, on a grid and then by nested grids."""

        def meets(scales):
            values = np.repeat(self.book.values[:, None], len(scales), axis=1)
            values[collateral] *= scales
            state = self.book.today(values)
            worth, _, initial, _ = requirement(regime, {name: members}, state, self.closed_form)[name]
            return worth - initial >= 0

        grid = np.concatenate([np.linspace(0, 4, 257), np.geomspace(4, 64, 129)[1:]])
        first = np.flatnonzero(meets(grid))
        if not len(first):
            return None
        if first[0] == 0:
            return 0.0
        low, high = grid[first[0] - 1], grid[first[0]]
        while high - low > 1e-13 * high:
            inner = np.linspace(low, high, 66)[1:]
            place = int(np.argmax(meets(inner)))
            new_low, high = (inner[place - 1] if place else low), inner[place]
            if new_low == low and place:
                break
            low = new_low
        return float(high)

    # Safety

    def judge(self):
        study, factors = self.study, self.factors
        count = study.scenarios
        starts = range(0, count, JUDGE_BLOCK)
        seeds = np.random.SeedSequence([study.seed, 2]).spawn(len(starts))
        self.clipped[study.judge] = 0
        if self.samples[study.judge.window].missing[self.book.needed].any():
            raise SystemExit("the judge's window does not cover the account")

        self.safety = {}
        parts = []
        for records, clipped in self.judged(starts, seeds):
            parts.append(records)
            self.clipped[study.judge] += clipped
        self.judge_loss = np.concatenate([part.pop("loss") for part in parts])
        self.collect("model", parts)
        if study.realised:
            one = realised_moves(study, factors)
            covered = ~np.isnan(one.moves[self.book.needed]).any(axis=0)
            if covered.any():
                records = self.records(np.nan_to_num(one.moves[:, covered]))
                records.pop("loss")
                self.collect("realised", [records])

    def judged(self, starts, seeds):
        """Every block's records; forked processes, since thousands of short calls would queue for the interpreter."""
        if self.count < 2 or self.pool == "threads":
            yield from self.workers.map(self.judge_block, starts, seeds)
            return
        global shared
        shared = self
        with multiprocessing.get_context("fork").Pool(self.count) as pool:
            yield from pool.imap(judge_shared, zip(starts, seeds))

    def judge_block(self, start, seed):
        study = self.study
        count = min(study.scenarios, start + JUDGE_BLOCK) - start
        moves, clipped = Draws(seed, self.factors.count, count).moves(study.judge, self.lowers[study.judge])
        return self.records(moves), clipped

    def records(self, moves):
        """Events and uncovered losses of every regime in every view, and the account's P&L."""
        records, brackets = {}, {}
        held = self.book.moved(moves)
        notionals = held.position_notionals()
        for (view, regime_id), (book, pools) in self.viewed.items():
            regime = next(r for r in self.regimes if r.id == regime_id)
            state = held if view == "asHeld" else book.moved(moves, notionals)
            judged = requirement(regime, pools, state, self.closed_form, brackets)
            records[view, regime_id] = self.events(regime, pools, state, judged)
        summaries = {key: Summary(*record, records.get((key[0], self.study.reference))) for key, record in records.items()}
        summaries["loss"] = -self.account_profit(held)
        return summaries

    def events(self, regime, pools, state, judged):
        flags = np.zeros((4, state.values.shape[1]), dtype=bool)
        uncovered = 0.0
        for name, (worth, market, initial, maintenance) in judged.items():
            if regime.convention == "maintenanceOverEquity":
                called = maintenance >= regime.call_at * worth
                closed = maintenance >= regime.liquidation_at * worth
            else:
                called = worth <= regime.call_at * maintenance
                closed = worth <= regime.liquidation_at * maintenance
            demanded = maintenance > 0
            closed = (closed & demanded) | (worth < 0)
            flags[0] |= (worth < initial) | (called & demanded) | closed
            flags[1] |= (called & demanded) | closed
            flags[2] |= closed
            flags[3] |= market < 0
            if self.study.close_out:
                rows = pools[name]
                market = market - closed * self.study.close_out * np.abs(state.notionals[rows]).sum(axis=0)
            uncovered = uncovered + np.maximum(0, -market)
        return flags.sum(axis=1), uncovered

    def account_profit(self, state):
        """An isolated position loses no more than its margin."""
        gains = state.values - state.book.values[:, None]
        isolated = np.array([-1 if row.isolated is None else row.isolated for row in state.book.rows])
        total = gains[isolated < 0].sum(axis=0)
        for number in np.unique(isolated[isolated >= 0]):
            rows = isolated == number
            total += np.maximum(-max(0.0, state.book.values[rows].sum()), gains[rows].sum(axis=0))
        return total

    def collect(self, kind, parts):
        for view, regime in parts[0]:
            one = functools.reduce(Summary.joined, [part[view, regime] for part in parts])
            self.safety[kind, view, regime] = one.report(kind, regime != self.study.reference)

    # Tails of the whole account

    def tails(self):
        self.tail_rows = []
        values = self.book.values
        isolated = np.array([-1 if row.isolated is None else row.isolated for row in self.book.rows])
        whole = self.book.today().exposures(np.arange(len(self.book.rows)))[:, 0]
        requests = dict.fromkeys(r for regime in self.regimes for r in regime.requests)
        for request in [*requests, self.study.judge]:
            if request == self.study.judge:
                losses = self.judge_loss
            else:
                losses = -self.profit[("account", -1), request]
                for number in np.unique(isolated[isolated >= 0]):
                    cap = -max(0.0, values[isolated == number].sum())
                    losses = losses - np.maximum(cap, self.profit[("account", int(number)), request])
            deviation = None
            if request.law != "historical" and (isolated < 0).all():
                deviation = float(np.sqrt(whole @ self.covariances[request] @ whole))
            self.tail_rows += tail_table(request, losses, self.study.levels, deviation)

    # Output

    def report(self):
        study = self.study
        regimes = []
        reference_now = self.now.get(study.reference)
        for regime in self.regimes:
            pools = self.now[regime.id]
            initial, maintenance = total(pools, 2), total(pools, 3)
            needs = self.needs[regime.id]
            for view, need in needs.items():
                base = self.needs[study.reference].get(view, {}).get("value", 0)
                need["capitalEfficiency"] = 1 - need["value"] / base if base > 0 else None
            entry = {
                "regime": regime.id, "equity": total(pools, 0),
                "initial": self.estimate(initial, regime.id, 0), "maintenance": self.estimate(maintenance, regime.id, 1),
                "pools": {
                    name: {"equity": float(e[0]), "marketValue": float(v[0]), "initial": float(i[0]),
                           "maintenance": float(m[0])}
                    for name, (e, v, i, m) in pools.items()},
                "needs": needs,
                "safety": [
                    {"judge": kind, "view": view, **safety}
                    for (kind, view, id), safety in self.safety.items() if id == regime.id],
            }
            if regime.id != study.reference:
                entry["differenceToReference"] = self.difference(
                    initial - total(reference_now, 2), regime.id, study.reference)
            regimes.append(entry)
        return {
            "account": study.account["account"], "scenarios": study.scenarios,
            "netMarketValue": float(self.book.values.sum()),
            "grossNotional": float(np.abs(self.book.notionals).sum()), "regimes": regimes,
            "refusals": self.refusals, "tails": self.tail_rows,
            "clipped": {describe(request): number for request, number in self.clipped.items()},
        }

    def estimate(self, value, regime, which):
        sections, resamples = self.sections.get(regime), self.resamples.get(regime)
        return {"value": value, **section_error(sections and sections[which]), **resample_error(resamples and resamples[which])}

    def difference(self, value, regime, other):
        def differences(replicates):
            left, right = replicates.get(regime), replicates.get(other)
            if not left and not right:
                return None
            return (left[0] if left else 0.0) - (right[0] if right else 0.0)

        return {"value": value, **section_error(differences(self.sections)), **resample_error(differences(self.resamples))}


class Draws:
    """Base draws of a block: normals, and mixing variables as they are asked for."""

    def __init__(self, seed, factors, count):
        self.rng = np.random.Generator(np.random.SFC64(seed))
        self.normals = self.rng.standard_normal((factors, count))
        self.count = count
        self.scales = {}

    def moves(self, request, lower):
        moves = lower @ self.normals
        if request.law == "studentT":
            v = request.freedom
            if v not in self.scales:
                self.scales[v] = np.sqrt((v - 2) / (2 * self.rng.standard_gamma(v / 2, self.count)))
            moves *= self.scales[v]
        below = moves < -1
        number = int(np.count_nonzero(below))
        if number:
            np.maximum(moves, -1, out=moves)
        return moves, number


def totals(pools, count):
    """Initial and maintenance margin summed over pools, one number a replicate."""
    sums = [sum(pool[which] for pool in pools.values()) for which in (2, 3)]
    return tuple(np.broadcast_to(one, count) for one in sums)


def total(pools, which):
    return float(sum(pool[which][0] for pool in pools.values()))


def section_error(replicates):
    if replicates is None:
        return {"simulationError": None}
    return {"simulationError": float(np.std(replicates, ddof=1) / np.sqrt(len(replicates))),
            "simulationErrorSpread": spread(replicates)}


def resample_error(replicates):
    if replicates is None:
        return {"calibrationError": None}
    return {"calibrationError": float(np.std(replicates, ddof=1)), "calibrationErrorSpread": spread(replicates)}


def spread(replicates):
    """The relative standard error of a standard deviation, from the fourth moment."""
    deviations = replicates - np.mean(replicates)
    variance = np.mean(deviations**2)
    if variance == 0:
        return 0.0
    kurtosis = np.mean(deviations**4) / variance**2
    return float(np.sqrt(max(kurtosis - 1, 0) / len(replicates)) / 2)


def interval(events, trials):
    lower = 0.0 if events == 0 else float(betaincinv(events, trials - events + 1, 0.025))
    upper = 1.0 if events == trials else float(betaincinv(events + 1, trials - events, 0.975))
    return {"count": events, "scenarios": trials, "lower": lower, "upper": upper}


class Summary:
    """Event counts, and sums that give means and errors of uncovered losses and of their differences."""

    def __init__(self, counts, uncovered, reference):
        self.counts = counts
        self.size = len(uncovered)
        self.sums = moments(uncovered)
        self.bankrupt = int(np.count_nonzero(uncovered > 0))
        self.worst = float(uncovered.max())
        self.differences = None if reference is None else moments(uncovered - reference[1])

    def joined(self, other):
        joined = copy.copy(self)
        joined.counts = self.counts + other.counts
        joined.size = self.size + other.size
        joined.sums = self.sums + other.sums
        joined.bankrupt = self.bankrupt + other.bankrupt
        joined.worst = max(self.worst, other.worst)
        joined.differences = None if self.differences is None else self.differences + other.differences
        return joined

    def report(self, kind, is_compared):
        events = zip(("restricted", "marginCall", "liquidation", "bankruptcy"), self.counts)
        return {
            **{event: interval(int(number), self.size) for event, number in events},
            "uncoveredLoss": self.mean(self.sums, kind),
            "uncoveredLossGivenBankruptcy": float(self.sums[0] / self.bankrupt) if self.bankrupt else None,
            "worstUncoveredLoss": self.worst,
            "differenceToReference": self.mean(self.differences, kind)
            if is_compared and self.differences is not None else None,
        }

    def mean(self, sums, kind):
        mean = sums[0] / self.size
        variance = max(0.0, sums[1] - self.size * mean**2) / (self.size - 1)
        return {"value": float(mean), "simulationError": float(np.sqrt(variance / self.size)) if kind == "model" else None}


def moments(numbers):
    return np.array([numbers.sum(), numbers @ numbers])


def judge_shared(task):
    return shared.judge_block(*task)


def tail_table(request, losses, levels, deviation):
    """VaR and ES with their sampling errors at every level, from one partial sort."""
    count = len(losses)
    worst = min(count, int(count * (1 - min(levels))) + int(np.sqrt(count)) + 2)
    tail = np.sort(np.partition(losses, count - worst)[count - worst :])
    rows = []
    for level in levels:
        below, k = rank(count, level)
        quantile = tail[k - 1 - (count - worst)]
        excess = tail[k - (count - worst) :] - quantile
        shortfall = quantile + excess.sum() / (count - below)
        half = max(1, round(np.sqrt(count * level * (1 - level))))
        error = None
        if k + half <= count and k - half >= 1 + count - worst:
            gap = tail[k + half - 1 - (count - worst)] - tail[k - half - 1 - (count - worst)]
            error = float(np.sqrt(count * level * (1 - level)) * gap / (2 * half))
        variance = (excess**2).sum() / count - (excess.sum() / count) ** 2
        rows.append({
            "scenarios": describe(request), "level": level, "valueAtRisk": float(quantile),
            "expectedShortfall": float(shortfall), "valueAtRiskError": error,
            "expectedShortfallError": float(np.sqrt(variance / count) / (1 - below / count)) if len(excess) > 1 else None,
            "closedFormValueAtRisk": deviation and deviation * float(multiplier(request, "valueAtRisk", level)),
            "closedFormExpectedShortfall": deviation and deviation * float(multiplier(request, "expectedShortfall", level)),
        })
    return rows


def describe(request):
    window = request.window
    look = window.last or window.period
    return f"{request.stream} {request.law} {request.freedom or ''} {window.days} d, {look}, {request.decay or request.mean}"


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="?", default=root / "scenarios/studies/demo.yaml")
    parser.add_argument("--account", help="in the place of the study's")
    parser.add_argument("--scenarios", type=int)
    parser.add_argument("--market")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--pool", choices=("processes", "threads"), default="processes", help="of the judge's blocks")
    arguments = parser.parse_args()
    start = time.perf_counter()
    study = Study.read(arguments.study, arguments.market, arguments.account)
    if arguments.scenarios:
        study.scenarios = arguments.scenarios
    loaded = time.perf_counter()
    comparison = Comparison(study, arguments.workers, arguments.pool)
    result = comparison.run()
    text = json.dumps(result, indent=1)
    end = time.perf_counter()
    sys.stdout.write(text + "\n")
    seconds = {"load": loaded - start, **comparison.seconds, "inProcess": end - start}
    print(json.dumps({"seconds": {step: round(value, 5) for step, value in seconds.items()}}), file=sys.stderr)


if __name__ == "__main__":
    main()
