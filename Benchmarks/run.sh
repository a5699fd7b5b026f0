#!/usr/bin/env bash
# The default comparison, ours beside the same work in numpy: figures of one run on one machine.
#
#   Benchmarks/run.sh [pairs]     5 pairs unless given
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ ! -x .venv/bin/python ]] || ! cmp -s peers/requirements.txt .venv/installed; then
  echo '== Python environment (Benchmarks/.venv)'
  python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check -r peers/requirements.txt
  cp peers/requirements.txt .venv/installed
fi

echo '== build (release)'
swift build -c release --package-path .. --product plimsoll

echo '== plimsoll and numpy, alternately'
results=.venv/results
mkdir -p "$results"
.venv/bin/python peers/pairs.py ../.build/release/plimsoll --pairs "${1:-5}" --keep "$results"

echo '== the same numbers?'
.venv/bin/python peers/check_against_numpy.py "$results/plimsoll.json" "$results/numpy.json"
