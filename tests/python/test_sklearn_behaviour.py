"""What scikit-learn's own tests of its perceptrons (sklearn/neural_network/tests/test_mlp.py, as of 1.9) say of behaviour.

Here, in our words, under the same names:

    test_alpha, test_multilabel_classification, test_multioutput_regression, test_partial_fit_classes_error,
    test_partial_fit_classification, test_partial_fit_unseen_classes, test_partial_fit_regression, test_predict_proba_binary,
    test_predict_proba_multiclass, test_predict_proba_multilabel, test_shuffle, test_sparse_matrices, test_tolerance,
    test_verbose_sgd, test_early_stopping, test_adaptive_learning_rate, test_warm_start, test_warm_start_full_iteration,
    test_n_iter_no_change, test_n_iter_no_change_inf, test_mlp_early_stopping_string_labels,
    test_mlp_classifier_dtypes_casting, test_mlp_regressor_dtypes_casting, test_mlp_param_dtypes,
    test_mlp_loading_from_joblib_partial_fit, test_preserve_feature_names, test_mlp_warm_start_with_early_stopping,
    test_mlp_partial_fit_after_fit, test_mlp_sample_weight_with_early_stopping

In part:

    test_learning_rate_warmstart        the rates of 'invscaling', seen by a callback rather than in the optimizer
    test_partial_fit_errors             without what it says of lbfgs
    test_nonfinite_params               a ValueError, in other words
    test_mlp_warm_start_no_convergence  the warning comes where tol is given: without it nothing waits for convergence
    test_lbfgs_classification, test_lbfgs_regression
                                        the scores, by the default solver: there is no lbfgs

Not here, and why:

    test_fit, test_gradient             set and call internals; the C++ tests check steps and gradients
    test_lbfgs_classification_maxfun, test_lbfgs_regression_maxfun
                                        there is no lbfgs, which is refused (test_estimators.py)
    test_early_stopping_stratified      a class of one row is no error: the row is kept for training
    test_mlp_diverging_loss             divergence is an error with a hint, with early stopping too (test_estimators.py)
    test_mlp_vs_poisson_glm_equivalent  there is no Poisson loss, which is refused (test_estimators.py)
    test_minimum_input_sample_size      one row of two validates, which is little but no error
"""

import re
import warnings

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")

import joblib  # noqa: E402
from sklearn.datasets import (load_digits, load_iris, make_classification, make_multilabel_classification,  # noqa: E402
                              make_regression)
from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.metrics import roc_auc_score  # noqa: E402

from mlp import MLPClassifier, MLPRegressor  # noqa: E402

BOTH = pytest.mark.parametrize("estimator", [MLPClassifier, MLPRegressor], ids=lambda e: e.__name__)
IRIS = load_iris(return_X_y=True)


def digits(classes, rows=200):
    X, y = load_digits(n_class=classes, return_X_y=True)
    return X[:rows], y[:rows]


def noisy_line():
    X, y = make_regression(n_samples=200, n_features=10, bias=20.0, noise=100.0, random_state=7)
    return X, (y - y.mean()) / y.std()


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("classes", [2, 3])
def test_every_activation_learns_digits(activation, classes):
    X, y = digits(classes)
    model = MLPClassifier(50, activation, random_state=1).fit(X[:150], y[:150])
    assert model.score(X[:150], y[:150]) > 0.95
    assert model.predict(X[150:]).dtype.kind == y.dtype.kind


@pytest.mark.parametrize("activation, least", [("identity", 0.8), ("logistic", 0.9), ("tanh", 0.98), ("relu", 0.98)])
def test_every_activation_learns_numbers(activation, least):
    X, y = noisy_line()
    model = MLPRegressor(50, activation, solver="adam", learning_rate_init=0.02, max_iter=300, random_state=1).fit(X, y)
    assert model.score(X, y) > least


def test_alpha_shrinks_the_weights():
    X, y = digits(2, 100)
    sizes = [[np.abs(w).sum() for w in MLPClassifier(10, alpha=alpha, random_state=1).fit(X, y).coefs_]
             for alpha in (0, 10)]
    assert sizes[0][0] > sizes[1][0] and sizes[0][1] > sizes[1][1]


def test_invscaling_divides_by_a_power_of_the_rows_seen():
    rates = []
    model = MLPClassifier(4, solver="sgd", learning_rate="invscaling", learning_rate_init=0.5, power_t=0.25, max_iter=3,
                          random_state=1, callbacks=lambda member, epoch, model: rates.append(epoch.learning_rate))
    model.fit([[3, 2], [1, 6], [5, 6], [-2, -4]], [1, 1, 1, 0])
    np.testing.assert_allclose(rates, [0.5, 0.5 / 5**0.25, 0.5 / 9**0.25])


