"""Rows to learn from, as estimators are given them, as the library's data sets."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Mapping, Sequence

import numpy as np

from mlp import _core, tables


@dataclasses.dataclass(frozen=True)
class Rows:
    """Arrays: inputs [N, I], answers [N] or [N, O], and how much each row counts."""

    inputs: np.ndarray
    encoded: np.ndarray
    describe: Callable[[np.ndarray], dict[str, Any]]  # answers, as Dataset.from_arrays takes them
    weights: np.ndarray | None  # [N], or all the same

    def take(self, rows: np.ndarray) -> "Rows":
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.inputs[rows], self.encoded[rows], self.describe, weights)

    def dataset(self, validation_rows: np.ndarray | None = None) -> Any:
        return _core.Dataset.from_arrays(self.inputs, **self.describe(self.encoded), sample_weights=self.weights,
                                         validation_rows=validation_rows)


def single_precision(array: np.ndarray, name: str) -> np.ndarray:
    """As the float32 in C order that networks compute with; bytes stay bytes."""
    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    with np.errstate(over="ignore"):
        single = np.ascontiguousarray(array, dtype=np.float32)
    if single.dtype != array.dtype and not np.isfinite(single).all():
        raise ValueError(f"{name} contains numbers that are too large for dtype('float32'), in which networks compute; give "
                         "them in another unit, or scale them first (sklearn.preprocessing.StandardScaler)")
    return single


def too_fine_columns(array: np.ndarray) -> np.ndarray:
    """The columns that differ by so little of their size that float32, with its 24 bits, has fewer than 1,000 values for them:
    seconds since 1970 of one day, say."""
    low, high = array.min(axis=0), array.max(axis=0)
    with np.errstate(over="ignore"):
        return np.flatnonzero((high > low) & (high - low < 1000 * 2.0**-24 * np.maximum(np.abs(low), np.abs(high))))


def without_weightless(rows: Rows) -> Rows:
    """Without the rows of weight 0, from which nothing is learned: neither weights nor the scaling of the inputs."""
    if rows.weights is None or (rows.weights > 0).all():
        return rows
    return rows.take(np.flatnonzero(rows.weights > 0))


def in_own_order(rows: Rows, batch_size: int) -> Rows:
    """The rows of a training whose every step sees all of them, in an order that follows from the rows alone.

    The order of the rows, and whether a row stands there twice or has the weight 2, then decide nothing in theory; by this they
    do not in practice, where each sum is rounded. Rows that do not fit one batch are returned as they are.
    """
    if len(rows.inputs) > batch_size:
        return rows
    if rows.weights is not None and np.all(rows.weights == np.round(rows.weights)) and rows.weights.sum() <= batch_size:
        repeated = rows.take(np.repeat(np.arange(len(rows.inputs)), rows.weights.astype(np.int64)))
        rows = dataclasses.replace(repeated, weights=None)
    columns = [rows.inputs, rows.encoded.reshape(len(rows.encoded), -1)]
    if rows.weights is not None:
        columns.append(rows.weights[:, None])
    keys = np.ascontiguousarray(np.hstack(columns), dtype=np.float64)
    as_bytes = keys.view(np.dtype((np.void, keys.dtype.itemsize * keys.shape[1]))).ravel()
    return rows.take(np.argsort(as_bytes, kind="stable"))


def with_validation(rows: Rows, validation: Rows | None) -> Any:
    """A data set of both, that trains on the first and validates on the second."""
    if validation is None:
        return rows.dataset()
    count, more = len(rows.inputs), len(validation.inputs)
    weights = None
    if rows.weights is not None or validation.weights is not None:
        parts = ((rows.weights, count), (validation.weights, more))
        weights = np.concatenate([np.ones(size, np.float32) if given is None else given for given, size in parts])
    both = Rows(np.concatenate([rows.inputs, validation.inputs]), np.concatenate([rows.encoded, validation.encoded]),
                rows.describe, weights)
    return both.dataset(np.arange(count, count + more, dtype=np.uint32))


def free_name(name: str, taken: Sequence[str]) -> str:
    """``name``, or something like it that is no column yet."""
    while name in taken:
        name += "_"
    return name


def split_of_table(columns: tables.Columns, answers: Mapping[str, Any], weights: np.ndarray | None, *, task: str,
                   validation_fraction: float, seed: int) -> Any:
    """The training data of a table and its targets, with the preprocessing of the command line: an mlp._core.Split.

    Parameters
    ----------
    columns : tables.Columns
        The inputs.
    answers : mapping of str to array or (codes, categories)
        The target columns. A name that the inputs have as well is changed.
    weights : ndarray of shape (n,), optional
        How much each row counts.
    task : {"classification", "regression"}
    """
    names, cells, targets = _with_answers(columns, answers)
    weight_name = None
    if weights is not None:
        weight_name = free_name("sample_weight", names)
        names.append(weight_name)
        cells.append(np.asarray(weights, dtype=np.float64))
    # A class may be called as a missing cell usually is: "NA", "?".
    classes = [name for answer in answers.values() if isinstance(answer, tuple) for name in answer[1]]
    table = _core.Table.from_columns(names, cells, targets=targets, categorical=columns.categorical, not_missing=classes)
    return _core.split_table(table, targets=targets, task=task, sample_weight=weight_name,
                             test_fraction=0.0, validation_fraction=validation_fraction, seed=seed)


def validation_of_table(columns: tables.Columns, answers: Mapping[str, Any]) -> Callable[[Any], tuple[float, float]]:
    """From a model of such a table to its loss and metric on these rows."""
    names, cells, _ = _with_answers(columns, answers)
    read: list[Any] = []  # as the first model knows the columns; the others know the same

    def validate(model: Any) -> tuple[float, float]:
        if not read:
            read.append(_core.Table.from_columns(names, cells, types=model.types))
        scores = model.evaluate(read[0])
        return scores["loss"], scores["accuracy" if "accuracy" in scores else "rmse"]

    return validate


def _with_answers(columns: tables.Columns, answers: Mapping[str, Any]) -> tuple[list[str], list[Any], list[str]]:
    """Names and cells of a table and its targets, and the targets' names."""
    names, cells, targets = list(columns.names), list(columns.cells), []
    for name, column in answers.items():
        targets.append(free_name(name, names))
        names.append(targets[-1])
        cells.append(column)
    return names, cells, targets
