"""Compares `plimsoll compare --format json` with compare_numpy.py and prints every disagreement.

    python check_against_numpy.py ours.json numpy.json [--all]

What uses no draws must agree to 1e-9. What does must agree within four combined standard errors: requirements and tails
by their own errors, event counts by the errors of two binomial proportions, standard errors by the error of a standard
deviation. Exit code 1 when anything is beyond.
"""

import argparse
import json
import math
import sys

EXACT = 1e-9
DEVIATIONS = 4.0
SPREAD = 0.12
EVENTS = {"restricted": "restricted", "marginCall": "margin_call", "liquidation": "liquidation",
          "bankruptcy": "bankruptcy"}


class Report:
    def __init__(self, shows_all):
        self.shows_all, self.compared, self.beyond = shows_all, 0, 0
        self.worst = {}
        print(f"{'figure':<72} {'plimsoll':>16} {'numpy':>16} {'distance':>10}")

    def line(self, kind, name, ours, theirs, distance, limit):
        self.compared += 1
        self.worst[kind] = max(self.worst.get(kind, 0.0), distance)
        is_beyond = not distance <= limit
        self.beyond += is_beyond
        if is_beyond or self.shows_all:
            print(f"{name:<72} {text(ours):>16} {text(theirs):>16} {distance:>10.3g}{' <' if is_beyond else ''}")

    def exact(self, name, ours, theirs, scale=None):
        if ours is None or theirs is None:
            self.line("exact", name, ours, theirs, 0.0 if ours == theirs else math.inf, EXACT)
            return
        # Relative to the figure itself, and never finer than 1e-12 of the book, in which a near-zero sum cancels.
        size = max(abs(ours), abs(theirs), 1e-3 * (scale or 0.0)) or 1.0
        self.line("exact", name, ours, theirs, abs(ours - theirs) / size, EXACT)

    def sampled(self, name, ours, theirs, error):
        if ours is None or theirs is None:
            self.line("sampled", name, ours, theirs, 0.0 if ours == theirs else math.inf, DEVIATIONS)
            return
        distance = abs(ours - theirs) / error if error else (0.0 if abs(ours - theirs) <= EXACT * abs(ours) else math.inf)
        self.line("sampled", name, ours, theirs, distance, DEVIATIONS)

    def estimate(self, name, ours, theirs, gross):
        """A value with a simulation and a calibration error on both sides."""
        errors = [ours["se_simulation"], theirs.get("simulationError")]
        if errors == [None, None]:
            self.exact(name, ours["value"], theirs["value"], gross)
        elif None in errors:
            self.line("sampled", f"{name} simulation error", *errors, math.inf, 0)
        else:
            self.sampled(name, ours["value"], theirs["value"], math.hypot(*errors))
            self.spread(f"{name} simulation error", *errors, theirs["simulationErrorSpread"])
        self.spread(f"{name} calibration error", ours["se_calibration"], theirs.get("calibrationError"),
                    theirs.get("calibrationErrorSpread"))

    def spread(self, name, ours, theirs, relative):
        if ours is None or theirs is None:
            self.line("errors", name, ours, theirs, 0.0 if ours == theirs else math.inf, DEVIATIONS)
            return
        if max(ours, theirs) < 1e-6:
            return
        # A quantile of history jumps in few replicates, which few of them show: their spread is known no better than this.
        relative = max(relative, SPREAD)
        distance = abs(ours - theirs) / (math.sqrt(2) * relative * max(ours, theirs))
        self.line("errors", name, ours, theirs, distance, DEVIATIONS)

    def events(self, name, ours, theirs, is_exact):
        if is_exact:
            self.exact(name, ours["count"], theirs["count"])
            return
        if ours["scenarios"] != theirs["scenarios"]:
            self.line("sampled", f"{name} scenarios", ours["scenarios"], theirs["scenarios"], math.inf, 0)
            return
        pooled = (ours["count"] + theirs["count"]) / (ours["scenarios"] + theirs["scenarios"])
        # One event on either side is no disagreement with none on the other.
        variance = max(ours["scenarios"] * pooled * (1 - pooled), 0.5)
        self.sampled(name, ours["count"], theirs["count"], math.sqrt(2 * variance))


def text(value):
    return "none" if value is None else f"{value:,.6g}" if isinstance(value, float) and abs(value) < 1 else f"{value:,.2f}"


def by(items, *keys):
    return {tuple(item[key] for key in keys): item for item in items}


