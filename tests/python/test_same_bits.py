"""The estimators make the same bits as the command line with the same settings."""

import subprocess

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")
pandas = pytest.importorskip("pandas")

import mlp  # noqa: E402
from mlp import MLPClassifier, MLPRegressor  # noqa: E402


@pytest.fixture
def trained_by_the_program(program, tmp_path):
    def train(*arguments):
        subprocess.run([program, "train", *arguments, "--output", str(tmp_path / "run"), "--quiet"], check=True, cwd=tmp_path,
                       stdout=subprocess.DEVNULL)
        return mlp.Model.load(tmp_path / "run" / "model.safetensors")
    return train


def points(rows=300):
    random = np.random.default_rng(3)
    X = random.normal(size=(rows, 5)).astype(np.float32)
    return X, X[:, 0] - X[:, 1] ** 2


def arrays(folder, X, y):
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y)
    return ["--images", "X.npy", "--labels", "y.npy", "--test-images", "X.npy", "--test-labels", "y.npy"]


def test_classes_of_arrays_by_the_recipe(trained_by_the_program, tmp_path):
    X, values = points()
    y = (values > values.mean()).astype(np.int64) + (values > 1)
    theirs = trained_by_the_program(*arrays(tmp_path, X, y), "--seed", "7")
    ours = MLPClassifier(random_state=7, validation_fraction="auto").fit(X, y)
    assert ours.model_.digest == theirs.digest


def test_numbers_of_arrays_with_settings_of_ones_own(trained_by_the_program, tmp_path):
    X, y = points()
    theirs = trained_by_the_program(
        *arrays(tmp_path, X, y.astype(np.float32)), "--seed", "5", "--layers", "16:gelu:0.1,8:tanh,1:linear",
        "--optimizer", "adam(beta2=0.99)", "--learning-rate", "0.01", "--schedule", "cosine", "--epochs", "6", "--batch-size",
        "50", "--validation", "0.2", "--loss", "huber(0.5)", "--early-stopping", "2", "--clip-norm", "1", "--l2", "0.001")
    ours = MLPRegressor((16, 8), ["gelu", "tanh"], dropout=[0.1, 0], solver="adam", beta_2=0.99, learning_rate_init=0.01,
                        learning_rate="cosine", max_iter=6, batch_size=50, validation_fraction=0.2, loss="huber(0.5)",
                        early_stopping=True, n_iter_no_change=2, clip_norm=1, alpha=0.05, random_state=5).fit(X, y)
    assert ours.model_.digest == theirs.digest


def table(rows=300):
    random = np.random.default_rng(4)
    weight = random.normal(1300, 300, rows).round(1)
    origin = random.choice(["USA", "Japan", "Europe"], rows)
    frame = pandas.DataFrame({"weight": weight, "doors": random.integers(2, 6, rows), "origin": origin,
                              "diesel": random.random(rows) < 0.4})
    mpg = (50 - 0.015 * weight + 3 * (origin == "Japan")).round(2)
    frame.loc[random.random(rows) < 0.1, "weight"] = np.nan
    frame.loc[random.random(rows) < 0.1, "origin"] = None
    return frame, mpg


@pytest.mark.parametrize("target", ["numbers", "texts", "booleans", "whole numbers"])
def test_tables_by_the_recipe(trained_by_the_program, tmp_path, target):
    frame, mpg = table()
    y = {"numbers": mpg, "texts": np.where(mpg > 30, "thrifty", "thirsty"), "booleans": mpg > 30,
         "whole numbers": (mpg > 27).astype(int) + 10 * (mpg > 33)}[target]
    frame.assign(y=y).to_csv(tmp_path / "cars.csv", index=False)
    task = [] if target == "numbers" else ["--task", "classification"]
    theirs = trained_by_the_program("cars.csv", "--target", "y", "--seed", "7", "--test", "cars.csv", *task)
    estimator = MLPRegressor if target == "numbers" else MLPClassifier
    ours = estimator(random_state=7, validation_fraction="auto").fit(frame, y)
    assert ours.model_.digest == theirs.digest


def test_weights_and_an_ensemble(trained_by_the_program, tmp_path):
    frame, mpg = table()
    weights = np.random.default_rng(0).integers(1, 4, len(frame))
    frame.assign(y=mpg, count=weights).to_csv(tmp_path / "cars.csv", index=False)
    theirs = trained_by_the_program("cars.csv", "--target", "y", "--sample-weight", "count", "--test", "cars.csv",
                                    "--seed", "2", "--ensemble", "2", "--epochs", "5", "--validation", "0")
    ours = MLPRegressor(n_members=2, max_iter=5, random_state=2).fit(frame, mpg, sample_weight=weights)
    assert ours.model_.digest == theirs.digest
