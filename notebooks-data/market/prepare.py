#!/usr/bin/env python3
"""Make daily-close.csv and data-dictionary.csv from the source distribution of pyscarcopula.

    python3 prepare.py pyscarcopula-0.22.1.tar.gz

Needs the standard library only. Both files are functions of the archive alone, whose SHA-256 is checked first.
Prices keep the digits of the source; only column names, their delimiter and their selection change.
"""

import csv
import hashlib
import io
import re
import sys
import tarfile
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

ARCHIVE_SHA256 = "22c664465713ea5e9fe1fe8f5c6ac9edcf7831398f875d2009ba8de85575f8df"
SOURCE_FILE = "pyscarcopula-0.22.1/data/crypto_prices.csv"
SOURCE_SHA256 = "e1a068ff121406f93989d79ebcf5c94cdf730ae05c37c9b9fceb87c58a80a5fe"
UNIT = "USD per coin"
ONE_DAY = timedelta(days=1)
DECIMAL = re.compile(r"[0-9]+\.[0-9]+(e-[0-9]+)?")


class Asset(NamedTuple):
    source: str
    symbol: str
    name: str
    note: str = ""


ASSETS = [
    Asset("BTC-USD", "BTC", "Bitcoin"),
    Asset("ETH-USD", "ETH", "Ether"),
    Asset("BNB-USD", "BNB", "BNB"),
    Asset("ADA-USD", "ADA", "Cardano"),
    Asset("XRP-USD", "XRP", "XRP"),
    Asset("USDT-USD", "USDT", "Tether",
          "stablecoin; 1.0536 on 2020-03-12 and 0.9742 on 2020-03-18 are outliers of the composite price"),
    # Not Solana, whatever the name suggests: 0.12 to 1.35 USD while Solana closed between 28 and 259 USD, and the daily
    # log-returns of the two correlate by 0.21 only. Which coin it is cannot be told from the source.
    Asset("SOL1-USD", "SOL1", "unknown coin that the source calls SOL1",
          "not Solana: 0.12 to 1.35 USD while Solana closed between 28 and 259 USD; 385 days only"),
    Asset("DOGE-USD", "DOGE", "Dogecoin", "+356 % on 2021-01-28 is a real move"),
    Asset("USDC-USD", "USDC", "USD Coin",
          "stablecoin; de-peg to 0.9715 on 2023-03-11 (Silicon Valley Bank); 1.0440 on 2020-01-30 and 0.9701 on "
          "2020-03-18 are outliers of the composite price"),
    Asset("AVAX-USD", "AVAX", "Avalanche",
          "two prices of 2020-07, before the coin traded, are left out"),
    Asset("LUNA1-USD", "LUNA", "Terra (now Terra Classic)",
          "collapse of 2022-05-09 to 2022-05-13; after it the dying coin renamed LUNC, at prices of few digits"),
    Asset("LINK-USD", "LINK", "Chainlink"),
    Asset("MATIC-USD", "MATIC", "Polygon"),
    Asset("ALGO-USD", "ALGO", "Algorand"),
]

# AVAX did not trade on these days; the composite price of them is another coin's.
BEFORE_TRADING = {("AVAX-USD", "2020-07-13"), ("AVAX-USD", "2020-07-14")}


def checked(data, expected, name):
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        sys.exit(f"{name}: SHA-256 is {found}, expected {expected}")
    return data


def source_rows(archive_path):
    archive = checked(Path(archive_path).read_bytes(), ARCHIVE_SHA256, archive_path)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        data = checked(tar.extractfile(SOURCE_FILE).read(), SOURCE_SHA256, SOURCE_FILE)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8")), delimiter=";"))
    for row in rows:
        for source, day in BEFORE_TRADING:
            if row["Date"] == day:
                row[source] = ""
    return rows


def check(rows):
    """Stop unless the days are consecutive and every price is a plain positive decimal."""
    known = ["Date"] + [asset.source for asset in ASSETS]
    if sorted(rows[0]) != sorted(known):
        sys.exit(f"columns are {list(rows[0])}")
    days = [date.fromisoformat(row["Date"]) for row in rows]
    for earlier, later in zip(days, days[1:]):
        if later - earlier != ONE_DAY:
            sys.exit(f"{later} follows {earlier}")
    for row in rows:
        for asset in ASSETS:
            text = row[asset.source]
            if text and not (DECIMAL.fullmatch(text) and float(text) > 0):
                sys.exit(f"{row['Date']} {asset.symbol}: {text!r} is not a positive decimal number")


def write(name, header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    (Path(__file__).parent / name).write_bytes(text.getvalue().encode("utf-8"))


def described(asset, rows):
    """One line of the dictionary; a gap is the count of days without a price between two prices."""
    known = [(date.fromisoformat(row["Date"]), row[asset.source]) for row in rows if row[asset.source]]
    days = [day for day, _ in known]
    longest_gap = max((later - earlier).days - 1 for earlier, later in zip(days, days[1:]))
    smallest = min((price for _, price in known), key=float)
    return [asset.symbol, asset.name, UNIT, days[0], days[-1], len(days), longest_gap, smallest, asset.note]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    rows = source_rows(sys.argv[1])
    check(rows)
    write("daily-close.csv", ["date"] + [asset.symbol for asset in ASSETS],
          ([row["Date"]] + [row[asset.source] for asset in ASSETS] for row in rows))
    write("data-dictionary.csv",
          ["column", "asset", "unit", "first_date", "last_date", "days", "longest_gap_days", "smallest_close", "note"],
          (described(asset, rows) for asset in ASSETS))


if __name__ == "__main__":
    main()
