"""What the peers share: jobs in, results out, the data, the clock. Needs NumPy."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

Job = dict
Arrays = tuple[np.ndarray, np.ndarray]

TEST_FRACTION = 0.2


def serve(about: str, train: Callable[[Job], dict], predict: Callable[[Job], dict]) -> None:
    """Prints a line about the library, then a line for each job on standard input."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # catches what a library prints
    print(json.dumps({"about": about}), file=answers, flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        try:
            result = predict(job) if job["section"] == "prediction" else train(job)
        except Exception as error:  # an older version may lack what a variant needs
            result = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(result), file=answers, flush=True)


def layers_of(job: Job) -> list[tuple[int, int, str]]:
    """Inputs, outputs and activation of each layer."""
    layers, fan_in = [], job["inputs"]
    for text in job["layers"].split(","):
        width, activation = text.split(":")
        layers.append((fan_in, int(width), activation))
        fan_in = int(width)
    return layers


def read_idx(path: str) -> np.ndarray:
    with open(path, "rb") as file:
        content = file.read()
    sizes = np.frombuffer(content, ">u4", content[3], 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(sizes)


def read_images(folder: str, part: str) -> Arrays:
    images = read_idx(f"{folder}/mnist/{part}-images-idx3-ubyte")
    labels = read_idx(f"{folder}/mnist/{part}-labels-idx1-ubyte")
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255), labels.astype(np.int64)


def standardize(values: np.ndarray) -> np.ndarray:
    return ((values - values.mean(0)) / values.std(0)).astype(np.float32)


def read_table(folder: str) -> tuple[Arrays, Arrays]:
    with open(f"{folder}/auto-mpg/auto-mpg.data") as file:
        table = standardize(np.array([line.split()[:8] for line in file], np.float64))
    inputs, targets = np.ascontiguousarray(table[:, 1:]), np.ascontiguousarray(table[:, :1])
    rows = len(table) - round(TEST_FRACTION * len(table))
    return (inputs[:rows], targets[:rows]), (inputs[rows:], targets[rows:])


@lru_cache(maxsize=1)
def read_all(kind: str, folder: str) -> tuple[Arrays, Arrays]:
    return (
        read_table(folder) if kind == "table" else (read_images(folder, "train"), read_images(folder, "t10k"))
    )


def read_data(job: Job) -> tuple[Arrays, Arrays]:
    """Scaled float32 inputs and their labels (or targets): rows to train on, rows to test on."""
    train, test = read_all(job["data"], job["folder"])
    rows = job["rows"] or len(train[0])
    return (train[0][:rows], train[1][:rows]), test


def score(outputs: np.ndarray, expected: np.ndarray) -> float:
    """Accuracy for classes, R2 for numbers."""
    if expected.dtype == np.int64:
        return float((outputs.argmax(1) == expected).mean())
    residual = outputs.reshape(expected.shape) - expected
    return float(1 - (residual**2).mean() / expected.var())


def inputs_to_predict(job: Job) -> np.ndarray:
    return np.ascontiguousarray(read_images(job["folder"], "t10k")[0][: job["batch_size"]])


def another_epoch(job: Job, seconds: list[float]) -> bool:
    """Whether to go on after epochs of so many seconds. Tuning gives up settings that are too slow."""
    return len(seconds) < job["epochs"] and sum(seconds) <= job["patience"]


def median_seconds(call: Callable[[], object], at_least: float = 0.4) -> float:
    """The median time of a call, after as many warm-up calls as fit into a quarter of the time."""
    seconds: list[float] = []
    for duration in (at_least / 4, at_least):
        seconds.clear()
        end = time.perf_counter() + duration
        while not seconds or time.perf_counter() < end:
            start = time.perf_counter()
            call()
            seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def batches(order: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]
