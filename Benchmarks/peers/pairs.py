"""Runs plimsoll and numpy on the default comparison alternately and prints what each took.

    python pairs.py ../../.build/release/plimsoll [--pairs 5] [--scenarios n]

A run is a whole process: wall time, processor time and peak memory (of the largest process, where there are several)
are those of wait4. numpy's time is printed twice: whole, and without the start of Python and its imports. The
ratios are taken pair by pair, so that a busy machine slows both sides of each.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
STUDY = HERE.parents[1] / "scenarios/studies/demo.yaml"


class Run:
    def __init__(self, command, output):
        errors = tempfile.TemporaryFile("w+")
        start = time.perf_counter()
        child = os.posix_spawn(
            command[0], command, os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
                (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)])
        _, status, usage = os.wait4(child, 0)
        self.wall = time.perf_counter() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss / 1024
        errors.seek(0)
        self.errors = errors.read()
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"{command[0]} failed:\n{self.errors}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--scenarios", type=int, default=100_000)
    parser.add_argument("--keep", default=tempfile.gettempdir(), help="where both results are left")
    arguments = parser.parse_args()
    ours_output = pathlib.Path(arguments.keep) / "plimsoll.json"
    numpy_output = pathlib.Path(arguments.keep) / "numpy.json"
    scenarios = ["--scenarios", str(arguments.scenarios)]
    ours = [
        os.path.abspath(arguments.program), "compare", str(STUDY), *scenarios, "--format", "json", "--quiet"]
    peer = [sys.executable, str(HERE / "compare_numpy.py"), str(STUDY), *scenarios]

    def pair():
        left, right = Run(ours, ours_output), Run(peer, numpy_output)
        right.seconds = json.loads(right.errors.splitlines()[-1])["seconds"]
        return left, right

    pair()
    load = os.getloadavg()[0]
    pairs = [pair() for _ in range(arguments.pairs)]
    print(f"{arguments.scenarios:,} scenarios, {arguments.pairs} pairs after a warm-up, {os.cpu_count()} cores, "
          f"load {load:.1f} before and {os.getloadavg()[0]:.1f} after")
    print(f"{'':<34}{'median':>10}   each run")
    table = [
        ("plimsoll wall, s", [a.wall for a, _ in pairs]), ("plimsoll processor, s", [a.cpu for a, _ in pairs]),
        ("plimsoll peak memory, MiB", [a.memory for a, _ in pairs]),
        ("numpy wall, whole process, s", [b.wall for _, b in pairs]),
        ("numpy wall, without imports, s", [b.seconds["inProcess"] for _, b in pairs]),
        ("numpy processor, s", [b.cpu for _, b in pairs]),
        ("numpy peak memory, MiB", [b.memory for _, b in pairs]),
        ("wall ratio, whole processes", [a.wall / b.wall for a, b in pairs]),
        ("wall ratio, numpy without imports", [a.wall / b.seconds["inProcess"] for a, b in pairs]),
        ("processor ratio", [a.cpu / b.cpu for a, b in pairs]),
        ("memory ratio", [a.memory / b.memory for a, b in pairs]),
    ]
    for name, values in table:
        digits = 1 if "MiB" in name else 3
        each = "  ".join(f"{value:.{digits}f}" for value in values)
        print(f"{name:<34}{statistics.median(values):>10.{digits}f}   {each}")
    steps = {step: statistics.median(b.seconds[step] for _, b in pairs) for step in pairs[0][1].seconds}
    print("numpy by step, s: " + ", ".join(f"{step} {seconds:.3f}" for step, seconds in steps.items()))


if __name__ == "__main__":
    main()
