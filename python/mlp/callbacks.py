"""What may follow a training: stop it, show it, log it.

A callback is any object with some of these methods, or a plain function that takes the place of ``on_epoch``:

``on_start(settings)``
    Before the first step. ``settings`` is a dict of texts and numbers: the network, loss, optimizer, ...
``on_epoch(member, epoch, model)``
    After each epoch, as in :func:`mlp.train`. ``member`` counts the networks of an ensemble from 0, ``epoch`` has
    ``epoch``, ``train_loss``, ``validation_loss``, ``validation_metric``, ``learning_rate``, ``seconds`` and
    ``samples_per_second``, and ``model()`` is a copy of the model so far. ``False`` stops the training; the model so
    far is kept.
``on_end(model)``
    After the last step. A model that it returns takes the trained one's place. After an error ``model`` is None.
"""

from __future__ import annotations

import math
import os
import sys
from typing import Any, Callable, Mapping

__all__ = ["Callback", "EarlyStopping", "MLflowCallback", "ProgressBar", "TensorBoardCallback", "WandbCallback"]


class Callback:
    """A callback that does nothing: to derive from."""

    def on_start(self, settings: Mapping[str, Any]) -> None: ...

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> bool | None: ...

    def on_end(self, model: Any) -> Any: ...


class _Function(Callback):
    """A plain function as a callback."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.on_epoch = function


def as_callback(callback: Any) -> Any:
    """``callback`` with all of the methods, whichever it has."""
    if isinstance(callback, Callback):
        return callback
    methods = [name for name in ("on_start", "on_epoch", "on_end") if callable(getattr(callback, name, None))]
    if not methods and callable(callback):
        return _Function(callback)
    if not methods:
        raise TypeError(f"a callback is a function or has a method on_start, on_epoch or on_end; {callback!r} is neither")
    whole = Callback()
    for name in methods:
        setattr(whole, name, getattr(callback, name))
    return whole


class EarlyStopping(Callback):
    """Stops when a figure has not got better for a number of epochs.

    The estimators' ``early_stopping=True`` watches the validation loss; this watches what you like, as you like.

    Parameters
    ----------
    monitor : {"validation_loss", "train_loss", "validation_metric"}
        The figure, of the first member.
    patience : int
        After how many epochs without a better figure to stop.
    min_delta : float
        By how much it must be better than the best before.
    greater_is_better : bool
        Whether more is better, as it is of an accuracy.
    restore_best : bool
        Whether the model of the best epoch is kept rather than that of the last.

    Attributes
    ----------
    best : float
        The best figure so far.
    best_epoch : int
        Its epoch, counted from 1.
    stopped : bool
        Whether it stopped the training.

    Examples
    --------
    >>> from mlp.callbacks import EarlyStopping
    >>> stop = EarlyStopping("train_loss", patience=1)
    >>> class Epoch:
    ...     def __init__(self, epoch, train_loss): self.epoch, self.train_loss = epoch, train_loss
    >>> [stop.on_epoch(0, Epoch(n, loss), None) for n, loss in enumerate([2.0, 1.0, 1.5], start=1)]
    [None, None, False]
    >>> stop.best_epoch
    2
    """

    def __init__(self, monitor: str = "validation_loss", patience: float = 10, min_delta: float = 0.0,
                 greater_is_better: bool = False, restore_best: bool = False) -> None:
        self.monitor = monitor
        self.patience = patience
        self.min_delta = min_delta
        self.greater_is_better = greater_is_better
        self.restore_best = restore_best
        self.on_start({})

    def on_start(self, settings: Mapping[str, Any]) -> None:
        self.best, self.best_epoch, self.best_model = math.nan, 0, None
        self.stopped = False
        self._waited = 0

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> bool | None:
        if member != 0:
            return None
        figure = getattr(epoch, self.monitor)
        better_by = (figure - self.best) * (1 if self.greater_is_better else -1)
        if math.isnan(self.best):  # there was none yet
            better_by = -math.inf if math.isnan(figure) else math.inf
        self._waited = 0 if better_by > self.min_delta else self._waited + 1
        if better_by > 0:
            self.best, self.best_epoch = figure, epoch.epoch
            if self.restore_best:
                self.best_model = model()
        self.stopped = self._waited >= self.patience
        return False if self.stopped else None

    def on_end(self, model: Any) -> Any:
        return self.best_model


class ProgressBar(Callback):
    """Shows the epochs as they pass: a bar by tqdm where it is installed, else a line that is written over.

    Parameters
    ----------
    file : file-like, optional
        Where to; standard error if left out.
    """

    def __init__(self, file: Any = None) -> None:
        self.file = file
        self._bar: Any = None

    def on_start(self, settings: Mapping[str, Any]) -> None:
        total = settings.get("epochs", 0) * settings.get("members", 1)
        file = self.file if self.file is not None else sys.stderr
        try:
            from tqdm.auto import tqdm
        except ImportError:
            self._bar = _Line(total, file)
        else:
            self._bar = tqdm(total=total, unit="epoch", file=file)

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> None:
        shown = {"loss": f"{epoch.train_loss:.4g}"}
        if not math.isnan(epoch.validation_loss):
            shown["validation"] = f"{epoch.validation_loss:.4g}"
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update(1)

    def on_end(self, model: Any) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None

    def __getstate__(self) -> dict[str, Any]:
        return {"file": None, "_bar": None}  # a terminal cannot be sent to another process


class _Line:
    """As much of tqdm as ProgressBar calls."""

    def __init__(self, total: int, file: Any) -> None:
        self._total, self._file, self._done, self._postfix = total, file, 0, ""

    def set_postfix(self, shown: Mapping[str, str], refresh: bool = True) -> None:
        self._postfix = ", ".join(f"{name}={value}" for name, value in shown.items())

    def update(self, count: int) -> None:
        self._done += count
        self._file.write(f"\r{self._done}/{self._total} epochs, {self._postfix}")
        self._file.flush()

    def close(self) -> None:
        self._file.write("\n")


def _figures(epoch: Any) -> dict[str, float]:
    """An epoch's figures that exist, by name."""
    names = ("train_loss", "validation_loss", "validation_metric", "learning_rate", "seconds")
    figures = {name: getattr(epoch, name) for name in names}
    return {name: value for name, value in figures.items() if not math.isnan(value)}


