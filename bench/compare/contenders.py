"""Who is compared: mlp through its command line, each peer through a script that speaks JSON."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tables import median
from work import Work

HERE = Path(__file__).resolve().parent

# Environment variables that, if inherited, hold a library to old kernels, to one thread or to cores that others use.
HOLDING_BACK = (
    "OPENBLAS_", "GOTO_", "MKL_", "OMP_", "GOMP_", "KMP_", "BLIS_", "DNNL_", "ONEDNN_", "NPY_", "NUMEXPR_",
    "VECLIB_", "ATEN_", "TORCH_", "TORCHDYNAMO_", "TORCHINDUCTOR_", "PYTORCH_", "SKLEARN_", "XLA_", "JAX_", "NPROC",
    "MLP_TARGET",
)  # fmt: skip

# What holds the peers to the instructions of a CPU target on a CPU that has more: switches of PyTorch's own kernels and of the
# code that torch.compile writes, of oneDNN (by its newer and its older name), MKL, OpenBLAS, NumPy, and XLA (whose products are
# YNNPACK's, which cannot be held, or else oneDNN's). onnxruntime has no such switch.
HELD_TO = {
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "DNNL_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2 --xla_cpu_experimental_ynn_fusion_type=",
    }
}


class Failure(Exception):
    """Ends the comparison with a message."""


@dataclass(frozen=True)
class Setting:
    """How a contender does a work item."""

    threads: str
    variant: str = ""

    def __str__(self) -> str:
        threads = f"{self.threads} thread{'' if self.threads == '1' else 's'}"
        return f"{self.variant}, {threads}" if self.variant else threads


@dataclass(frozen=True)
class Measurement:
    seconds: float  # of an epoch, of all epochs ("table"), or of one call ("prediction")
    score: float | None  # accuracy or R2 on the test rows; None for prediction
    threads: str  # that did the work


def clean_environment(environment: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The environment without the variables that hold a library back, and the names of those."""
    cleared = sorted(name for name in environment if name.startswith(HOLDING_BACK))
    return {name: value for name, value in environment.items() if name not in cleared}, cleared


def seconds_of(work: Work, epochs: Sequence[float]) -> float:
    return sum(epochs) if work.section == "table" else median(epochs)


def field(document: dict, name: str, source: str):
    if name not in document:
        raise Failure(f"{source}: expected a member '{name}' in its JSON, found {', '.join(document)}")
    return document[name]


class Mlp:
    """This program: training through `mlp train`, prediction through `mlp bench`."""

    def __init__(
        self,
        program: Path,
        folder: Path,
        environment: dict[str, str],
        sparse_inputs: str = "auto",
        cpu_target: str | None = None,
    ):
        self.program, self.folder, self.environment = program, folder, environment
        self.engine_options = ("--sparse-inputs", sparse_inputs)
        if cpu_target:
            self.engine_options += ("--cpu-target", cpu_target)

    def json(self, *arguments: str) -> dict:
        result = subprocess.run(
            [self.program, *arguments], env=self.environment, capture_output=True, text=True
        )
        if result.returncode != 0:
            raise Failure(f"mlp {' '.join(arguments)}:\n{result.stderr.strip()}")
        return json.loads(result.stdout)

    def mnist(self, data_dir: Path | None) -> list[Path]:
        """Where MNIST's four files lie; none where they are not all there."""
        named = ("--data-dir", str(data_dir)) if data_dir else ()
        datasets = field(self.json("data", "list", "--json", *named), "datasets", "mlp data list")
        files = next(dataset for dataset in datasets if dataset["name"] == "mnist")["files"]
        paths = [Path(file["path"]) for file in files if file["path"]]
        return paths if len(paths) == 4 else []

    def bench(self, work: Work, setting: Setting) -> dict:
        """Two predictions, and the shortest training that the command accepts."""
        try:
            return self.json(
                *("bench", "--json", "--network", work.layers, "--input-size", str(work.inputs)),
                *("--threads", setting.threads, "--optimizer", "sgd", "--batch-size", "64", "--seconds", "0.3"),
                *self.engine_options,
            )
        except Failure as failure:
            hint = "prediction is timed with `mlp bench`; --only can leave it out"
            raise Failure(f"{failure}\n  hint: {hint}") from None

    def train(self, work: Work, setting: Setting) -> Measurement:
        run = self.folder / "run"
        numbers = work.data == "table"
        document = self.json(
            *("train", "mpg" if numbers else "mnist", "--data-dir", str(self.folder / work.data)),
            *("--layers", work.layers, "--loss", "mean_squared_error" if numbers else "cross_entropy"),
            *("--optimizer", work.optimizer, "--learning-rate", str(work.learning_rate)),
            *("--schedule", "constant", "--epochs", str(work.epochs), "--batch-size", str(work.batch_size)),
            *("--validation", "0", "--threads", setting.threads, "--output", str(run), "--json", "--quiet"),
            *self.engine_options,
        )
        with open(run / "metrics.csv", newline="") as file:
            epochs = [float(row["seconds"]) for row in csv.DictReader(file)]
        score = field(document, "test_r2" if numbers else "test_accuracy", "mlp train")
        return Measurement(seconds_of(work, epochs), score, str(document["threads"]))