def compare_regime(report, name, ours, theirs, gross):
    report.exact(f"{name} equity", ours["equity"], theirs["equity"], gross)
    report.estimate(f"{name} initial margin", ours["initial_margin"], theirs["initial"], gross)
    report.estimate(f"{name} maintenance margin", ours["maintenance_margin"], theirs["maintenance"], gross)
    if ours["initial_margin_difference"]:
        report.estimate(f"{name} difference", ours["initial_margin_difference"], theirs["differenceToReference"], gross)
    is_drawn = theirs["initial"]["simulationError"] is not None
    for (pool,), one in by(ours["pools"], "pool").items():
        other = theirs["pools"].get(pool, {})
        report.exact(f"{name} {pool} equity", one["equity"], other.get("equity"), gross)
        report.exact(f"{name} {pool} market value", one["market_value"], other.get("marketValue"), gross)
        if not is_drawn:
            report.exact(f"{name} {pool} initial margin", one["initial_margin"], other.get("initial"), gross)
            report.exact(f"{name} {pool} maintenance", one["maintenance_margin"], other.get("maintenance"), gross)
    needs = by(ours["collateral"], "view")
    for view in sorted({key for (key,) in needs} | set(theirs["needs"])):
        one, other = needs.get((view,), {}), theirs["needs"].get(view, {})
        # Laws stand in for their draws in these views, so that nothing in them is sampled.
        report.exact(f"{name} {view} value", one.get("value"), other.get("value"))
        report.exact(f"{name} {view} scale", one.get("scale"), other.get("scale"))
        report.exact(f"{name} {view} efficiency", one.get("capital_efficiency"), other.get("capitalEfficiency"), 1e3)
    compare_safety(report, name, ours["safety"], theirs["safety"], gross)


def compare_safety(report, name, ours, theirs, gross):
    others = by(theirs, "judge", "view")
    mine = by(ours, "judge", "view")
    for key in sorted(mine.keys() | others.keys()):
        label = f"{name} {key[0]} {key[1]}"
        if key not in mine or key not in others:
            report.line("exact", f"{label} is there", key in mine, key in others, math.inf, 0)
            continue
        one, other, is_exact = mine[key], others[key], key[0] == "realised"
        for event, word in EVENTS.items():
            report.events(f"{label} {word}", one[word], other[event], is_exact)
        pairs = [("uncovered loss", one["uncovered_loss"], other["uncoveredLoss"]),
                 ("uncovered difference", one["uncovered_loss_difference"], other["differenceToReference"])]
        for what, left, right in pairs:
            if left is None or right is None:
                report.line("exact", f"{label} {what}", left, right, 0.0 if left == right else math.inf, 0)
            elif is_exact:
                report.exact(f"{label} {what}", left["value"], right["value"], gross)
            else:
                error = math.hypot(left["se_simulation"] or 0, right["simulationError"] or 0)
                report.sampled(f"{label} {what}", left["value"], right["value"], error)
        if is_exact:
            report.exact(f"{label} worst uncovered", one["uncovered_loss_worst"], other["worstUncoveredLoss"], gross)


def compare_tails(report, ours, theirs, gross):
    """Both sides list the same sets in the same order, level by level."""
    if len(ours) != len(theirs):
        report.line("exact", "number of tails", len(ours), len(theirs), math.inf, 0)
        return
    for one, other in zip(ours, theirs):
        label = f"{one['scenarios']} at {one['level']}"
        for name, key in (("value_at_risk", "valueAtRisk"), ("expected_shortfall", "expectedShortfall")):
            mine, yours = one[name], other[key]
            if one["scenarios"].startswith("historical"):
                report.exact(f"{label} {name}", mine["value"], yours, gross)
                report.exact(f"{label} {name} error", mine["se_simulation"], other[f"{key}Error"], gross)
            else:
                report.sampled(
                    f"{label} {name}", mine["value"], yours, math.hypot(mine["se_simulation"], other[f"{key}Error"]))
                report.exact(
                    f"{label} {name} closed form", mine["closed_form"],
                    other[f"closedForm{key[0].upper()}{key[1:]}"], gross)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ours")
    parser.add_argument("numpy")
    parser.add_argument("--all", action="store_true", help="print every figure, not only disagreements")
    arguments = parser.parse_args()
    with open(arguments.ours) as left, open(arguments.numpy) as right:
        ours, theirs = json.load(left), json.load(right)
    report = Report(arguments.all)
    gross = theirs["grossNotional"] or theirs["netMarketValue"]
    report.exact("net market value", ours["account"]["net_market_value"], theirs["netMarketValue"], gross)
    report.exact("gross notional", ours["account"]["gross_notional"], theirs["grossNotional"], gross)
    mine, others = by(ours["regimes"], "regime"), by(theirs["regimes"], "regime")
    for key in mine.keys() | others.keys():
        if key not in mine or key not in others:
            report.line("exact", f"{key[0]} is computed", key in mine, key in others, math.inf, 0)
    for key in [key for key in mine if key in others]:
        compare_regime(report, key[0], mine[key], others[key], gross)
    compare_tails(report, ours["tails"], theirs["tails"], gross)
    worst = ", ".join(f"{kind} {distance:.2g}" for kind, distance in report.worst.items())
    print(f"{report.compared} figures compared, {report.beyond} beyond their bound; largest distance: {worst}")
    sys.exit(1 if report.beyond else 0)


if __name__ == "__main__":
    main()