class TensorBoardCallback(Callback):
    """Writes each epoch's figures to event files, which ``tensorboard --logdir FOLDER`` shows; needs nothing to do so.

    Of an ensemble further members have folders of their own, ``members/2`` and so on.

    Parameters
    ----------
    folder : path
        Where to; made where it is missing.
    metric : str
        What the validation metric is called: "accuracy", "rmse".

    Examples
    --------
    >>> import mlp, pathlib, tempfile
    >>> from mlp.callbacks import TensorBoardCallback
    >>> folder = pathlib.Path(tempfile.mkdtemp()) / "runs" / "first"
    >>> board = TensorBoardCallback(folder, metric="rmse")
    >>> _ = mlp.train(mlp.load_dataset("friedman").train, epochs=2, on_epoch=board.on_epoch)
    >>> [path.name[-4:] for path in folder.iterdir()]
    ['.mlp']
    """

    def __init__(self, folder: str | os.PathLike[str], metric: str = "metric") -> None:
        self.folder = folder
        self.metric = metric
        self._files: dict[int, Any] = {}

    def on_start(self, settings: Mapping[str, Any]) -> None:
        self._files = {}

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> None:
        from . import EventFile

        if member not in self._files:
            folder = os.path.join(self.folder, "members", str(member + 1)) if member else os.fspath(self.folder)
            os.makedirs(folder, exist_ok=True)
            self._files[member] = EventFile(folder, metric=self.metric, first_epoch=epoch.epoch)
        self._files[member].write(epoch)

    def on_end(self, model: Any) -> None:
        self._files = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_files": {}}


class MLflowCallback(Callback):
    """Logs settings and each epoch's figures to MLflow: to the run that is active, else to a new one.

    Of an ensemble the figures of further members are called "train_loss_2" and so on.

    Parameters
    ----------
    run_name : str, optional
        Of the new run.
    """

    def __init__(self, run_name: str | None = None) -> None:
        self.run_name = run_name
        self._owns_run = False

    def on_start(self, settings: Mapping[str, Any]) -> None:
        import mlflow

        self._owns_run = mlflow.active_run() is None
        if self._owns_run:
            mlflow.start_run(run_name=self.run_name)
        mlflow.log_params(dict(settings))

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> None:
        import mlflow

        suffix = f"_{member + 1}" if member else ""
        mlflow.log_metrics({name + suffix: value for name, value in _figures(epoch).items()}, step=epoch.epoch)

    def on_end(self, model: Any) -> None:
        if self._owns_run:
            import mlflow

            mlflow.end_run()


class WandbCallback(Callback):
    """Logs settings and each epoch's figures to Weights & Biases: to the run that is active, else to a new one.

    Parameters
    ----------
    project : str, optional
        Of the new run.
    name : str, optional
        Of the new run.
    """

    def __init__(self, project: str | None = None, name: str | None = None) -> None:
        self.project = project
        self.name = name
        self._run: Any = None
        self._owns_run = False

    def on_start(self, settings: Mapping[str, Any]) -> None:
        import wandb

        self._owns_run = wandb.run is None
        self._run = wandb.init(project=self.project, name=self.name) if self._owns_run else wandb.run
        self._run.config.update(dict(settings))

    def on_epoch(self, member: int, epoch: Any, model: Callable[[], Any]) -> None:
        # Members of an ensemble are trained side by side, so the epoch is a figure like others, not W&B's step.
        prefix = f"member {member + 1}/" if member else ""
        self._run.log({prefix + "epoch": epoch.epoch,
                       **{prefix + name: value for name, value in _figures(epoch).items()}})

    def on_end(self, model: Any) -> None:
        if self._owns_run:
            self._run.finish()
        self._run = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_run": None}