def prediction_of(bench: dict, work: Work) -> Measurement:
    """The prediction time that `mlp bench` prints for one number of threads."""
    for row in field(bench, "prediction", "mlp bench"):
        if row["rows"] == work.batch_size:
            return Measurement(1e-6 * field(row, "microseconds", "mlp bench"), None, str(row["threads"]))
    raise Failure(f"mlp bench: expected a prediction of {work.batch_size} rows, found none")


class Peer:
    """A library: its script takes one job per line and gives one result per line, all in JSON."""

    def __init__(self, name: str, python: Path, folder: Path, environment: dict[str, str]):
        self.name, self.python, self.folder, self.environment = name, python, folder, environment

    def does(self, work: Work) -> bool:
        return work.predicts or self.name != "onnxruntime"

    def run(self, threads: str, jobs: Iterable[dict], timeout: float = 600.0) -> list[dict]:
        """What the peer says about itself, then a result for each job."""
        environment = self.environment | {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "MKL_NUM_THREADS": threads,
            "TORCHINDUCTOR_CACHE_DIR": str(self.folder / f"inductor_{threads}"),
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        script = HERE / f"peer_{self.name}.py"
        result = subprocess.run(
            [self.python, script, threads],
            input="".join(json.dumps(job) + "\n" for job in jobs),
            env=environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if result.returncode != 0:
            last = (result.stderr.strip() or f"exit code {result.returncode}").splitlines()[-1]
            raise Failure(f"{script.name}: {last}")
        return [json.loads(line) for line in result.stdout.splitlines()]

    def job(self, work: Work, variant: str) -> dict:
        return asdict(work) | {"folder": str(self.folder / work.data), "variant": variant}

    def measure(self, candidates: Sequence[tuple[Work, Setting]]) -> list[Measurement | Failure]:
        """Measures each candidate, in a process of its own for each number of threads."""
        measured: dict[tuple[Work, Setting], Measurement | Failure] = {}
        for threads in dict.fromkeys(setting.threads for _, setting in candidates):
            same = [(work, setting) for work, setting in candidates if setting.threads == threads]
            results = self.run(threads, [self.job(work, setting.variant) for work, setting in same])[1:]
            for (work, setting), result in zip(same, results):
                measured[work, setting] = measurement_of(self.name, work, setting, result)
        return [measured[candidate] for candidate in candidates]


def measurement_of(name: str, work: Work, setting: Setting, result: dict) -> Measurement | Failure:
    if "error" in result:
        return Failure(f"{name}, {work.section} {work.name}, {setting}: {result['error']}")
    seconds = result["seconds"] if work.predicts else seconds_of(work, result["epoch_seconds"])
    return Measurement(seconds, result.get("score"), setting.threads)


def usable_cores() -> int:
    return len(os.sched_getaffinity(0))
