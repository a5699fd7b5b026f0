#!/usr/bin/env python3
"""Make the CSV files of this folder from the source distribution of quantflow.

    python3 prepare.py quantflow-1.2.0.tar.gz

Needs the standard library only. The files are functions of the archive alone, whose SHA-256 is checked first. Quotes
keep the digits of the source; only their selection, names and order change, and the fraction of the second is cut from
the times. Two columns of the second snapshot are computed: `years`, with the fraction of the second, and `forward`, see
`model_forward`.
"""

import csv
import gzip
import hashlib
import io
import json
import math
import sys
import tarfile
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

ARCHIVE_SHA256 = "e93e68c34c34f2adfec38f5314c7dd331c226dd1513a495c226ff5827988add0"
FIXTURES = "quantflow-1.2.0/docs/examples/fixtures/"
CHAIN = ("deribit_btc.json.gz", "847997e60d116423bd7a9e3f5f4ad6527c1e4e8be8451a3a3e20bd4b87646248")
SURFACE = ("volsurface_btc.json", "872f233310c75f9beb4a3e29d11c4bfed5552026cf878081f82a2b1e576deef6")

YEAR = 365 * 86_400
TICK = 0.5
QUOTES = ["bid_price", "ask_price", "open_interest", "volume_usd"]


class Contract(NamedTuple):
    expiry: str
    strike: float
    kind: str


def checked(data, expected, name):
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        sys.exit(f"{name}: SHA-256 is {found}, expected {expected}")
    return data


def read(archive, source):
    """A JSON file of the archive, its numbers as the text they are written in."""
    name, digest = source
    data = checked(archive.extractfile(FIXTURES + name).read(), digest, name)
    text = gzip.decompress(data) if name.endswith(".gz") else data
    return json.loads(text, parse_float=str, parse_int=str)


def utc(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def stamp(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def expiry_of(instrument):
    return datetime.fromtimestamp(int(instrument["expiration_timestamp"]) / 1000, tz=timezone.utc)


def plain(strike):
    return strike.removesuffix(".0")


def cells(record, keys):
    return ["" if record[key] is None else record[key] for key in keys]


def check_quote(name, bid, ask):
    """Stop unless the quotes are positive and not crossed; a missing bid is an empty cell."""
    if not (float(ask) > 0 and (bid is None or 0 < float(bid) <= float(ask))):
        sys.exit(f"{name}: bid {bid}, ask {ask}")


def check_name(name, instrument):
    """Stop unless name and terms of the contract say the same."""
    day = expiry_of(instrument)
    date = f"{day.day}{day:%b%y}".upper()
    expected = f"BTC-{date}-{plain(instrument['strike'])}-{instrument['option_type'][0].upper()}"
    if name != expected:
        sys.exit(f"{name}: its terms make {expected}")


def write(name, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    (Path(__file__).parent / name).write_bytes(text.getvalue().encode("utf-8"))


def write_chain(source):
    time = stamp(utc(source["as_of"]))
    instruments = {one["instrument_name"]: one for one in source["instruments"]}
    rows = []
    for quote in source["options"]:
        name = quote["instrument_name"]
        instrument = instruments[name]
        check_name(name, instrument)
        check_quote(name, quote["bid_price"], quote["ask_price"])
        contract = Contract(stamp(expiry_of(instrument)), float(instrument["strike"]), instrument["option_type"])
        rows.append((contract, [
            time, name, contract.kind, contract.expiry, plain(instrument["strike"]), *cells(quote, QUOTES),
            instrument["settlement_period"]]))
    rows.sort()
    write("deribit-btc-2026-08-01.csv",
          ["time", "instrument", "kind", "expiry", "strike", "bid", "ask", "open_interest", "volume_usd",
           "settlement_period"],
          (row for _, row in rows))


def write_futures(source):
    time = stamp(utc(source["as_of"]))
    instruments = {one["instrument_name"]: one for one in source["instruments"]}
    rows = []
    for quote in source["futures"]:
        name = quote["instrument_name"]
        check_quote(name, quote["bid_price"], quote["ask_price"])
        instrument = instruments[name]
        perpetual = instrument["settlement_period"] == "perpetual"
        expiry = "" if perpetual else stamp(expiry_of(instrument))
        kind = "perpetual" if perpetual else "future"
        rows.append([time, name, kind, expiry, *cells(quote, QUOTES)])
    rows.sort(key=lambda row: (row[3] == "", row[3]))
    write("deribit-btc-2026-08-01-futures.csv",
          ["time", "instrument", "kind", "expiry", "bid", "ask", "open_interest", "volume_usd"], rows)


def model_forward(spot, curve, years):
    """The forward that the source's implied volatilities belong to, in USD.

    Spot divided by the discount factor of the source's Nelson-Siegel curve, to the nearest tick of half a dollar. The
    source does not say so; with this forward, and with no other that was tried, all of its implied volatilities come
    out in all of their seven digits.
    """
    level, slope, curvature, decay = (float(curve[key]) for key in ("beta1", "beta2", "beta3", "lambda_"))
    scaled = decay * years
    loading = (1 - math.exp(-scaled)) / scaled
    rate = level + slope * loading + curvature * (loading - math.exp(-scaled))
    return round(spot * math.exp(rate * years) / TICK) * TICK


def write_surface(source):
    as_of = utc(source["quote_curve"]["ref_date"])
    inputs = source["inputs"]
    spot, = (one for one in inputs if one["security_type"] == "spot")
    middle = (float(spot["bid"]) + float(spot["ask"])) / 2
    rows = []
    for one in inputs:
        if one["security_type"] != "option":
            continue
        expiry = utc(one["maturity"])
        years = (expiry - as_of).total_seconds() / YEAR
        forward = model_forward(middle, source["quote_curve"], years)
        contract = Contract(stamp(expiry), float(one["strike"]), one["option_type"])
        check_quote(contract, one["bid"], one["ask"])
        rows.append((contract, [
            stamp(as_of), contract.kind, contract.expiry, one["strike"], one["bid"], one["ask"], one["iv_bid"],
            one["iv_ask"], forward, years]))
    rows.sort()
    write("deribit-btc-2026-05-21-implied-volatility.csv",
          ["time", "kind", "expiry", "strike", "bid", "ask", "bid_iv", "ask_iv", "forward", "years"],
          (row for _, row in rows))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = checked(Path(sys.argv[1]).read_bytes(), ARCHIVE_SHA256, sys.argv[1])
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        chain = read(archive, CHAIN)
        surface = read(archive, SURFACE)
    write_chain(chain)
    write_futures(chain)
    write_surface(surface)


if __name__ == "__main__":
    main()