def test_multilabel_classification():
    X, Y = make_multilabel_classification(n_samples=50, random_state=0, return_indicator=True)
    fitted = MLPClassifier(50, "logistic", solver="adam", learning_rate_init=0.02, max_iter=300, random_state=0).fit(X, Y)
    assert fitted.score(X, Y) > 0.97
    step_by_step = MLPClassifier(50, "logistic", solver="sgd", learning_rate_init=0.2, random_state=0)
    for _ in range(300):
        step_by_step.partial_fit(X, Y, classes=[0, 1, 2, 3, 4])
    assert step_by_step.score(X, Y) > 0.9
    early = MLPClassifier(early_stopping=True, random_state=0).fit(X, Y)
    assert early.predict(X).shape == Y.shape


def test_predict_proba_multilabel():
    X, Y = make_multilabel_classification(n_samples=50, random_state=0, return_indicator=True)
    model = MLPClassifier(30, solver="adam", learning_rate_init=0.02, max_iter=300, random_state=0).fit(X, Y)
    probabilities = model.predict_proba(X)
    assert probabilities.shape == Y.shape
    np.testing.assert_array_equal(probabilities > 0.5, Y)
    assert np.abs(probabilities.sum(axis=1) - 1).max() > 0.1  # no softmax
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(probabilities))


def test_multioutput_regression():
    X, Y = make_regression(n_samples=200, n_targets=5, random_state=11)
    model = MLPRegressor(50, random_state=1).fit(X, Y)
    assert model.predict(X).shape == Y.shape
    assert model.score(X, Y) > 0.9


def test_partial_fit_classes_error():
    model = MLPClassifier(solver="sgd").partial_fit([[3, 2]], [0], classes=[0, 1])
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit([[3, 2]], [0], classes=[1, 2])


def test_partial_fit_errors():
    with pytest.raises(ValueError, match="classes not in"):
        MLPClassifier(solver="sgd").partial_fit([[3, 2], [1, 6]], [1, 0], classes=[2, 3])
    with pytest.raises(ValueError, match="classes must be passed"):
        MLPClassifier(solver="sgd").partial_fit([[3, 2], [1, 6]], [1, 0])


@pytest.mark.parametrize("classes", [2, 3])
def test_partial_fit_classification(classes):
    """As many calls as epochs make the same network, since moments and shuffles go on."""
    X, y = digits(classes)
    options = dict(solver="adam", learning_rate="constant", random_state=1)
    whole = MLPClassifier(max_iter=20, **options).fit(X, y)
    parts = MLPClassifier(**options)
    for _ in range(20):
        parts.partial_fit(X, y, classes=np.unique(y))
    np.testing.assert_array_equal(whole.predict_proba(X), parts.predict_proba(X))
    assert parts.score(X, y) > 0.95


def test_partial_fit_unseen_classes():
    model = MLPClassifier(random_state=0)
    model.partial_fit([[1], [2], [3]], ["a", "b", "c"], classes=["a", "b", "c", "d"])
    model.partial_fit([[4]], ["d"])
    assert model.score([[1], [2], [3], [4]], ["a", "b", "c", "d"]) > 0


@pytest.mark.parametrize("momentum", [0, 0.9])
def test_partial_fit_regression(momentum):
    X, y = noisy_line()
    options = dict(solver="sgd", learning_rate="constant", learning_rate_init=0.01, batch_size=len(X), momentum=momentum,
                   random_state=1)
    whole = MLPRegressor(max_iter=100, **options).fit(X, y)
    parts = MLPRegressor(**options)
    for _ in range(100):
        parts.partial_fit(X, y)
    np.testing.assert_allclose(whole.predict(X), parts.predict(X))
    assert parts.score(X, y) > 0.65


def test_nonfinite_params():
    X = np.finfo(np.float64).max * np.random.RandomState(0).uniform(size=(10, 2))
    with pytest.raises(ValueError, match="too large"):
        MLPRegressor().fit(X, np.arange(10.0))


@pytest.mark.parametrize("classes", [2, 3])
def test_predict_proba(classes):
    X, y = digits(classes, 50)
    model = MLPClassifier(5, random_state=1).fit(X, y)
    probabilities = model.predict_proba(X)
    assert probabilities.shape == (50, classes)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(probabilities))
    np.testing.assert_array_equal(model.classes_[probabilities.argmax(axis=1)], model.predict(X))
    if classes == 2:
        assert roc_auc_score(y, probabilities[:, 1]) == 1.0


