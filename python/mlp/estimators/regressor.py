"""MLPRegressor."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array, column_or_1d

from .base import BaseMLP
from .examples import single_precision


class MLPRegressor(RegressorMixin, BaseMLP):
    """A multilayer perceptron that predicts numbers, one or several.

    Inputs and targets are scaled inside, so that neither has to be scaled before. Its parameters are those of
    :class:`MLPClassifier`, without ``class_weight`` and with the losses of numbers.

    Parameters
    ----------
    loss : str, optional
        "squared_error", "mean_squared_error", "mean_absolute_error", "huber(0.5)". None: the recipe's.
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate, learning_rate_init, power_t, max_iter, shuffle
        See :class:`MLPClassifier`.
    random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, early_stopping, validation_fraction, beta_1, beta_2
        See :class:`MLPClassifier`.
    epsilon, n_iter_no_change, dropout, initializer, weight_decay, clip_norm, n_members, n_jobs, callbacks, as_table
        See :class:`MLPClassifier`.

    Attributes
    ----------
    loss_curve_, validation_loss_curve_ : list of float
        Each epoch's loss, of targets that are scaled to a standard deviation of 1.
    validation_scores_ : list of float
        Each epoch's R2 on the validation rows.
    model_, coefs_, intercepts_, ...
        See :class:`MLPClassifier`.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from mlp import MLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = MLPRegressor(32, max_iter=20, random_state=1).fit(X, y)
    >>> model.predict(X[:2]).shape
    (2,)
    >>> bool(model.score(X, y) > 0.4)
    True
    """

    def partial_fit(self, X, y, sample_weight=None):
        """One epoch on these rows, from the parameters so far.

        Parameters
        ----------
        X, y : as in fit()
            Arrays. The first call's rows decide how inputs and targets are scaled.
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts.

        Returns
        -------
        self : object
        """
        return self._partial_fit(X, y, sample_weight)

    def predict(self, X):
        """The targets of each row, in their own unit.

        Parameters
        ----------
        X : as in fit()

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        outputs = self._outputs(X).astype(self._dtype, copy=False)
        return outputs[:, 0] if self._one_dimensional else outputs

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _encode(self, y: Any, first: bool) -> np.ndarray:
        if y is None:
            raise ValueError(f"requires y to be passed, but the target y is None: {type(self).__name__}.fit(X, y)")
        columns = [str(name) for name in getattr(y, "columns", [])]
        name = getattr(y, "name", None)
        y = check_array(y, ensure_2d=False, dtype=(np.float64, np.float32), input_name="y", ensure_min_samples=0)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=not columns)
        outputs = 1 if y.ndim == 1 else y.shape[1]
        if first:
            self._one_dimensional, self.n_outputs_ = y.ndim == 1, outputs
            numbered = [f"y{index}" for index in range(outputs)] if outputs > 1 else ["y"]
            self._target_names = columns or ([name] if isinstance(name, str) and name else numbered)
        elif outputs != self.n_outputs_:
            raise ValueError(f"y has {outputs} outputs, and the fit before had {self.n_outputs_}")
        return y.reshape(len(y), -1)

    def _array_answers(self, encoded: np.ndarray) -> dict[str, Any]:
        return {"targets": single_precision(encoded, "Input y"), "target_names": self._target_names}

    def _table_answers(self, encoded: np.ndarray) -> dict[str, Any]:
        return {name: encoded[:, index] for index, name in enumerate(self._target_names)}

    def _table_task(self) -> str:
        return "regression"

    def _output_layer(self) -> tuple[str, str, str | None]:
        return f"{self.n_outputs_}:linear", "identity", None

    def _scores(self, metrics: Sequence[float], answers: Callable[[], np.ndarray]) -> list[float]:
        # The metric is the root of the mean square of all targets' errors.
        values = answers()
        variance = np.mean((values - values.mean(axis=0)) ** 2)
        return [float(1 - metric**2 / variance) if variance > 0 else np.nan for metric in metrics]
