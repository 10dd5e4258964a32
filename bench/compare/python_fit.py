"""The estimators beside scikit-learn's, in one run: fit, predict and import.

    PYTHON bench/compare/python_fit.py [--quick] > python_fit.md

PYTHON has the packages mlp and scikit-learn (1.6 or newer). MNIST is found as `mlp` finds it: MLP_DATA_DIR. Both sides
train the same network with the same optimizer, batch size and number of epochs, in turns; each number is the median over
the rounds. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier as TheirClassifier
from sklearn.neural_network import MLPRegressor as TheirRegressor

import mlp

warnings.filterwarnings("ignore")  # that the epochs asked for may not be enough


def median_seconds(works, rounds):
    """The median time of each piece of work, done in turns: who begins changes from round to round."""
    times = [[] for _ in works]
    for turn in range(rounds):
        for index in np.roll(np.arange(len(works)), turn):
            start = time.perf_counter()
            works[index]()
            times[index].append(time.perf_counter() - start)
    return [statistics.median(part) for part in times]


def table_fit(rounds):
    """A net of a table's size: 392 rows of 7 numbers, 64-64, 200 epochs in batches of 32, Adam."""
    random = np.random.default_rng(0)
    X = random.normal(size=(392, 7)).astype(np.float32)
    y = (np.sin(X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * random.normal(size=392)).astype(np.float32)
    same = dict(hidden_layer_sizes=(64, 64), activation="relu", solver="adam", batch_size=32, learning_rate_init=0.001,
                max_iter=200, random_state=1)
    ours = mlp.MLPRegressor(learning_rate="constant", **same)
    theirs = TheirRegressor(alpha=0, tol=0, n_iter_no_change=1000, **same)
    seconds = median_seconds([lambda: ours.fit(X, y), lambda: theirs.fit(X, y)], rounds)
    assert ours.n_iter_ == theirs.n_iter_ == 200
    assert ours.score(X, y) > 0.9 and theirs.score(X, y) > 0.9  # both have learned
    return "fit, 392 rows, 7-64-64-1, 200 epochs", *seconds


def mnist_fit(rounds, epochs):
    data = mlp.load_dataset("mnist").train
    X, y = np.asarray(data.inputs), np.asarray(data.labels)
    scaled = (X / np.float32(255)).astype(np.float32)
    same = dict(hidden_layer_sizes=(64, 87, 72), activation="relu", solver="adam", batch_size=64,
                learning_rate_init=0.001, max_iter=epochs, random_state=1)
    ours = mlp.MLPClassifier(learning_rate="constant", loss="cross_entropy", **same)
    theirs = TheirClassifier(alpha=0, tol=0, n_iter_no_change=1000, **same)
    seconds = median_seconds([lambda: ours.fit(scaled, y), lambda: theirs.fit(scaled, y)], rounds)
    assert ours.n_iter_ == theirs.n_iter_ == epochs
    assert ours.score(scaled, y) > 0.93 and theirs.score(scaled, y) > 0.93
    return f"fit, MNIST, 784-64-87-72-10, {epochs} epochs", *seconds


def one_row(calls):
    """predict() of one row, and what is below it: the model itself."""
    random = np.random.default_rng(0)
    X = random.normal(size=(400, 7)).astype(np.float32)
    ours = mlp.MLPRegressor((64, 64), max_iter=2, random_state=1).fit(X, X[:, 0])
    theirs = TheirRegressor(hidden_layer_sizes=(64, 64), max_iter=2, random_state=1).fit(X, X[:, 0])
    row = X[:1]
    for predict in (ours.predict, theirs.predict, ours.model_.outputs):
        predict(row)
    ours_s, theirs_s, model_s = median_seconds(
        [lambda: ours.predict(row), lambda: theirs.predict(row), lambda: ours.model_.outputs(row)], calls)
    return [("predict, one row, 7-64-64-1", ours_s, theirs_s),
            ("  of it the model (mlp.Model.outputs)", model_s, theirs_s)]


def import_seconds(module, rounds):
    """Beyond NumPy, in a process of its own."""
    program = f"import numpy, time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return statistics.median(float(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True,
                                                  text=True).stdout) for _ in range(rounds))


def shown(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3), ("us", 1e6)):
        if seconds * factor >= 1:
            break
    return f"{seconds * factor:.3g} {unit}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a round of each, to see that it runs")
    arguments = parser.parse_args()
    rounds = 1 if arguments.quick else 5
    results = [table_fit(rounds), *one_row(200 if arguments.quick else 5000)]
    try:
        results.append(mnist_fit(1 if arguments.quick else 3, 1 if arguments.quick else 3))
    except mlp.Error as error:
        print(f"MNIST is left out: {error}", file=sys.stderr)
    results.append(("import, beyond NumPy", import_seconds("mlp", rounds), import_seconds("sklearn.neural_network", rounds)))

    print(f"mlp {mlp.__version__}, scikit-learn {sklearn.__version__}, NumPy {np.__version__}, Python "
          f"{platform.python_version()}, {os.cpu_count()} cores\n")
    print("| | mlp | scikit-learn | times |\n|---|---|---|---|")
    for name, ours, theirs in results:
        print(f"| {name} | {shown(ours)} | {shown(theirs)} | {theirs / ours:.1f} |")


if __name__ == "__main__":
    main()