def test_shuffle():
    X, y = make_regression(n_samples=50, n_features=5, random_state=0)
    weights = [MLPRegressor(1, max_iter=1, batch_size=1, random_state=0, shuffle=shuffle).fit(X, y).coefs_[0]
               for shuffle in (True, True, False, False)]
    np.testing.assert_array_equal(weights[0], weights[1])
    np.testing.assert_array_equal(weights[2], weights[3])
    assert not np.array_equal(weights[0], weights[2])


@pytest.mark.parametrize("form", ["csr_matrix", "csr_array", "csc_matrix"])
def test_sparse_matrices(form):
    sparse = pytest.importorskip("scipy.sparse")
    X, y = digits(2, 50)
    dense = MLPClassifier(15, random_state=1).fit(X, y)
    thin = MLPClassifier(15, random_state=1).fit(getattr(sparse, form)(X), y)
    np.testing.assert_array_equal(dense.predict_proba(X), thin.predict_proba(getattr(sparse, form)(X)))


def test_tolerance():
    model = MLPClassifier(tol=0.5, max_iter=3000, solver="sgd", learning_rate="constant").fit([[3, 2], [1, 6]], [1, 0])
    assert model.n_iter_ < 3000


def test_verbose_sgd(capsys):
    model = MLPClassifier(2, solver="sgd", max_iter=2, verbose=10).fit([[3, 2], [1, 6]], [1, 0])
    model.partial_fit([[3, 2], [1, 6]], [1, 0])
    printed = capsys.readouterr().out
    assert printed.startswith("Iteration 1, loss = ")
    assert printed.count("Iteration") == 3


@BOTH
def test_early_stopping(estimator):
    X, y = digits(2, 100)
    options = dict(max_iter=3000, solver="sgd", learning_rate="constant", learning_rate_init=0.01, tol=0.01, random_state=1)
    model = estimator(early_stopping=True, **options).fit(X, y)
    assert model.n_iter_ < 3000
    assert model.best_loss_ is None
    assert len(model.validation_scores_) == len(model.validation_loss_curve_) == model.n_iter_
    assert max(model.validation_scores_) == model.best_validation_score_
    model = estimator(early_stopping=False, **options).fit(X, y)
    assert model.validation_scores_ is None and model.best_validation_score_ is None
    assert model.best_loss_ == min(model.loss_curve_)


def test_adaptive_learning_rate():
    rates = []
    model = MLPClassifier(tol=0.5, max_iter=3000, solver="sgd", learning_rate="adaptive", learning_rate_init=0.1,
                          callbacks=lambda member, epoch, model: rates.append(epoch.learning_rate))
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        model.fit([[3, 2], [1, 6]], [1, 0])
    assert model.n_iter_ < 3000
    assert rates[0] == pytest.approx(0.1)
    assert 1e-7 < rates[-1] <= 1e-6
    assert sorted(rates, reverse=True) == rates


def test_warm_start():
    X, y = IRIS
    model = MLPClassifier(2, warm_start=True, random_state=42, max_iter=5).fit(X, y)
    model.fit(X, y)
    model.fit(X, np.repeat([0, 1, 2], [40, 40, 70]))
    for other in (np.repeat([0, 1], 75), np.repeat([0, 1, 3], 50), np.repeat([0, 1, 2, 3], [37, 37, 38, 38])):
        with pytest.raises(ValueError, match=re.escape(f"Previously got [0 1 2], `y` has {np.unique(other)}")):
            model.fit(X, other)


@BOTH
def test_warm_start_goes_on_and_counts_anew(estimator):
    X, y = IRIS
    options = dict(max_iter=3, solver="sgd", learning_rate="constant", learning_rate_init=0.01, random_state=1)
    model = estimator(4, warm_start=True, **options).fit(X, y)
    first = model.loss_curve_[:]
    model.fit(X, y)
    assert model.n_iter_ == 3
    assert model.loss_curve_[:3] == first and len(model.loss_curve_) == 6
    assert model.loss_curve_[3] < first[0]
    assert model.t_ == 6 * len(X)
    anew = estimator(4, **options).fit(X, y).fit(X, y)
    assert anew.loss_curve_ == first


@pytest.mark.parametrize("patience", [2, 5, 10, 50])
def test_n_iter_no_change(patience):
    X, y = digits(2, 100)
    model = MLPClassifier(tol=0.01, max_iter=3000, solver="sgd", learning_rate="constant", learning_rate_init=0.01,
                          n_iter_no_change=patience, random_state=1).fit(X, y)
    assert model.n_iter_ < 3000
    curve = np.array(model.loss_curve_)
    waited = [curve[n] >= curve[:n].min() - 0.01 for n in range(len(curve) - patience, len(curve))]
    assert all(waited) and not curve[-patience - 1] >= curve[:-patience - 1].min() - 0.01


