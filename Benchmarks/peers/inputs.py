"""Reads a study and the files it names: market CSV, account, regimes. Nothing is computed here."""

import csv
import datetime as dt
import functools
import json
import pathlib
import re
from dataclasses import dataclass, field

import numpy as np
import yaml


def read_yaml(path):
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def day(value):
    """The ordinal day of a date, a time or its text."""
    if isinstance(value, dt.datetime):
        return value.toordinal()
    if isinstance(value, dt.date):
        return value.toordinal()
    return dt.date.fromisoformat(str(value)[:10]).toordinal()


@dataclass
class Market:
    days: np.ndarray
    assets: list
    prices: np.ndarray  # day × asset; NaN where there is none

    @classmethod
    def read(cls, path):
        with open(path, newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        prices = [[float(cell) if cell else np.nan for cell in row[1:]] for row in rows]
        days = [day(row[0]) for row in rows]
        market = cls(np.array(days), header[1:], np.array(prices))
        if (np.diff(market.days) != 1).any():
            raise SystemExit(f"{path}: the rows are not consecutive days")
        return market

    def row(self, moment):
        place = int(np.searchsorted(self.days, moment))
        if place == len(self.days) or self.days[place] != moment:
            raise SystemExit("the market has no row on the as-of date")
        return place


CONTRACT = re.compile(r"([A-Z0-9]+)/([A-Z0-9]+):([A-Z0-9]+)(?:-(\d{6}))?$")


@dataclass
class Row:
    """One balance or position; value and notional in USD."""

    kind: str  # balance, linear or inverse
    asset: str
    settlement: str
    value: float
    notional: float
    leverage: float = 1.0
    sleeve: str | None = None
    isolated: int | None = None
    position: int = -1  # its number among the positions; −1 for a balance


def book_rows(account, price):
    """The rows of an account at the given USD prices."""
    rows = [
        Row("balance", b["asset"], b["asset"], b["quantity"] * price(b["asset"]), 0.0, sleeve=b.get("sleeve"))
        for b in account["balances"]
    ]
    isolated = 0
    for number, p in enumerate(account.get("positions") or []):
        match = CONTRACT.match(p["contract"])
        if not match:
            raise SystemExit(f"{p['contract']}: only perpetuals and futures are compared here")
        base, quote, settlement, _ = match.groups()
        spot, peg = price(base), price(quote)
        mark = float(p.get("mark") or spot / peg)
        units = p["quantity"] * p.get("multiplier", 1)
        pool = None
        if p.get("isolatedMargin") is not None:
            pool, isolated = isolated, isolated + 1
            margin = p["isolatedMargin"] * price(settlement)
            rows.append(Row("balance", settlement, settlement, margin, 0.0, sleeve=p.get("sleeve"), isolated=pool))
        if settlement == quote:
            kind, value, notional = "linear", units * (mark - p["entry"]) * peg, units * mark * peg
        else:
            kind, value, notional = "inverse", units * (spot / p["entry"] - spot / mark), units * spot / mark
        rows.append(
            Row(kind, base, settlement, value, notional, float(p.get("leverage", 1)), p.get("sleeve"), pool, number))
    return rows


@dataclass(frozen=True)
class Window:
    """Which moves a sample holds: the last so many, or those that end in a period."""

    last: int | None
    period: tuple | None
    days: int
    scaling: str

    @classmethod
    def read(cls, node):
        look = node["lookBack"]
        period = (day(look["from"]), day(look["to"])) if isinstance(look, dict) else None
        count, unit = str(node["horizon"]).split()
        hours = int(count) * (24 if unit == "d" else 1)
        if hours % 24:
            raise SystemExit("daily closes have no move of part of a day")
        return cls(None if period else int(look), period, hours // 24, node.get("scaling", "overlapping"))


@dataclass(frozen=True)
class Request:
    """A scenario set: `historical`, or draws of a law."""

    law: str  # historical, gaussian or studentT
    freedom: float
    window: Window
    decay: float | None
    mean: str
    stream: str

    @classmethod
    def read(cls, node, stream="estimation"):
        if "historical" in node:
            return cls("historical", 0.0, Window.read(node["historical"]), None, "", stream)
        node = node["monteCarlo"]
        law = node["law"]
        freedom = float(law["studentT"]) if isinstance(law, dict) else 0.0
        decay, mean = cls.estimator(node.get("covariance", "sample"))
        return cls("studentT" if freedom else "gaussian", freedom, Window.read(node), decay, mean, stream)

    @staticmethod
    def estimator(node):
        if node == "sample":
            return None, "sample"
        if "equallyWeighted" in node:
            return None, node["equallyWeighted"]["mean"]
        weighted = node["exponentiallyWeighted"]
        if isinstance(weighted, dict):
            return float(weighted["decay"]), weighted.get("mean", "zero")
        return float(weighted), "zero"


@dataclass
class Brackets:
    edges: np.ndarray
    rates: np.ndarray
    deductions: np.ndarray
    leverages: np.ndarray

    @classmethod
    def read(cls, rows):
        edges = np.array([row["upTo"] for row in rows[:-1]], dtype=float)
        rates = np.array([row["maintenanceRate"] for row in rows], dtype=float)
        deductions = np.concatenate([[0.0], np.cumsum(edges * np.diff(rates))])
        return cls(edges, rates, deductions, np.array([row["maximumLeverage"] for row in rows], dtype=float))


@dataclass
class CollateralTerms:
    ends: list
    ratios: list
    unit: str
    debt: float

    @property
    def is_market_value(self):
        return self.ratios == [1.0] and self.debt == 1

    @classmethod
    def read(cls, node):
        if node == "marketValue":
            return cls([None], [1.0], "usd", 1.0)
        if node == "notAccepted":
            return cls([None], [0.0], "usd", 1.0)
        tiers = node.get("tiers") or [{"ratio": node["ratio"]}]
        return cls(
            [tier.get("upTo") for tier in tiers], [float(tier["ratio"]) for tier in tiers], node.get("unit", "usd"),
            float(node.get("debtRatio", 1)))


@dataclass
class Term:
    name: str
    kind: str
    node: dict
    key: str
    request: Request | None = None
    schedules: dict = field(default_factory=dict)
    others: Brackets | None = None


@dataclass
class Regime:
    id: str
    family: str
    pooling: object
    terms: list
    initial: object
    maintenance: object
    collateral: dict
    others: CollateralTerms
    unrealised: str
    convention: str
    call_at: float
    liquidation_at: float

    @classmethod
    def read(cls, path):
        node = read_yaml(path)
        market_value = CollateralTerms.read("marketValue")
        schedule = node["collateral"]
        if schedule == "marketValue":
            collateral, others, unrealised = {}, market_value, "withBalance"
        else:
            collateral = {k: CollateralTerms.read(v) for k, v in (schedule.get("assets") or {}).items()}
            others = CollateralTerms.read(schedule["others"])
            unrealised = schedule.get("unrealised", "withBalance")
        collateral.setdefault("USD", market_value)
        terms = []
        for name, body in node["terms"].items():
            ((kind, data),) = body.items()
            term = Term(name, kind, data, json.dumps(data, sort_keys=True, default=str))
            if kind == "tailRisk":
                term.request = Request.read(data["scenarios"])
            if kind == "rateSum":
                term.schedules = {k: Brackets.read(v) for k, v in (data.get("assets") or {}).items()}
                term.others = Brackets.read(data["others"])
            terms.append(term)
        levels = node.get("levels") or {}
        return cls(
            node["regime"], node["family"], node["pooling"], terms, expression(node["initial"]),
            expression(node["maintenance"]), collateral, others, unrealised,
            levels.get("ratio", "maintenanceOverEquity"), float(levels.get("callAt", 1)),
            float(levels.get("liquidationAt", 1)))

    @property
    def requests(self):
        return [term.request for term in self.terms if term.request]

    @property
    def is_drawn(self):
        return any(request.law != "historical" for request in self.requests)


FUNCTIONS = {
    "__builtins__": {},
    "max": lambda *arrays: functools.reduce(np.maximum, arrays),
    "min": lambda *arrays: functools.reduce(np.minimum, arrays),
    "sum": lambda *arrays: functools.reduce(np.add, arrays),
}


def expression(text):
    """A combine expression reads as Python does; its names are the terms."""
    code = compile(str(text), "expression", "eval")
    return lambda amounts: eval(code, FUNCTIONS, amounts)


@dataclass
class Study:
    seed: int
    scenarios: int
    as_of: int
    account: dict
    regimes: list
    reference: str
    judge: Request
    realised: int
    close_out: float
    dust: float
    basis: list
    proxies: dict
    replicates: int
    block_length: int
    levels: list
    market: Market

    @classmethod
    def read(cls, path, market=None, account=None):
        path = pathlib.Path(path)
        node = read_yaml(path)
        root = next(p for p in path.resolve().parents if (p / "notebooks-data").is_dir())
        account = read_yaml(account or path.parent / node["account"])
        named = [
            path.parent / name if name.endswith((".yaml", ".yml")) else root / "scenarios/regimes" / f"{name}.yaml"
            for name in node["regimes"]
        ]
        judge, models, bootstrap = node["judge"], node.get("models") or {}, node.get("bootstrap") or {}
        if "correlation" in models:
            raise SystemExit("supplied correlations are not compared here")
        return cls(
            seed=int(node["seed"]), scenarios=int(node["scenarios"]),
            as_of=day(node.get("asOf") or account["asOf"]), account=account,
            regimes=[Regime.read(name) for name in named], reference=node["reference"],
            judge=Request.read({"monteCarlo": judge}, "judge"), realised=int(judge.get("realised", 0)),
            close_out=float(node.get("closeOutCost", 0)), dust=float(models.get("dustFloor", 0.001)),
            basis=models.get("basis") or [],
            proxies={p["asset"]: (p["standIn"], float(p["beta"])) for p in models.get("proxies") or []},
            replicates=int(bootstrap.get("replicates", 200)), block_length=int(bootstrap.get("blockLength", 10)),
            levels=[float(level) for level in node.get("levels", [0.95, 0.975, 0.99])],
            market=Market.read(market or root / "notebooks-data/market/daily-close.csv"))
