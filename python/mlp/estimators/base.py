"""What the classifier and the regressor share: scikit-learn's conventions around the library's training."""

from __future__ import annotations

import dataclasses
import math
import numbers
import os
import warnings
from typing import Any, Callable, Sequence

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from mlp import _core, tables
from mlp.callbacks import Callback, EarlyStopping, ProgressBar, as_callback

from . import examples, training
from .folding import folded_parameters
from .settings import EPOCHWISE_RATES, Settings, checked_number, is_given, settings_of

#: The share of a table's rows that the command line holds out, which is decided before there is a recipe.
TABLE_VALIDATION = 0.1
_PATIENCE = 10


@dataclasses.dataclass(frozen=True)
class _Data:
    """What is learned from, and by which settings."""

    dataset: Any
    settings: Settings
    answers: np.ndarray  # [N] or [N, O], of all rows of the data set
    drawn_share: float  # of the rows, to be drawn by train()
    validate: Callable[[Any], tuple[float, float]] | None = None
    validation_answers: np.ndarray | None = None  # where they are no rows of the data set
    notes: tuple[str, ...] = ()

    @property
    def has_validation(self) -> bool:
        rows = self.dataset.validation_rows
        return self.drawn_share > 0 or self.validate is not None or (rows is not None and len(rows) > 0)