def test_n_iter_no_change_inf():
    X, y = digits(2, 100)
    model = MLPClassifier(4, tol=1e9, max_iter=40, n_iter_no_change=np.inf)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, y)
    assert model.n_iter_ == 40


def test_mlp_early_stopping_string_labels():
    X, y = make_classification(n_samples=200, n_features=10, n_classes=3, n_informative=5, random_state=42)
    labels = np.array(["class_a", "class_b", "class_c"], dtype=object)[y]
    model = MLPClassifier(early_stopping=True, max_iter=50, random_state=42).fit(X, labels)
    assert len(model.validation_scores_) == model.n_iter_
    assert np.isfinite(model.validation_scores_).all()
    assert model.score(X, labels) > 0.8


@BOTH
def test_dtypes_casting(estimator):
    X, y = digits(10, 400)
    fits = [estimator((5, 3), random_state=1, max_iter=50).fit(X[:300].astype(dtype), y[:300]) for dtype in "fd"]
    np.testing.assert_allclose(fits[0].predict(X[300:].astype("f")), fits[1].predict(X[300:]), rtol=5e-4)


@BOTH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mlp_param_dtypes(estimator, dtype):
    X, y = digits(2, 100)
    model = estimator((5, 3), random_state=1, max_iter=2).fit(X.astype(dtype), y)
    assert all(part.dtype == dtype for part in model.coefs_ + model.intercepts_)
    if estimator is MLPRegressor:
        assert model.predict(X.astype(dtype)).dtype == dtype


def test_mlp_loading_from_joblib_partial_fit(tmp_path):
    model = MLPRegressor(42, random_state=42, solver="adam", learning_rate_init=0.05, max_iter=50).fit([[2]], [4])
    assert model.predict([[2]]) == pytest.approx(4, abs=0.05)
    joblib.dump(model, tmp_path / "mlp.pkl")
    loaded = joblib.load(tmp_path / "mlp.pkl")
    for _ in range(200):
        loaded.partial_fit([[2]], [1])
    assert loaded.predict([[2]]) == pytest.approx(1, abs=0.05)


@BOTH
def test_preserve_feature_names(estimator):
    pandas = pytest.importorskip("pandas")
    X = pandas.DataFrame(np.random.RandomState(0).randn(10, 2), columns=["colname_a", "colname_b"])
    y = pandas.Series([0, 1] * 5, name="colname_y")
    model = estimator(early_stopping=True, validation_fraction=0.2)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.fit(X, y)
    assert list(model.feature_names_in_) == ["colname_a", "colname_b"]


@BOTH
def test_mlp_warm_start_with_early_stopping(estimator):
    model = estimator(4, max_iter=10, random_state=0, warm_start=True, early_stopping=True).fit(*IRIS)
    before = model.validation_scores_[:]
    model.set_params(max_iter=20).fit(*IRIS)
    assert model.validation_scores_[:len(before)] == before
    assert len(model.validation_scores_) == len(before) + model.n_iter_


@BOTH
@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_mlp_warm_start_no_convergence(estimator, solver):
    model = estimator(4, solver=solver, learning_rate_init=1e-3, warm_start=True, max_iter=10, n_iter_no_change=np.inf,
                      tol=1e-4, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(*IRIS)
    assert model.n_iter_ == 10
    with pytest.warns(ConvergenceWarning):
        model.set_params(max_iter=20).fit(*IRIS)
    assert model.n_iter_ == 20


@BOTH
def test_mlp_partial_fit_after_fit(estimator):
    model = estimator(4, early_stopping=True, max_iter=5, random_state=0).fit(*IRIS)
    with pytest.raises(ValueError, match="partial_fit does not support early_stopping=True"):
        model.partial_fit(*IRIS)


def test_mlp_sample_weight_with_early_stopping():
    X, y = make_regression(n_samples=100, n_features=2, n_informative=2, random_state=42)
    options = dict(hidden_layer_sizes=10, solver="adam", early_stopping=True, learning_rate_init=0.01, batch_size=10,
                   random_state=42)
    weighted = MLPRegressor(**options).fit(X, y, sample_weight=np.ones_like(y))
    np.testing.assert_allclose(weighted.predict(X), MLPRegressor(**options).fit(X, y).predict(X))
