"""What the tests of the Python package share."""

import os
import pathlib

import pytest

import mlp

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="session")
def friedman():
    return mlp.load_dataset("friedman")


@pytest.fixture(scope="session")
def digits():
    return mlp.load_dataset("digits")


@pytest.fixture(scope="session")
def small_model(friedman):
    return mlp.train(friedman.train, "16:silu,1:linear", epochs=3).model


@pytest.fixture(scope="session")
def digits_model(digits):
    return mlp.train(digits.train, epochs=2).model


@pytest.fixture(scope="session")
def program():
    """The command-line tool of this tree, where it is built."""
    path = pathlib.Path(os.environ.get("MLP_APP", ROOT / "build/release/mlp"))
    if not path.exists():
        pytest.skip(f"the command-line tool is not built: {path}")
    return path
