"""MLPClassifier."""

from __future__ import annotations

from typing import Any, Callable, Sequence

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from .base import BaseMLP


class MLPClassifier(ClassifierMixin, BaseMLP):
    """A multilayer perceptron that tells classes.

    Parameters that are None are as the recipe of the command line has them for such data; each can be given by itself.
    docs/python_estimators.md compares them with scikit-learn's.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, optional
        The hidden layers' widths; () is a linear model. Sizes that are given have no dropout and the activation "relu", unless
        these are given, too.
    activation : str or list of str, optional
        Of the hidden layers: one for all, or one for each. scikit-learn's names, or the library's: "relu", "leaky_relu(0.2)",
        "tanh", "gelu", "silu", "mish", "elu", "selu", "softplus", "sigmoid", "linear".
    solver : str, optional
        "adam", "adamw", "sgd", "momentum", "nesterov", "rmsprop", also with parameters: "adamw(weight_decay=0.3)". "sgd" with
        ``momentum`` above 0 is "nesterov", or "momentum".
    alpha : float, optional
        The L2 penalty, divided by the number of rows in a batch as in scikit-learn. None: 0.
    batch_size : int, optional
        Rows in a step.
    learning_rate : str, optional
        The schedule: "constant", "one_cycle", "cosine", "step(factor=0.1,every=20)", "exponential", "warm_up"; or
        scikit-learn's "invscaling" and "adaptive".
    learning_rate_init : float, optional
        The learning rate that the schedule multiplies. None: the recipe's; with a ``solver``, that solver's own.
    power_t : float
        The power in "invscaling".
    max_iter : int, optional
        Epochs.
    shuffle : bool
        Whether rows are shuffled before each epoch.
    random_state : int, RandomState, Generator or None
        An int is the seed: the same bits again, also as ``mlp train --seed``. None: another one each time.
    tol : float, optional
        Stop when the training loss has not got better by more than this in ``n_iter_no_change`` epochs; with
        ``early_stopping``, the validation loss. None: the training loss stops nothing, and any better validation loss counts.
    verbose : bool or "bar"
        True prints a line for each epoch, "bar" shows a progress bar (of tqdm, where it is installed).
    warm_start : bool
        Whether fit() goes on from the parameters and the scaling of the fit before.
    momentum, nesterovs_momentum : float, bool
        Of solver "sgd".
    early_stopping : bool
        Stop when the validation loss has not got better for ``n_iter_no_change`` epochs, and keep the best parameters.
    validation_fraction : float or "auto", optional
        The share of the rows that are validated on rather than learned from. None: the recipe's with ``early_stopping``, else
        none. "auto": the recipe's in any case.
    beta_1, beta_2, epsilon : float, optional
        Of Adam and its kind.
    n_iter_no_change : int
        The patience of ``tol``, ``early_stopping`` and "adaptive".
    loss : str, optional
        "cross_entropy" ("log_loss"), "cross_entropy(0.05)" with label smoothing, "binary_cross_entropy", or one of a regressor.
    dropout : float or list of float, optional
        Of the hidden layers.
    initializer : str, optional
        Of the weights: "he_normal", "glorot_uniform", ...; None: each activation's own.
    weight_decay : float, optional
        Of AdamW.
    clip_norm : float
        Gradients longer than this are scaled down to it; 0: never.
    n_members : int
        Networks of an ensemble, which differ by their seed; predictions are their mean.
    n_jobs : int, optional
        Threads. None or -1: as many as help. It changes no bit of the result.
    callbacks : callable, callback or list of them, optional
        See :mod:`mlp.callbacks`.
    as_table : bool, optional
        Whether a DataFrame is taken as ``mlp train`` takes a CSV file: columns of texts and categories, missing cells, robust
        scaling. None: where it has other columns than numbers, or missing cells; else it is an array like any other.
    class_weight : dict, "balanced" or None
        How much the rows of each class count.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted. Of a multilabel y the labels' numbers.
    model_ : mlp.Model
        The model itself: save(), inspect(), report(), ...
    coefs_, intercepts_ : list of ndarray
        Each layer's weights [fan_in, fan_out] and biases [fan_out], of X as it was given. Of two classes the last layer
        is the one logistic output that scikit-learn has.
    loss_curve_, validation_loss_curve_, validation_scores_ : list of float
        Each epoch's. The last two are None where nothing is held out.
    loss_, best_loss_, best_validation_score_ : float
        The last and the lowest loss of ``loss_curve_`` (None with ``early_stopping``), the highest score.
    n_iter_, t_, n_layers_, n_outputs_, out_activation_, n_features_in_, feature_names_in_
        As in scikit-learn.
    notes_ : list of str
        What there is to know of a table: columns left out and why, ...

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from mlp import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = MLPClassifier(random_state=1).fit(X, y)
    >>> model.predict(X[:2])
    array([0, 0])
    >>> bool(model.score(X, y) > 0.95)
    True
    """

    def __init__(self, hidden_layer_sizes=None, activation=None, *, solver=None, alpha=None, batch_size=None,
                 learning_rate=None, learning_rate_init=None, power_t=0.5, max_iter=None, shuffle=True,
                 random_state=None, tol=None, verbose=False, warm_start=False, momentum=0.9, nesterovs_momentum=True,
                 early_stopping=False, validation_fraction=None, beta_1=None, beta_2=None, epsilon=None,
                 n_iter_no_change=10, loss=None, dropout=None, initializer=None, weight_decay=None, clip_norm=0.0,
                 n_members=1, n_jobs=None, callbacks=None, as_table=None, class_weight=None):
        super().__init__(
            hidden_layer_sizes, activation, solver=solver, alpha=alpha, batch_size=batch_size,
            learning_rate=learning_rate, learning_rate_init=learning_rate_init, power_t=power_t, max_iter=max_iter,
            shuffle=shuffle, random_state=random_state, tol=tol, verbose=verbose, warm_start=warm_start,
            momentum=momentum, nesterovs_momentum=nesterovs_momentum, early_stopping=early_stopping,
            validation_fraction=validation_fraction, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon,
            n_iter_no_change=n_iter_no_change, loss=loss, dropout=dropout, initializer=initializer,
            weight_decay=weight_decay, clip_norm=clip_norm, n_members=n_members, n_jobs=n_jobs, callbacks=callbacks,
            as_table=as_table)
        self.class_weight = class_weight

    def partial_fit(self, X, y, sample_weight=None, classes=None):
        """One epoch on these rows, from the parameters so far.

        Parameters
        ----------
        X, y : as in fit()
            Arrays. The first call's rows decide how inputs are scaled.
        sample_weight : array-like of shape (n_samples,), optional
            How much each row counts.
        classes : array-like, optional
            All classes there will be; needed in the first call.

        Returns
        -------
        self : object
        """
        if not hasattr(self, "model_"):
            self._take_classes(y, classes)
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {self.classes_!r}")
        return self._partial_fit(X, y, sample_weight)

    def predict(self, X):
        """The most probable class of each row; of a multilabel y, 0 or 1 for each label.

        Parameters
        ----------
        X : as in fit()

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_labels)
        """
        outputs = self._outputs(X)
        if self._multilabel:
            return (outputs > 0.5).astype(np.int64)
        return self.classes_[self._positions(outputs).argmax(axis=1)]

    def predict_proba(self, X):
        """The probability of each class, in the order of ``classes_``; of a multilabel y, of each label being 1.

        Parameters
        ----------
        X : as in fit()

        Returns
        -------
        ndarray of float32 of shape (n_samples, n_classes)
        """
        outputs = self._outputs(X)
        return outputs if self._multilabel else self._positions(outputs)

    def predict_log_proba(self, X):
        """The logarithms of predict_proba()."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _positions(self, outputs: np.ndarray) -> np.ndarray:
        """The model's outputs in the order of ``classes_``."""
        return outputs if self._order is None else outputs[:, self._order]

    def _take_classes(self, y: Any, classes: Any) -> None:
        """What the first call of partial_fit says that there will be."""
        self._multilabel = type_of_target(y).startswith("multilabel")
        if self._multilabel:
            self.classes_ = np.arange(np.shape(y)[1])
        elif classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        else:
            self.classes_ = np.unique(classes)
        self._classes_given = True

    def _encode(self, y: Any, first: bool) -> np.ndarray:
        if y is None:
            raise ValueError(f"requires y to be passed, but the target y is None: {type(self).__name__}.fit(X, y)")
        if hasattr(y, "toarray"):
            y = y.toarray()
        elif type_of_target(y, input_name="y").startswith("multilabel"):
            y = np.asarray(y)
        given = self.__dict__.pop("_classes_given", False)
        if type_of_target(y, input_name="y").startswith("multilabel"):
            if first and not given:
                self._multilabel, self.classes_ = True, np.arange(y.shape[1])
            return self._encoded_labels(y)
        if not first and self._multilabel:
            raise ValueError("y was multilabel in the fit before, and is not now")
        if hasattr(getattr(y, "dtype", None), "numpy_dtype") and not y.hasnans:
            y = y.to_numpy(dtype=y.dtype.numpy_dtype)  # whole numbers of pandas that may be missing, and would become floats
        y = check_array(y, ensure_2d=False, dtype=None, input_name="y", ensure_min_samples=0)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        found = np.unique(y)
        if first and not given:
            self._multilabel, self.classes_ = False, found
        if first:
            self.n_outputs_ = 1 if len(self.classes_) == 2 else len(self.classes_)
        elif self.warm_start and not np.array_equal(found, self.classes_):
            raise ValueError("warm_start can only be used where `y` has the same classes as in the previous call to fit. "
                             f"Previously got {self.classes_}, `y` has {found}")
        unknown = np.setdiff1d(found, self.classes_)
        if len(unknown):
            raise ValueError(f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes_}. "
                             f"'y' has {found}.")
        if len(self.classes_) < 2:
            raise ValueError(f"{type(self).__name__} needs at least 2 classes to tell apart, and y has only one class: "
                             f"{self.classes_.tolist()}")
        return np.searchsorted(self.classes_, y).astype(np.int32)

    def _encoded_labels(self, y: np.ndarray) -> np.ndarray:
        self.n_outputs_ = len(self.classes_)
        if not self._multilabel or y.shape[1] != len(self.classes_):
            raise ValueError(f"y has {y.shape[1]} labels, and the fit before had other classes: {self.classes_}")
        return np.ascontiguousarray(y, dtype=np.float32)

    def _keep(self, run, *others) -> None:
        super()._keep(run, *others)
        self._order = None
        if self._is_of_table and not self._multilabel:  # a table's classes are sorted as texts, or by value
            places = {name: place for place, name in enumerate(run.model.class_names)}
            self._order = [places[name.strip()] for name in self._class_names()]

    def _class_names(self) -> list[str]:
        return [str(name) for name in self.classes_]

    def _array_answers(self, encoded: np.ndarray) -> dict[str, Any]:
        if self._multilabel:
            return {"targets": encoded, "target_names": self._class_names()}
        return {"labels": encoded, "class_names": self._class_names()}

    def _table_answers(self, encoded: np.ndarray) -> dict[str, Any]:
        if self._multilabel:
            return {f"label {name}": encoded[:, index] for index, name in enumerate(self._class_names())}
        return {"class": (encoded, self._class_names())}

    def _table_task(self) -> str:
        return "regression" if self._multilabel else "classification"

    def _output_layer(self) -> tuple[str, str, str | None]:
        if self._multilabel:
            return f"{self.n_outputs_}:sigmoid", "logistic", "binary_cross_entropy"
        return f"{len(self.classes_)}:softmax", "logistic" if len(self.classes_) == 2 else "softmax", None

    def _has_one_output(self) -> bool:
        return not self._multilabel and len(self.classes_) == 2

    def _weights(self, encoded: np.ndarray, sample_weight: np.ndarray | None) -> np.ndarray | None:
        if self.class_weight is None:
            return sample_weight
        if self._multilabel:
            raise ValueError("class_weight is for classes that exclude each other, and y is multilabel")
        by_class = compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_[encoded])
        return by_class[encoded] * (1.0 if sample_weight is None else sample_weight)

    def _scores(self, metrics: Sequence[float], answers: Callable[[], np.ndarray]) -> list[float]:
        # Of several labels the metric is the root of the mean square of label less probability.
        return [1 - metric**2 for metric in metrics] if self._multilabel else list(metrics)
