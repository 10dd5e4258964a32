#!/usr/bin/env python3
"""mlp beside PyTorch, JAX, NumPy, scikit-learn and onnxruntime: same data, same networks, same optimizers, in turns.

    python3 bench/compare/compare.py --python PYTHON > comparison.md

PYTHON is the interpreter that has the libraries; those it lacks are left out. This script itself needs the standard
library only. What is measured, and how it is kept fair: README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import data_sets
from contenders import (
    HELD_TO,
    Failure,
    Measurement,
    Mlp,
    Peer,
    Setting,
    clean_environment,
    prediction_of,
    usable_cores,
)
from report import Report
from tuning import thread_counts, tune
from work import SECTIONS, Work, all_works, quick

PEERS = ("torch", "jax", "numpy", "sklearn", "onnxruntime")
OURS = {"mlp, 1 thread": Setting("1"), "mlp, all": Setting("auto")}

Settings = dict[tuple[str, Work], Setting]
Results = dict[tuple[str, Work], list[Measurement]]


STARTED = time.monotonic()


def elapsed() -> float:
    return time.monotonic() - STARTED


def say(text: str) -> None:
    print(f"[{elapsed():5.0f} s] {text}", file=sys.stderr, flush=True)


def peers_in(python: Path, folder: Path, environment: dict[str, str]) -> dict[str, Peer]:
    """The peers that start, each with what it says about itself."""
    found = {}
    for name in PEERS:
        peer = Peer(name, python, folder, environment)
        try:
            found[peer.run("1", [])[0]["about"]] = peer
        except Failure as failure:
            say(f"left out: {failure}")
    if not found:
        raise Failure(f"{python} has none of {', '.join(PEERS)}; --python names another")
    return found


def learned(name: str, work: Work, measurement: Measurement | Failure) -> Measurement:
    """Returns the measurement of a contender that learned; speed is worthless without learning."""
    if isinstance(measurement, Failure):
        raise measurement
    if measurement.score is not None and not measurement.score >= work.bar:
        raise Failure(
            f"{name} did not learn: {work.section}, batch {work.batch_size}: "
            f"{measurement.score:.4f} on the test rows after {work.epochs} epochs, expected at least {work.bar}"
        )
    return measurement


def measure_ours(mlp: Mlp, works: Sequence[Work], setting: Setting) -> list[Measurement | Failure]:
    bench = mlp.bench(works[0], setting) if works[0].predicts else {}
    return [prediction_of(bench, work) if work.predicts else mlp.train(work, setting) for work in works]


def measure_round(
    mlp: Mlp, peers: Mapping[str, Peer], works: Sequence[Work], settings: Settings, index: int
) -> Results:
    """Every contender does each section once; which one begins changes with the round."""
    results: Results = defaultdict(list)
    names = [*OURS, *peers]
    at = index % len(names)
    for section in dict.fromkeys(work.section for work in works):
        same = [work for work in works if work.section == section]
        for name in names[at:] + names[:at]:
            if name in peers:
                done = [work for work in same if peers[name].does(work)]
                measurements = peers[name].measure([(work, settings[name, work]) for work in done])
            else:
                done = same
                measurements = measure_ours(mlp, done, OURS[name])
            for work, measurement in zip(done, measurements):
                results[name, work].append(learned(name, work, measurement))
    return results


def time_for_another(rounds: int, begun: float, minutes: float) -> bool:
    """Whether one more round, as long as the `rounds` since `begun` were, ends before the time is up."""
    return elapsed() + (elapsed() - begun) / rounds <= 60 * minutes


def cpu_name() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown CPU"


def limits_text(bench: dict) -> str:
    limits = bench["limits"]
    return ", ".join(f"{limit['gflops']:.0f} GFLOP/s on {limit['threads']} thread(s)" for limit in limits)


def held_text(cpu_target: str) -> str:
    """What --cpu-target does, in words."""
    variables = ", ".join(f"{name}='{value}'" for name, value in HELD_TO[cpu_target].items())
    return (
        f"mlp and the peers are held to {cpu_target}, the peers by {variables}; "
        "onnxruntime cannot be, and uses what the CPU has"
    )


def compare(options: argparse.Namespace, folder: Path) -> Report:
    environment, cleared = clean_environment(dict(os.environ))
    environment |= HELD_TO.get(options.cpu_target, {})
    works = [work for work in all_works() if work.section in options.only]
    works = quick(works) if options.quick else works

    mlp = Mlp(options.mlp, folder, environment, options.sparse_inputs, options.cpu_target)
    say("preparing the data")
    mnist = mlp.mnist(options.data_dir)
    if not mnist:
        say("MNIST was not found (--data-dir or MLP_DATA_DIR names its folder): images are drawn, easy to learn")
    data = data_sets.prepare(folder, mnist, options.quick)
    predicted = next((work for work in works if work.predicts), None)
    bench = mlp.bench(predicted, OURS["mlp, all"]) if predicted else None
    peers = peers_in(options.python, folder, environment)
    settings: Settings = {}
    for name, peer in peers.items():
        counts = thread_counts(peer, 1 if options.quick else usable_cores())
        done = [work for work in works if peer.does(work)]
        best = tune(peer, done, counts, 0 if options.eager else options.compile_limit, say)
        settings |= {(name, work): setting for work, setting in best.items()}

    results: Results = defaultdict(list)
    begun = elapsed()
    wanted = 1 if options.quick else options.rounds
    rounds = 0
    while rounds < wanted and (rounds == 0 or time_for_another(rounds, begun, options.minutes)):
        say(f"round {rounds + 1} of {wanted}")
        for key, measurements in measure_round(mlp, peers, works, settings, rounds).items():
            results[key] += measurements
        rounds += 1
    say("done")
    facts = [
        f"{cpu_name()}, {usable_cores()} core(s) to use, {platform.system()} {platform.release()}",
        *([f"limit of the multiply-add units: {limits_text(bench)}"] if bench else []),
        *([f"mlp {bench['version']}, target {bench['target']}"] if bench else []),
        *([held_text(options.cpu_target)] if options.cpu_target else []),
        *peers,
        data,
        "mlp skips zeros in the inputs where there are many, the others do not"
        if options.sparse_inputs == "auto"
        else f"mlp with --sparse-inputs {options.sparse_inputs}",
        f"medians of {rounds} round(s), the contenders in turns",
        f"left out of the environment: {', '.join(cleared) or 'nothing was there to leave out'}",
    ]
    return Report(facts, list(OURS), list(peers), works, settings, results)


def parse_arguments() -> argparse.Namespace:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="interpreter with the libraries"
    )
    parser.add_argument(
        "--mlp",
        type=Path,
        default=root / "build/release/mlp",
        help="the program (default: build/release/mlp)",
    )
    parser.add_argument(
        "--data-dir", type=Path, help="where MNIST is; by default where mlp finds it, else it is drawn"
    )
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument(
        "--minutes", type=float, default=8, help="no round begins that would end later (default: %(default)s)"
    )
    parser.add_argument("--only", type=lambda text: text.split(","), default=SECTIONS, metavar="SECTION[,SECTION...]",
                        help=f"of {','.join(SECTIONS)}")  # fmt: skip
    parser.add_argument("--compile-limit", type=float, default=150, metavar="SECONDS",
                        help="for torch.compile, over which it is left out (default: %(default)s)")  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="see that it runs, in half a minute; the figures mean little"
    )
    parser.add_argument("--sparse-inputs", choices=("auto", "on", "off"), default="auto",
                        help="whether mlp skips zeros in the inputs; the others never do (default: %(default)s)")  # fmt: skip
    parser.add_argument("--cpu-target", choices=sorted(HELD_TO),
                        help="hold mlp and the peers to these instructions (default: all that the CPU has)")  # fmt: skip
    parser.add_argument("--eager", action="store_true", help="PyTorch without torch.compile")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every single measurement")
    options = parser.parse_args()
    if unknown := set(options.only) - set(SECTIONS):
        parser.error(f"--only: unknown section {', '.join(unknown)}; known: {', '.join(SECTIONS)}")
    options.eager = options.eager or options.quick
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    return options


def main() -> int:
    options = parse_arguments()
    try:
        if not options.mlp.is_file():
            raise Failure(f"there is no program {options.mlp}; build it, or name another with --mlp")
        with tempfile.TemporaryDirectory(prefix="mlp-compare-") as folder:
            report = compare(options, Path(folder))
    except (Failure, OSError, subprocess.TimeoutExpired) as error:
        print(f"compare.py: error: {error}", file=sys.stderr)
        return 1
    print(report.markdown(), end="")
    if options.json:
        options.json.write_text(json.dumps(report.measurements(), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
