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
