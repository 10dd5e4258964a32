"""Multilayer perceptrons from scratch, in C++: fast, and the same bits every time.

>>> import mlp
>>> data = mlp.load_dataset("friedman")
>>> trained = mlp.train(data.train)
>>> round(trained.model.evaluate(data.test)["r2"], 2)
0.95
"""

from ._core import (
    ColumnType,
    DataError,
    Dataset,
    DivergenceError,
    Epoch,
    Error,
    EventFile,
    FileError,
    Layer,
    Model,
    Network,
    Recipe,
    Split,
    Table,
    Trained,
    Trainer,
    TrainingState,
    UsageError,
    __version__,
    activations,
    gradients_by_inputs,
    gradients_by_parameters,
    load_dataset,
    losses,
    optimizers,
    recipe_for,
    schedules,
    split_table,
)
from ._train import train

__all__ = [
    "ColumnType",
    "DataError",
    "Dataset",
    "DivergenceError",
    "Epoch",
    "Error",
    "EventFile",
    "FileError",
    "Layer",
    "Model",
    "Network",
    "Recipe",
    "Split",
    "Table",
    "Trained",
    "Trainer",
    "TrainingState",
    "UsageError",
    "__version__",
    "activations",
    "gradients_by_inputs",
    "gradients_by_parameters",
    "load_dataset",
    "losses",
    "optimizers",
    "recipe_for",
    "schedules",
    "split_table",
    "train",
]


_ESTIMATORS = ("MLPClassifier", "MLPRegressor")  # not in __all__: they import scikit-learn, which may not be there


def __getattr__(name: str) -> object:
    if name in _ESTIMATORS:
        from . import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module 'mlp' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ESTIMATORS])
