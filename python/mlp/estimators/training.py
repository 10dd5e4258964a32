"""Runs of the library's training as estimators need them: watched, epoch by epoch, in the rows' own order."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, Callable, Sequence

import numpy as np

from mlp import _core

from .settings import with_parameters


@dataclasses.dataclass(frozen=True)
class Run:
    """What came of a training."""

    model: Any
    history: list[Any]  # the first member's epochs
    states: Any  # to go on from, or None
    stopped: bool  # by a callback
    interrupted: bool  # by Ctrl-C


class Watch:
    """What is seen of a training: tells the callbacks, and remembers who stopped it.

    Parameters
    ----------
    callbacks : sequence
        With the methods of :class:`mlp.callbacks.Callback`.
    validate : callable, optional
        From a model to its validation loss and metric, where the library has no validation rows to compute them from.
    """

    def __init__(self, callbacks: Sequence[Any], validate: Callable[[Any], tuple[float, float]] | None) -> None:
        self.callbacks = callbacks
        self.validate = validate
        self.history: list[Any] = []
        self.stopped = False
        self.interrupted = False

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> bool:
        try:
            if self.validate is not None:
                epoch = _with_validation(epoch, *self.validate(model()))
            if member == 0:
                self.history.append(epoch)
            answers = [callback.on_epoch(member, epoch, model) for callback in self.callbacks]  # all are told
            self.stopped |= any(answer is False for answer in answers)
        except KeyboardInterrupt:
            self.interrupted = True
        return not self.ended

    @property
    def looks(self) -> bool:
        """Whether anybody wants to know of each epoch."""
        return bool(self.callbacks) or self.validate is not None

    @property
    def ended(self) -> bool:
        return self.stopped or self.interrupted


def _with_validation(epoch: Any, loss: float, metric: float) -> Any:
    """The same epoch with another validation."""
    fields = ("epoch", "train_loss", "learning_rate", "seconds", "samples_per_second")
    return types.SimpleNamespace(**{name: getattr(epoch, name) for name in fields}, validation_loss=loss,
                                 validation_metric=metric)


def run(network: Any, dataset: Any, options: dict[str, Any], callbacks: Sequence[Any], told: dict[str, Any], *,
        validate: Callable[[Any], tuple[float, float]] | None = None, rate_after: Any = None,
        shuffle: bool = True) -> Run:
    """A whole training.

    Parameters
    ----------
    options : dict
        Of :func:`mlp._core.train`.
    told : dict
        What callbacks are told at the start.
    validate : callable, optional
        See :class:`Watch`.
    rate_after : callable, optional
        From the history so far to the next epoch's learning rate; None ends the training.
    shuffle : bool
        False: the batches of every epoch are the rows as they stand.
    """
    watch = Watch(callbacks, validate)
    try:
        for callback in callbacks:
            callback.on_start(told)
        if not shuffle:
            model, states = _train_in_order(network, dataset, options, watch), None
        else:
            trained = (_train(network, dataset, options, watch) if rate_after is None else
                       _train_by_epochs(network, dataset, options, watch, rate_after))
            model, states = trained.model, trained.states
    except BaseException:
        for callback in callbacks:
            callback.on_end(None)
        raise
    for callback in callbacks:
        instead = callback.on_end(model)
        model = model if instead is None else instead
    return Run(model, watch.history, states, watch.stopped, watch.interrupted)


def _train(network: Any, dataset: Any, options: dict[str, Any], watch: Watch) -> Any:
    on_epoch = watch.on_epoch if watch.looks else None
    trained = _core.train(network, dataset, on_epoch=on_epoch, **options)
    watch.interrupted |= trained.stopped == "interrupted" and not watch.stopped
    if not watch.looks:
        before = 0 if options.get("resume_from") is None else options["resume_from"][0].epoch
        watch.history += trained.history[before:]
    return trained


def _train_by_epochs(network: Any, dataset: Any, options: dict[str, Any], watch: Watch, rate_after: Any) -> Any:
    """Each epoch goes on from the one before, with another learning rate."""
    for epoch in range(1, options["epochs"] + 1):
        trained = _train(network, dataset, {**options, "epochs": epoch}, watch)
        if watch.ended or trained.stopped == "early_stopping":
            break
        rate = rate_after(watch.history)
        if rate is None:
            break
        options = {**options, "resume_from": trained.states,
                   "optimizer": with_parameters(options["optimizer"], {"learning_rate": rate})}
    return trained


def inverse_scaling(rows: int, power: float) -> Callable[[Sequence[Any]], float]:
    """scikit-learn's 'invscaling': the first epoch's learning rate by a power of the number of rows seen."""
    return lambda history: history[0].learning_rate / (len(history) * rows + 1) ** power


class AdaptiveRate:
    """scikit-learn's 'adaptive': a fifth of the learning rate whenever nothing got better; ends below a millionth."""

    def __init__(self, patience: float, tol: float, figure: str) -> None:
        self.patience, self.tol, self.figure = patience, tol, figure
        self.ended = False
        self._best, self._waited = np.inf, 0

    def __call__(self, history: Sequence[Any]) -> float | None:
        figure, rate = getattr(history[-1], self.figure), history[-1].learning_rate
        self._waited = self._waited + 1 if figure > self._best - self.tol else 0
        self._best = min(self._best, figure)
        if self._waited < self.patience:
            return rate
        self._waited = 0
        self.ended = rate <= 1e-6
        return None if self.ended else rate / 5


def trainer_options(options: dict[str, Any]) -> dict[str, Any]:
    """Those options of a training that a Trainer has, too."""
    return {name: value for name, value in options.items() if name not in ("members", "early_stopping", "resume_from")}


def _train_in_order(network: Any, dataset: Any, options: dict[str, Any], watch: Watch) -> Any:
    trainer = _core.Trainer(network, dataset, **trainer_options(options))
    rows, held_out = np.array(trainer.training_rows), np.array(trainer.validation_rows)
    batches = [rows[start:start + options["batch_size"]] for start in range(0, len(rows), options["batch_size"])]
    try:
        for epoch in range(1, options["epochs"] + 1):
            loss = sum(trainer.step(batch) * len(batch) for batch in batches) / len(rows)
            validation_loss, metric = trainer.evaluate(held_out) if len(held_out) else (np.nan, np.nan)
            record = types.SimpleNamespace(epoch=epoch, train_loss=loss, validation_loss=validation_loss,
                                           validation_metric=metric, learning_rate=np.nan, seconds=np.nan,
                                           samples_per_second=np.nan)
            if not watch.on_epoch(0, record, trainer.model):
                break
    except KeyboardInterrupt:
        watch.interrupted = True
    return trainer.model()
