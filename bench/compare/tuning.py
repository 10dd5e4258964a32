"""Finds how each peer does each work item fastest: its number of threads and, where it has several, its variant."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from contenders import Failure, Measurement, Peer, Setting
from work import Work, tuning

Say = Callable[[str], None]
Candidate = tuple[Work, Setting]


def thread_counts(peer: Peer, cores: int) -> list[str]:
    """PyTorch and onnxruntime are tried with every number; the others' BLAS, and XLA, with one thread and all."""
    counts = range(1, cores + 1) if peer.name in ("torch", "onnxruntime") else {1, cores}
    return [str(count) for count in sorted(counts)]


def eager_variants(peer: Peer, work: Work) -> list[str]:
    """The variants in the peer's script, in peer_torch.py without the compiled one; most have a single one."""
    if peer.name == "onnxruntime":
        return ["run", "binding"]
    if peer.name != "torch":
        return [""]
    return ["modules", "functions", "TorchScript"] if work.predicts else ["modules", "functions"]


def compile_ahead(peer: Peer, candidates: Sequence[Candidate], limit: float) -> bool:
    """Has torch.compile fill its cache, for all numbers of threads at once; false where that takes too long."""

    def fill(threads: str) -> None:
        works = [work for work, setting in candidates if setting.threads == threads]
        peer.run(threads, [peer.job(tuning(work), "compiled") for work in works], timeout=limit)

    counts = {setting.threads for _, setting in candidates}
    try:
        with ThreadPoolExecutor(len(counts)) as pool:
            list(pool.map(fill, counts))
    except subprocess.TimeoutExpired:
        return False
    return True


def timed(peer: Peer, candidates: Sequence[Candidate], say: Say) -> dict[Candidate, float]:
    """The seconds of each setting that works."""
    results = peer.measure([(tuning(work), setting) for work, setting in candidates])
    for result in results:
        if isinstance(result, Failure):
            say(str(result))
    return {
        candidate: result.seconds
        for candidate, result in zip(candidates, results)
        if isinstance(result, Measurement)
    }


def fastest(seconds: dict[Candidate, float], work: Work) -> Setting:
    same = {setting: value for (of, setting), value in seconds.items() if of == work}
    if not same:
        raise Failure(f"there is no setting in which a peer can do {work.section} {work.name}")
    return min(same, key=same.__getitem__)


def tune(
    peer: Peer, works: Sequence[Work], counts: Sequence[str], compile_limit: float, say: Say
) -> dict[Work, Setting]:
    """The fastest setting for each work. What is compiled is tried with as many threads as were best without, and
    with one; not at all where `compile_limit`, in seconds, is 0."""
    say(f"{peer.name}: tuning")
    eager = [
        (work, Setting(threads, variant))
        for threads in counts
        for work in works
        for variant in eager_variants(peer, work)
    ]
    seconds = timed(peer, eager, say)
    if peer.name == "torch" and compile_limit > 0:
        say("torch: compiling")
        compiled = [
            (work, Setting(threads, "compiled"))
            for work in works
            for threads in sorted({"1", fastest(seconds, work).threads})
        ]
        if compile_ahead(peer, compiled, compile_limit):
            say("torch: tuning what is compiled")
            seconds |= timed(peer, compiled, say)
        else:
            say(f"torch: torch.compile took over {compile_limit:.0f} s and is left out")
    return {work: fastest(seconds, work) for work in works}