class BaseMLP(BaseEstimator):
    """Fitting, warm starts and predictions; what is to be predicted is the derived classes' matter."""

    def __init__(self, hidden_layer_sizes=None, activation=None, *, solver=None, alpha=None, batch_size=None,
                 learning_rate=None, learning_rate_init=None, power_t=0.5, max_iter=None, shuffle=True,
                 random_state=None, tol=None, verbose=False, warm_start=False, momentum=0.9, nesterovs_momentum=True,
                 early_stopping=False, validation_fraction=None, beta_1=None, beta_2=None, epsilon=None,
                 n_iter_no_change=_PATIENCE, loss=None, dropout=None, initializer=None, weight_decay=None,
                 clip_norm=0.0, n_members=1, n_jobs=None, callbacks=None, as_table=None):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.loss = loss
        self.dropout = dropout
        self.initializer = initializer
        self.weight_decay = weight_decay
        self.clip_norm = clip_norm
        self.n_members = n_members
        self.n_jobs = n_jobs
        self.callbacks = callbacks
        self.as_table = as_table

    # What the derived classes say.

    def _encode(self, y: Any, first: bool) -> np.ndarray:
        """``y`` in numbers; where it is the ``first`` to be seen, what it holds is learned (``classes_``)."""
        raise NotImplementedError

    def _array_answers(self, encoded: np.ndarray) -> dict[str, Any]:
        """As Dataset.from_arrays takes them."""
        raise NotImplementedError

    def _table_answers(self, encoded: np.ndarray) -> dict[str, Any]:
        """As columns of a table: by name, what tables.columns_of returns."""
        raise NotImplementedError

    def _table_task(self) -> str:
        """The library's word for what is learned from these columns."""
        raise NotImplementedError

    def _output_layer(self) -> tuple[str, str, str | None]:
        """The last layer ("3:softmax"), its activation in scikit-learn's words, and the loss if it is not the recipe's."""
        raise NotImplementedError

    def _scores(self, metrics: Sequence[float], answers: Callable[[], np.ndarray]) -> list[float]:
        """What score() would be on the validation rows, from the library's metric; ``answers()`` has their answers."""
        raise NotImplementedError

    def _weights(self, encoded: np.ndarray, sample_weight: np.ndarray | None) -> np.ndarray | None:
        """How much each row counts."""
        return sample_weight

    # Fitting.

    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None):
        """Fit the model.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features), or a table
            Arrays of numbers; or a DataFrame of pandas or polars, or any table of Arrow, in which texts, categories,
            booleans and missing cells are welcome. Bytes (uint8) are taken as they are; other numbers are computed with
            in float32.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes, or numbers.
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts, in any unit.
        X_val, y_val : as X and y, optional
            Rows to validate on, instead of some of X's.

        Returns
        -------
        self : object
        """
        return self._fit(X, y, sample_weight, X_val, y_val, continues=self.warm_start and hasattr(self, "model_"))

    def _partial_fit(self, X, y, sample_weight):
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if getattr(self, "_is_of_table", False):
            raise ValueError("partial_fit goes on from a fit to arrays of numbers, and this model was fitted to a table, "
                             "whose columns are learned from all rows: fit() it anew")
        return self._fit(X, y, sample_weight, None, None, continues=hasattr(self, "model_"), one_epoch=True)

    def _fit(self, X, y, sample_weight, X_val, y_val, *, continues, one_epoch=False):
        self._check_parameters()
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: give both or neither")
        seed = self._seed()
        as_array = one_epoch or self.as_table is False or not tables.is_table(X)
        columns = None if as_array else tables.columns_of(X)
        if not continues:
            self._is_of_table = columns is not None and (bool(self.as_table) or columns.needs_encoding)
        if self._is_of_table:
            data = self._data_of_table(X, columns, y, sample_weight, X_val, y_val, not continues, seed)
        else:
            data = self._data_of_arrays(X, y, sample_weight, X_val, y_val, not continues, one_epoch)
        if self.early_stopping and not data.has_validation:
            raise ValueError("early_stopping needs rows to validate on: set validation_fraction, or give X_val and y_val")
        network = _core.Network(data.settings.layers, data.dataset.features, data.settings.initializer)
        options = self._options(data, seed, continues, one_epoch)
        watchers = self._watchers(data)
        rate_after = self._rate_after(data, one_epoch)
        told = {"network": str(network), **dataclasses.asdict(data.settings), "seed": seed, "members": self.n_members,
                "rows": data.dataset.rows, "features": data.dataset.features}
        run = training.run(network, data.dataset, options, watchers, told, validate=data.validate, rate_after=rate_after,
                           shuffle=self.shuffle)
        self._keep(run, data, network, options, continues, one_epoch)
        if run.interrupted:
            warnings.warn("Training interrupted by user.")
        elif self._waits_for_convergence(one_epoch) and not (run.stopped or getattr(rate_after, "ended", False)):
            warnings.warn(f"Maximum iterations ({data.settings.epochs}) reached and the optimization hasn't converged "
                          "yet.", ConvergenceWarning)
        return self

    def _check_parameters(self) -> None:
        """Those that are not looked at on the way to the settings."""
        checked_number("n_members", self.n_members, 1, whole=True)
        checked_number("n_iter_no_change", self.n_iter_no_change, 1, whole=self.n_iter_no_change != np.inf)
        checked_number("power_t", self.power_t, 0)
        if self.tol is not None:
            checked_number("tol", self.tol, 0)
        if self.n_members > 1 and (self.tol or self.learning_rate == "adaptive" or not self.shuffle):
            raise ValueError("tol, learning_rate='adaptive' and shuffle=False are for a single network, and n_members is "
                             f"{self.n_members}; early_stopping=True stops each member by itself")

    def _seed(self) -> int:
        if isinstance(self.random_state, numbers.Integral) and not isinstance(self.random_state, bool):
            return checked_number("random_state", self.random_state, 0, 2**64 - 1, whole=True)
        if isinstance(self.random_state, np.random.Generator):
            return int(self.random_state.integers(2**31))
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _threads(self) -> int:
        """0, which is as many as help, where all or any number will do."""
        if self.n_jobs is None or self.n_jobs == -1:
            return 0
        jobs = checked_number("n_jobs", self.n_jobs, -(2**15), whole=True)
        return max(1, jobs if jobs >= 0 else (os.cpu_count() or 1) + 1 + jobs)

    def _held_out_share(self, recipe_share: float) -> float:
        """The share of the rows to validate on."""
        if is_given(self.validation_fraction):
            share = checked_number("validation_fraction", self.validation_fraction, 0)
            if share < 1:
                return share
            raise ValueError(f"validation_fraction must be below 1, not {self.validation_fraction!r}")
        asked_for = self.early_stopping or self.validation_fraction == "auto"
        return recipe_share if asked_for else 0.0

    def _settings(self, dataset: Any, one_epoch: bool) -> tuple[Settings, Any]:
        """And the recipe they come from."""
        recipe = _core.recipe_for(dataset)
        output, self.out_activation_, loss = self._output_layer()
        params = self.get_params(deep=False)
        if one_epoch:
            params["learning_rate"] = "constant"  # nobody knows how many epochs there will be
            params["max_iter"] = 1
        return settings_of(params, recipe, output, loss), recipe

    def _data_of_arrays(self, X, y, sample_weight, X_val, y_val, first, one_epoch) -> _Data:
        rows = self._rows(X, y, sample_weight, first)
        validation = None if X_val is None else self._rows(X_val, y_val, None, False)
        rows = examples.without_weightless(rows)
        dataset = examples.with_validation(rows, validation)
        settings, recipe = self._settings(dataset, one_epoch)
        share = 0.0 if one_epoch or validation is not None else self._held_out_share(recipe.validation)
        answers = rows.encoded
        if validation is not None:
            answers = np.concatenate([answers, validation.encoded])
        elif share == 0 and self.shuffle and len(rows.inputs) <= settings.batch_size:
            rows = examples.in_own_order(rows, settings.batch_size)
            dataset, answers = rows.dataset(), rows.encoded
        return _Data(dataset, settings, answers, share)

    def _rows(self, X, y, sample_weight, first) -> examples.Rows:
        inputs = self._checked_inputs(X, first, y)
        encoded = self._encode(y, first)
        check_consistent_length(inputs, encoded)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, inputs, dtype=np.float64, ensure_non_negative=True)
        weights = self._weights(encoded, sample_weight)
        return examples.Rows(inputs, encoded, self._array_answers,
                             None if weights is None else np.asarray(weights, dtype=np.float32))

    def _data_of_table(self, X, columns, y, sample_weight, X_val, y_val, first, seed) -> _Data:
        if columns is None:
            raise ValueError("the model was fitted to a table, and X is none: give a table with the same columns")
        validate_data(self, X, skip_check_array=True, reset=first)
        self._dtype = np.dtype(np.float64)
        encoded = self._encode(y, first)
        check_consistent_length(X, encoded)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, encoded, dtype=np.float64, ensure_non_negative=True)
        share = 0.0 if X_val is not None else self._held_out_share(TABLE_VALIDATION)
        split = examples.split_of_table(columns, self._table_answers(encoded), self._weights(encoded, sample_weight),
                                        task=self._table_task(), validation_fraction=share, seed=seed)
        settings, _ = self._settings(split.train, False)
        validate, validation_answers = None, None
        if X_val is not None:
            validate_data(self, X_val, skip_check_array=True, reset=False)
            validation_answers = self._encode(y_val, False)
            validate = examples.validation_of_table(tables.columns_of(X_val), self._table_answers(validation_answers))
        return _Data(split.train, settings, encoded, 0.0, validate, validation_answers, tuple(split.notes))

    def _options(self, data: _Data, seed: int, continues: bool, one_epoch: bool) -> dict[str, Any]:
        """As :func:`mlp._core.train` takes them."""
        settings = data.settings
        options = dict(
            loss=settings.loss, optimizer=settings.optimizer,
            schedule="constant" if settings.schedule in EPOCHWISE_RATES else settings.schedule, epochs=settings.epochs,
            batch_size=settings.batch_size, l2=settings.l2, clip_norm=settings.clip_norm, seed=seed,
            validation_fraction=data.drawn_share, early_stopping=self._library_patience(data), threads=self._threads(),
            members=int(self.n_members), init=self.model_ if continues else None)
        if one_epoch:
            steps = -(-data.dataset.rows // settings.batch_size)
            states, steps_before = getattr(self, "_states", (None, 0))
            if continues and states is not None and steps == steps_before:  # the moments go on, too
                options.update(resume_from=states, epochs=states[0].epoch + 1)
        return options

    def _library_patience(self, data: _Data) -> int:
        """Of the library's own early stopping; 0 where there is none, or a callback takes its place."""
        adapts = self.learning_rate == "adaptive"
        if not self.early_stopping or data.validate is not None or self.tol or adapts or not self.shuffle:
            return 0
        return int(min(self.n_iter_no_change, data.settings.epochs))

    def _watchers(self, data: _Data) -> list[Any]:
        given = self.callbacks
        given = [] if given is None else list(given) if isinstance(given, (list, tuple)) else [given]
        watchers = [as_callback(callback) for callback in given]
        if self.verbose:
            watchers.append(ProgressBar() if self.verbose == "bar" else _Printer())
        # Where the learning rate adapts itself, it is that which waits.
        adaptive = self.learning_rate == "adaptive"
        if self.early_stopping and self._library_patience(data) == 0:
            watchers.append(EarlyStopping("validation_loss", np.inf if adaptive else self.n_iter_no_change,
                                          self.tol or 0.0, restore_best=True))
        elif self.tol is not None and not self.early_stopping and not adaptive:
            watchers.append(EarlyStopping("train_loss", self.n_iter_no_change, self.tol))
        return watchers

    def _rate_after(self, data: _Data, one_epoch: bool) -> Any:
        if one_epoch or not self.shuffle:
            return None
        if data.settings.schedule == "invscaling":
            return training.inverse_scaling(data.dataset.rows, self.power_t)
        if data.settings.schedule == "adaptive":
            return training.AdaptiveRate(self.n_iter_no_change, 1e-4 if self.tol is None else self.tol,
                                         "validation_loss" if self.early_stopping else "train_loss")
        return None

    def _waits_for_convergence(self, one_epoch: bool) -> bool:
        """Whether the end of the epochs is not what was waited for. (A schedule ends where they do.)"""
        return not one_epoch and not self.early_stopping and (self.tol is not None or self.learning_rate == "adaptive")

    def _keep(self, run: training.Run, data: _Data, network: Any, options: dict[str, Any], continues: bool,
              one_epoch: bool) -> None:
        """The fitted attributes."""
        self.model_ = run.model
        self.notes_ = list(data.notes)
        self.n_iter_ = len(run.history)
        self.n_layers_ = len(network.layers) + 1
        self.t_ = (self.t_ if continues else 0) + self.n_iter_ * data.dataset.rows
        losses = [epoch.train_loss for epoch in run.history]
        self.loss_curve_ = (self.loss_curve_ if continues else []) + losses
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else np.nan
        self.best_loss_ = None if self.early_stopping else min(self.loss_curve_, default=np.nan)
        curve, scores = None, None
        if data.has_validation:
            before = continues and self.validation_scores_ is not None
            metrics = [epoch.validation_metric for epoch in run.history]
            curve = ((self.validation_loss_curve_ if before else []) +
                     [epoch.validation_loss for epoch in run.history])
            scores = ((self.validation_scores_ if before else []) +
                      self._scores(metrics, lambda: _validation_answers(data, network, options)))
        self.validation_loss_curve_, self.validation_scores_ = curve, scores
        self.best_validation_score_ = max(scores, default=None) if scores is not None else None
        self._states = (None, 0)
        if one_epoch:
            self._states = (run.states, -(-data.dataset.rows // options["batch_size"]))

    # What was learned.

    @property
    def coefs_(self) -> list[np.ndarray]:
        """The weights [fan_in, fan_out] of each layer, of inputs and targets as they were given."""
        return self._folded("coefs_")[0]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """The biases [fan_out] of each layer, of inputs and targets as they were given."""
        return self._folded("intercepts_")[1]

    def _folded(self, asked: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
        if not hasattr(self, "model_"):
            raise AttributeError(f"'{type(self).__name__}' has no attribute '{asked}' before it is fitted")
        return folded_parameters(self.model_, self._dtype, one_output=self._has_one_output())

    def _has_one_output(self) -> bool:
        """Whether two classes' softmax is to look like the one logistic output it is equal to."""
        return False

    # Predicting.

    def _checked_inputs(self, X: Any, first: bool, y: Any = None) -> np.ndarray:
        """Arrays as networks take them: float32 or bytes."""
        bytes_ = type(X) is np.ndarray and X.dtype == np.uint8
        X = validate_data(self, X, accept_sparse=("csr", "csc"), reset=first,
                          dtype=np.uint8 if bytes_ else (np.float64, np.float32))
        if first:
            self._dtype = np.dtype(np.float64 if X.dtype == np.float64 else np.float32)
        X = X.toarray() if hasattr(X, "toarray") else X
        if first and X.dtype == np.float64 and len(lost := examples.too_fine_columns(X)):
            warnings.warn(f"columns {lost.tolist()} of X hold numbers so close together, for their size, that float32, in "
                          "which networks compute, cannot tell them apart well: take off their mean first, as by "
                          "sklearn.preprocessing.StandardScaler")
        return examples.single_precision(X, "Input X")

    def _outputs(self, X: Any) -> np.ndarray:
        """The network's outputs [N, O] for what predict() is given."""
        fitted = self.__dict__
        if (type(X) is np.ndarray and X.ndim == 2 and X.dtype.char in "fd" and len(X) and
                X.shape[1] == fitted.get("n_features_in_") and "feature_names_in_" not in fitted):
            single = X.astype(np.float32, copy=False)  # the usual case without the checks' 100 us, for rows that come singly
            if np.isfinite(single).all():
                return self.model_.outputs(single)
        check_is_fitted(self)
        if not self._is_of_table:
            return self.model_.outputs(self._checked_inputs(X, False), threads=self._threads())
        if tables.is_table(X):
            validate_data(self, X, skip_check_array=True, reset=False)
            table = tables.table_of(X, types=self.model_.input_types)
        else:
            X = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite="allow-nan")
            table = _core.Table.from_columns(list(self.feature_names_in_), list(X.T), types=self.model_.input_types)
        return self.model_.outputs_of_table(table, threads=self._threads())

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # Pickling: a model is the bytes of its file.

    def __getstate__(self):
        state = dict(super().__getstate__())
        state.pop("_states", None)
        if "model_" in state:
            state["model_"] = state["model_"].to_bytes()
        return state

    def __setstate__(self, state):
        if "model_" in state:
            state = {**state, "model_": _core.Model.from_bytes(state["model_"])}
        super().__setstate__(state)


def _validation_answers(data: _Data, network: Any, options: dict[str, Any]) -> np.ndarray:
    """The answers of the rows that the training validated on."""
    if data.validation_answers is not None:
        return data.validation_answers
    rows = data.dataset.validation_rows
    if rows is None:  # drawn by train()
        rows = _core.Trainer(network, data.dataset, **training.trainer_options(options)).validation_rows
    return data.answers[np.asarray(rows)]


class _Printer(Callback):
    """A line for each epoch, as scikit-learn's."""

    def on_epoch(self, member: int, epoch: Any, model: Any) -> None:
        line = f"Iteration {epoch.epoch}, loss = {epoch.train_loss:.8f}"
        if not math.isnan(epoch.validation_loss):
            line += f", validation loss = {epoch.validation_loss:.8f}"
        print(line if member == 0 else f"Member {member + 1}: {line}")
