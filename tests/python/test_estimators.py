"""The estimators: what they add to scikit-learn's, and that they work where scikit-learn's do."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")

import joblib  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.datasets import load_digits, load_iris, make_classification, make_regression  # noqa: E402
from sklearn.metrics import accuracy_score, r2_score  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_score  # noqa: E402
from sklearn.neural_network import MLPClassifier as TheirClassifier  # noqa: E402
from sklearn.neural_network import MLPRegressor as TheirRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

import mlp  # noqa: E402
from mlp import MLPClassifier, MLPRegressor, _core  # noqa: E402

BOTH = pytest.mark.parametrize("estimator", [MLPClassifier, MLPRegressor], ids=lambda e: e.__name__)
IRIS = load_iris(return_X_y=True)


def numbers(rows=200, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(rows, 4)) * [1, 10, 0.1, 1] + [0, 100, 0, 1]
    return X, X[:, 0] * 3 + np.sin(X[:, 3] * 3) + 50


class Settings:
    """A callback that keeps what a training was started with."""

    def on_start(self, settings):
        Settings.last = settings


def settings_of(estimator, X=IRIS[0], y=IRIS[1], **others):
    estimator.set_params(callbacks=Settings(), max_iter=1, **others).fit(X, y)
    return Settings.last


# What parameters mean.


def test_parameters_left_out_are_the_recipes():
    X, y = IRIS
    recipe = _core.recipe_for(_core.Dataset.from_arrays(X.astype(np.float32), labels=y.astype(np.int32),
                                                        class_names=["0", "1", "2"]))
    seen = settings_of(MLPClassifier())
    assert (seen["layers"], seen["loss"], seen["schedule"]) == (recipe.layers, recipe.loss, recipe.schedule)
    assert seen["batch_size"] == recipe.batch_size
    assert seen["optimizer"].startswith(recipe.optimizer.rstrip(")"))
    assert f"learning_rate={recipe.learning_rate!r}" in seen["optimizer"]
    assert MLPClassifier(random_state=1).fit(X, y).n_iter_ == recipe.epochs


@pytest.mark.parametrize("given, layers", [
    (dict(hidden_layer_sizes=7), "7:relu,3:softmax"),
    (dict(hidden_layer_sizes=(7, 5)), "7:relu,5:relu,3:softmax"),
    (dict(hidden_layer_sizes=()), "3:softmax"),
    (dict(hidden_layer_sizes=(7, 5), activation="logistic"), "7:sigmoid,5:sigmoid,3:softmax"),
    (dict(hidden_layer_sizes=(7, 5), activation=["gelu", "identity"]), "7:gelu,5:linear,3:softmax"),
    (dict(hidden_layer_sizes=(7, 5), dropout=0.25), "7:relu:0.25,5:relu:0.25,3:softmax"),
    (dict(hidden_layer_sizes=(7, 5), dropout=[0, 0.5]), "7:relu,5:relu:0.5,3:softmax"),
    (dict(hidden_layer_sizes=(7,), activation="leaky_relu(0.2)", dropout=0.1), "7:leaky_relu(0.2):0.1,3:softmax"),
    (dict(hidden_layer_sizes=np.array([7, 5])), "7:relu,5:relu,3:softmax"),
])
def test_layers(given, layers):
    assert settings_of(MLPClassifier(**given))["layers"] == layers


def test_an_activation_alone_goes_with_the_recipes_sizes():
    sizes = [layer.split(":")[0] for layer in settings_of(MLPClassifier())["layers"].split(",")]
    changed = settings_of(MLPClassifier(activation="tanh"))["layers"].split(",")
    assert [layer.split(":")[0] for layer in changed] == sizes
    assert all(layer.split(":")[1] == "tanh" for layer in changed[:-1])


@pytest.mark.parametrize("given, optimizer", [
    (dict(solver="adam"), "adam"),
    (dict(solver="adam", beta_1=0.8, epsilon=1e-6), "adam(beta1=0.8,epsilon=1e-06)"),
    (dict(solver="adam", learning_rate_init=0.01), "adam(learning_rate=0.01)"),
    (dict(solver="sgd"), "nesterov(momentum=0.9)"),
    (dict(solver="sgd", nesterovs_momentum=False, momentum=0.5), "momentum(momentum=0.5)"),
    (dict(solver="sgd", momentum=0, learning_rate_init=1), "sgd(learning_rate=1.0)"),
    (dict(solver="adamw(weight_decay=0.3)", beta_2=0.9), "adamw(weight_decay=0.3,beta2=0.9)"),
    (dict(solver="adamw(weight_decay=0.3)", weight_decay=0.1), "adamw(weight_decay=0.1)"),
])
def test_optimizers(given, optimizer):
    assert settings_of(MLPClassifier(4, **given))["optimizer"] == optimizer


def test_alpha_is_divided_by_the_rows_of_a_batch():
    assert settings_of(MLPClassifier(4, alpha=0.5, batch_size=10))["l2"] == 0.05


@BOTH
@pytest.mark.parametrize("given, words", [
    (dict(solver="lbfgs"), "solver='lbfgs' is not offered.*solver=None"),
    (dict(solver="adma"), "adma"),
    (dict(activation="rleu"), "rleu"),
    (dict(activation=["relu", "relu", "relu"]), "3 entries for 1 hidden layer"),
    (dict(hidden_layer_sizes=(3, 0)), r"hidden_layer_sizes must be > 0, got \[3, 0\]"),
    (dict(learning_rate="one_circle"), "one_circle"),
    (dict(max_iter=0), "max_iter must be an integer of at least 1, not 0"),
    (dict(max_iter=2.5), "max_iter"),
    (dict(batch_size=0), "batch_size"),
    (dict(alpha=-1), "alpha must be a number of at least 0, not -1"),
    (dict(learning_rate_init=-1), "learning_rate_init"),
    (dict(tol=-1), "tol"),
    (dict(n_iter_no_change=0), "n_iter_no_change"),
    (dict(n_members=0), "n_members"),
    (dict(n_members=2, tol=1e-4), "n_members is 2"),
    (dict(validation_fraction=1.0), "validation_fraction must be below 1"),
    (dict(early_stopping=True, validation_fraction=0), "early_stopping needs rows"),
    (dict(random_state=-1), "random_state"),
    (dict(dropout=2), "dropout"),
    (dict(callbacks=3), "callback"),
])
def test_parameters_that_cannot_be(estimator, given, words):
    with pytest.raises((ValueError, TypeError), match=words):
        estimator(**{"hidden_layer_sizes": 4, "max_iter": 2, **given}).fit(*IRIS)


def test_the_poisson_loss_is_refused_with_another_way():
    with pytest.raises(ValueError, match="TransformedTargetRegressor"):
        MLPRegressor(4, loss="poisson").fit(*IRIS)


def test_losses():
    assert settings_of(MLPClassifier(4, loss="log_loss"))["loss"] == "cross_entropy"
    assert settings_of(MLPRegressor(4, loss="huber(0.5)"))["loss"] == "huber(0.5)"
    X, y = numbers()
    assert MLPRegressor(32, loss="mean_absolute_error", random_state=1).fit(X, y).score(X, y) > 0.9


def test_divergence_is_an_error_that_says_so():
    with pytest.raises(mlp.DivergenceError):
        MLPRegressor(100, "identity", solver="sgd", learning_rate="constant", learning_rate_init=1e4).fit(*numbers())


# The same bits.


@BOTH
def test_a_seed_is_the_whole_of_chance(estimator):
    fits = [estimator(8, max_iter=5, random_state=seed, n_jobs=jobs).fit(*IRIS) for seed, jobs in ((3, 1), (3, 2), (4, 1))]
    for one, other in zip(fits[0].coefs_, fits[1].coefs_):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(fits[0].coefs_[0], fits[2].coefs_[0])


def test_a_generator_is_drawn_from():
    generator = np.random.default_rng(5)
    first, second = (MLPClassifier(4, max_iter=2, random_state=generator).fit(*IRIS).coefs_[0] for _ in range(2))
    again = MLPClassifier(4, max_iter=2, random_state=np.random.default_rng(5)).fit(*IRIS).coefs_[0]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, second)


def test_the_librarys_own_training_makes_the_same_bits():
    X, y = numbers()
    model = MLPRegressor(16, "gelu", solver="adam", learning_rate="cosine", max_iter=7, validation_fraction=0.1,
                         random_state=11).fit(X, y)
    data = _core.Dataset.from_arrays(X.astype(np.float32), targets=y[:, None].astype(np.float32), target_names=["y"])
    recipe = _core.recipe_for(data)
    trained = _core.train(_core.Network("16:gelu,1:linear", 4), data, loss=recipe.loss, optimizer="adam", schedule="cosine",
                          epochs=7, batch_size=recipe.batch_size, validation_fraction=0.1, seed=11)
    for ours, theirs in zip(model.model_.weights, trained.model.weights):
        np.testing.assert_array_equal(ours, theirs)
    assert model.loss_curve_ == [epoch.train_loss for epoch in trained.history]


def test_in_one_batch_order_and_repetition_do_not_matter():
    X, y = IRIS[0][::6], IRIS[1][::6]
    weights = np.arange(len(X)) % 3
    order = np.random.default_rng(0).permutation(len(X))
    options = dict(hidden_layer_sizes=8, max_iter=20, batch_size=len(X) * 2, random_state=0)
    one = MLPClassifier(**options).fit(X.repeat(weights, axis=0), y.repeat(weights))
    two = MLPClassifier(**options).fit(X[order], y[order], sample_weight=weights[order])
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))


# What was learned.


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("target", ["numbers", "several numbers", "two classes", "three classes", "labels"])
def test_scikit_learns_forward_pass_on_coefs_is_predict(activation, target):
    """coefs_ and intercepts_ refer to X and y as given: scaling is folded into them."""
    X, y = numbers()
    ranks = y.argsort().argsort()
    y = {"numbers": y, "several numbers": np.c_[y, -y * 1000 + 7], "two classes": ranks < 90, "three classes": ranks % 3,
         "labels": np.c_[ranks < 90, ranks % 2].astype(int)}[target]
    is_regression = "numbers" in target
    ours = (MLPRegressor if is_regression else MLPClassifier)((6, 5), activation, max_iter=10, random_state=1).fit(X, y)
    theirs = (TheirRegressor if is_regression else TheirClassifier)(hidden_layer_sizes=(6, 5), activation=activation,
                                                                    max_iter=1, solver="sgd", learning_rate_init=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(X, y)
    assert theirs.out_activation_ == ours.out_activation_
    assert theirs.n_layers_ == ours.n_layers_ and theirs.n_outputs_ == ours.n_outputs_
    assert [w.shape for w in theirs.coefs_] == [w.shape for w in ours.coefs_]
    theirs.coefs_, theirs.intercepts_ = ours.coefs_, ours.intercepts_
    method = "predict" if is_regression else "predict_proba"
    expected, actual = getattr(theirs, method)(X), getattr(ours, method)(X)
    scale = np.std(expected, axis=0)
    assert np.max(np.abs(actual - expected) / np.maximum(scale, 1e-3)) < 2e-5


def test_coefs_of_bytes():
    X, y = load_digits(return_X_y=True)
    X = (X * 15).astype(np.uint8)
    model = MLPClassifier(16, "relu", max_iter=5, random_state=1).fit(X, y)
    hidden = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0)
    np.testing.assert_array_equal((hidden @ model.coefs_[1] + model.intercepts_[1]).argmax(axis=1), model.predict(X))
    assert model.score(X, y) > 0.9


def test_attributes_before_and_after_fitting():
    model = MLPClassifier(4, max_iter=3)
    assert not hasattr(model, "coefs_") and not hasattr(model, "loss_curve_")
    model.fit(*IRIS)
    assert (model.n_iter_, model.n_layers_, model.n_outputs_, model.n_features_in_, model.t_) == (3, 3, 3, 4, 450)
    assert model.out_activation_ == "softmax"
    assert model.loss_ == model.loss_curve_[-1]
    assert isinstance(model.model_, mlp.Model)


def test_classes_are_what_they_were():
    X, y = IRIS
    for names in (["b", "a", "c"], [10, -3, 7], [2.0, 1.0, 0.0]):
        labels = np.array(names)[y]
        model = MLPClassifier(random_state=1).fit(X, labels)
        np.testing.assert_array_equal(model.classes_, np.unique(names))
        assert model.predict(X).dtype == labels.dtype
        assert model.score(X, labels) > 0.9
    flags = y == 1
    assert MLPClassifier(8, random_state=1).fit(X, flags).predict(X).dtype == bool


@pytest.mark.parametrize("dtype, expected", [("Int64", np.int64), ("boolean", bool), ("category", np.int64)])
def test_classes_of_pandas_own_types(dtype, expected):
    pandas = pytest.importorskip("pandas")
    X, y = IRIS
    y = pandas.Series(y == 1 if dtype == "boolean" else y, dtype=dtype)
    model = MLPClassifier(8, max_iter=3, random_state=1).fit(X, y)
    assert model.classes_.dtype == model.predict(X).dtype == expected


def test_one_class_is_nothing_to_tell_apart():
    with pytest.raises(ValueError, match=r"only one class: \['a'\]"):
        MLPClassifier().fit([[1], [2]], ["a", "a"])


# Weights.


def test_sample_weights_count():
    X = np.repeat([[0.0], [1.0]], 100, axis=0)
    y = np.tile([0.0, 10.0], 100)
    weights = np.where(y == 0, 3.0, 1.0)
    model = MLPRegressor(4, max_iter=300, random_state=1).fit(X, y, sample_weight=weights)
    np.testing.assert_allclose(model.predict([[0.0], [1.0]]), 2.5, atol=0.3)
    with pytest.raises(ValueError, match="[Nn]egative"):
        model.fit(X, y, sample_weight=-weights)
    with pytest.raises(ValueError, match="sample_weight"):
        model.fit(X, y, sample_weight=weights[1:])


def test_class_weights_count():
    X, y = make_classification(500, weights=[0.95], flip_y=0.1, class_sep=0.5, random_state=1)
    recall = {}
    for weights in (None, "balanced", {0: 1, 1: 100}):
        model = MLPClassifier(4, class_weight=weights, alpha=1, random_state=1).fit(X, y)
        recall[str(weights)] = model.predict(X)[y == 1].mean()
    assert recall["None"] < recall["balanced"] <= recall["{0: 1, 1: 100}"]


def test_class_and_sample_weights_multiply():
    X, y = IRIS
    options = dict(hidden_layer_sizes=4, max_iter=3, random_state=1)
    both = MLPClassifier(class_weight={0: 2, 1: 1, 2: 1}, **options).fit(X, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    product = MLPClassifier(**options).fit(X, y, sample_weight=np.array([2.0, 3.0, 1.0])[y])
    np.testing.assert_array_equal(both.coefs_[0], product.coefs_[0])


# Validation.


@BOTH
def test_given_validation_rows(estimator):
    X, y = IRIS
    order = np.random.default_rng(0).permutation(len(X))
    train, held_out = order[:100], order[100:]
    model = estimator(8, max_iter=20, random_state=1).fit(X[train], y[train], X_val=X[held_out], y_val=y[held_out])
    assert len(model.validation_loss_curve_) == 20
    score = accuracy_score if estimator is MLPClassifier else r2_score
    assert model.validation_scores_[-1] == pytest.approx(score(y[held_out], model.predict(X[held_out])), abs=1e-5)
    alone = estimator(8, max_iter=20, random_state=1).fit(X[train], y[train])
    np.testing.assert_array_equal(alone.coefs_[0], model.coefs_[0])  # they are only looked at
    stopped = estimator(8, max_iter=500, learning_rate="constant", early_stopping=True, n_iter_no_change=5, random_state=1)
    stopped.fit(X[train], y[train], X_val=X[held_out], y_val=y[held_out])
    assert stopped.n_iter_ < 500
    best = int(np.argmin(stopped.validation_loss_curve_))
    assert best == stopped.n_iter_ - 6
    assert stopped.validation_scores_[best] == pytest.approx(score(y[held_out], stopped.predict(X[held_out])), abs=1e-5)


def test_validation_needs_both():
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        MLPClassifier().fit(*IRIS, X_val=IRIS[0])


def test_several_targets_scores():
    X, y = numbers()
    Y = np.c_[y, 5 * y + X[:, 3]]
    model = MLPRegressor(8, max_iter=20, random_state=1).fit(X[:150], Y[:150], X_val=X[150:], y_val=Y[150:])
    expected = r2_score(Y[150:], model.predict(X[150:]), multioutput="variance_weighted")
    assert model.validation_scores_[-1] == pytest.approx(expected, abs=1e-5)


def test_validation_rows_that_are_drawn():
    X, y = numbers()
    model = MLPRegressor(8, max_iter=30, validation_fraction=0.2, random_state=1).fit(X, y)
    assert len(model.validation_scores_) == 30
    assert 0.7 < model.validation_scores_[-1] < 1
    assert MLPRegressor(8, max_iter=3, random_state=1).fit(X, y).validation_scores_ is None
    assert MLPRegressor(8, max_iter=3, validation_fraction="auto", random_state=1).fit(X, y).validation_scores_ is not None


def test_early_stopping_keeps_the_best_with_tol_too():
    X, y = load_digits(return_X_y=True)
    for tol in (None, 1e-3):
        model = MLPClassifier(16, early_stopping=True, n_iter_no_change=3, learning_rate="constant", tol=tol, max_iter=300,
                              random_state=1).fit(X[:900], y[:900], X_val=X[900:], y_val=y[900:])
        best = int(np.argmin(model.validation_loss_curve_))
        assert model.n_iter_ < 300
        assert model.validation_scores_[best] == pytest.approx(model.score(X[900:], y[900:]), abs=1e-6)


def test_an_adaptive_rate_with_early_stopping():
    """The rate falls where the fit would have stopped, and the best model is kept."""
    X, y = load_digits(return_X_y=True)
    rates = []
    model = MLPClassifier(16, solver="sgd", learning_rate="adaptive", learning_rate_init=0.05, early_stopping=True,
                          n_iter_no_change=2, max_iter=1000, random_state=1,
                          callbacks=lambda member, epoch, model: rates.append(epoch.learning_rate))
    model.fit(X[:900], y[:900], X_val=X[900:], y_val=y[900:])
    assert rates[0] == pytest.approx(0.05) and rates[-1] <= 1e-6
    best = int(np.argmin(model.validation_loss_curve_))
    assert model.validation_scores_[best] == pytest.approx(model.score(X[900:], y[900:]), abs=1e-6)


# Ensembles.


def test_an_ensemble_is_the_mean_of_its_members():
    X, y = numbers()
    ensemble = MLPRegressor(8, n_members=3, max_iter=5, random_state=7).fit(X, y)
    assert ensemble.model_.members == 3
    alone = [MLPRegressor(8, max_iter=5, random_state=seed).fit(X, y).predict(X) for seed in (7, 8, 9)]
    np.testing.assert_allclose(ensemble.predict(X), np.mean(alone, axis=0), rtol=1e-5)


# Pickles, clones, scikit-learn's tools.


@BOTH
def test_pickles_hold_the_models_file(estimator):
    model = estimator(4, max_iter=3, random_state=1).fit(*IRIS)
    bytes_ = pickle.dumps(model)
    assert model.model_.to_bytes() in bytes_
    again = pickle.loads(bytes_)
    np.testing.assert_array_equal(again.predict(IRIS[0]), model.predict(IRIS[0]))
    assert again.loss_curve_ == model.loss_curve_
    assert again.get_params() == model.get_params()
    with pytest.raises(Exception):
        pickle.loads(bytes_[:len(bytes_) // 2])


@BOTH
def test_clones_are_not_fitted(estimator):
    model = estimator(4, dropout=0.25, max_iter=3).fit(*IRIS)
    twin = clone(model)
    assert not hasattr(twin, "model_") and twin.get_params() == model.get_params()


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_grid_search_in_threads_and_processes(backend):
    grid = {"mlpclassifier__hidden_layer_sizes": [8, (16, 8)], "mlpclassifier__dropout": [None, 0.1]}
    pipeline = make_pipeline(StandardScaler(), MLPClassifier(solver="adam", learning_rate_init=0.02, max_iter=40,
                                                             random_state=1, n_jobs=1))
    with joblib.parallel_backend(backend, n_jobs=2):
        search = GridSearchCV(pipeline, grid, cv=3).fit(*IRIS)
    assert search.best_score_ > 0.9
    alone = GridSearchCV(pipeline, grid, cv=3).fit(*IRIS)
    np.testing.assert_array_equal(search.cv_results_["mean_test_score"], alone.cv_results_["mean_test_score"])


def test_cross_val_score():
    X, y = numbers()
    assert cross_val_score(MLPRegressor(32, random_state=1), X, y, cv=3).min() > 0.85


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_predictions_in_threads_and_processes(backend):
    X, y = IRIS
    model = MLPClassifier(8, max_iter=10, random_state=1).fit(X, y)
    with joblib.parallel_backend(backend, n_jobs=2):
        parts = joblib.Parallel()(joblib.delayed(model.predict)(X[start:start + 50]) for start in (0, 50, 100))
    np.testing.assert_array_equal(np.concatenate(parts), model.predict(X))


def test_training_leaves_other_threads_running():
    """The GIL is released."""
    X, y = load_digits(return_X_y=True)
    model = MLPClassifier((256, 256), max_iter=15, n_jobs=1, random_state=1)
    ticks = []
    thread = threading.Thread(target=model.fit, args=(X, y))
    thread.start()
    while thread.is_alive():
        ticks.append(time.perf_counter())
        time.sleep(0.002)
    assert len(ticks) > 5


# Ctrl-C.


@pytest.mark.skipif(os.name != "posix", reason="signals")
@BOTH
def test_ctrl_c_keeps_the_model_so_far(estimator):
    X, y = make_regression(4000, 50, random_state=0)
    y = y if estimator is MLPRegressor else y > 0
    model = estimator((64, 64), max_iter=100000, random_state=1)
    started = time.monotonic()
    model.set_params(callbacks=lambda *_: time.monotonic() - started < 60)  # where no signal comes, it ends all the same
    # In the background a shell has programs ignore Ctrl-C, and Python then leaves it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(1.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            model.fit(X, y)
    finally:
        signal.signal(signal.SIGINT, before)
    assert 0 < model.n_iter_ < 100000
    assert model.score(X, y) > 0.5


# Importing.


def test_scikit_learn_is_imported_when_it_is_needed():
    program = """
        import sys
        import mlp
        assert "sklearn" not in sys.modules
        mlp.MLPClassifier
        assert "sklearn" in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_without_scikit_learn_the_rest_works_and_the_estimators_say_what_to_install():
    program = """
        import sys
        sys.modules["sklearn"] = None  # as if it were not there
        import mlp
        from mlp import *
        assert "MLPClassifier" in dir(mlp)
        try:
            mlp.MLPClassifier
        except ImportError as error:
            assert "pip install 'scikit-learn>=1.6'" in str(error)
        else:
            raise AssertionError("no error")
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


@BOTH
def test_numbers_that_float32_cannot_tell_apart_are_warned_of(estimator):
    X, y = IRIS
    seconds = np.c_[X, 1.7e9 + X[:, 0]]
    with pytest.warns(UserWarning, match=r"columns \[4\] of X"):
        estimator(4, max_iter=2).fit(seconds, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        estimator(4, max_iter=2).fit(np.c_[X, 1.7e9 + X[:, 0] * 1e6, np.full(len(X), 1.7e9)], y)
        make_pipeline(StandardScaler(), estimator(4, max_iter=2)).fit(seconds, y)


# Tables.


def cars(rows=300, seed=4):
    pandas = pytest.importorskip("pandas")
    random = np.random.default_rng(seed)
    weight, origin = random.normal(1300, 300, rows), random.choice(["USA", "Japan", "Europe"], rows)
    frame = pandas.DataFrame({"weight": weight, "doors": random.integers(2, 6, rows), "origin": origin,
                              "diesel": random.random(rows) < 0.4})
    mpg = 50 - 0.015 * weight + 5 * (origin == "Japan") + 2 * frame["diesel"].to_numpy()
    frame.loc[random.random(rows) < 0.1, "weight"] = np.nan
    frame.loc[random.random(rows) < 0.1, "origin"] = None
    return frame, mpg


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_tables_with_texts_and_missing_cells(kind):
    frame, mpg = cars()
    if kind == "polars":
        table = pytest.importorskip("polars").from_pandas(frame)
    elif kind == "pyarrow":
        table = pytest.importorskip("pyarrow").Table.from_pandas(frame)
    else:
        table = frame
    model = MLPRegressor(random_state=1).fit(table, mpg)
    assert model.score(table, mpg) > 0.8
    np.testing.assert_array_equal(model.predict(table), MLPRegressor(random_state=1).fit(frame, mpg).predict(frame))
    assert model.n_features_in_ == 4
    assert {column.name: column.kind for column in model.model_.input_types} == {
        "weight": "numeric", "doors": "numeric", "origin": "categorical", "diesel": "boolean"}


@pytest.mark.parametrize("labels", [["thrifty", "thirsty", "none"], [10, 9, -1], [True, False, True], ["NA", "?", "x"],
                                    [1.0, 2.0, 10.0], ["10", "9", "1"]])  # sorted by value in a table, as texts by NumPy
def test_classes_of_tables_are_what_they_were(labels):
    frame, mpg = cars()
    y = np.array(labels)[np.digitize(mpg, [30, 34])]
    model = MLPClassifier(random_state=1).fit(frame, y)
    np.testing.assert_array_equal(model.classes_, np.unique(y))
    assert model.predict(frame).dtype == y.dtype
    assert model.score(frame, y) > 0.8
    np.testing.assert_array_equal(model.classes_[model.predict_proba(frame).argmax(axis=1)], model.predict(frame))


def test_categories_that_were_not_there_in_training():
    frame, mpg = cars()
    model = MLPRegressor(random_state=1).fit(frame, mpg)
    other = frame.head(3).assign(origin=["Mars", "Japan", None])
    assert np.isfinite(model.predict(other)).all()


def test_columns_that_are_left_out_are_told_of():
    frame, mpg = cars()
    frame["number"] = np.arange(len(frame))
    frame["always"] = 1.0
    model = MLPRegressor(max_iter=2).fit(frame, mpg)
    assert any("number" in note for note in model.notes_) and any("always" in note for note in model.notes_)


def test_a_table_of_numbers_is_an_array():
    pandas = pytest.importorskip("pandas")
    X, y = numbers()
    frame = pandas.DataFrame(X, columns=list("abcd"))
    model = MLPRegressor(8, max_iter=5, random_state=1).fit(frame, y)
    np.testing.assert_array_equal(model.predict(frame), MLPRegressor(8, max_iter=5, random_state=1).fit(X, y).predict(X))
    as_table = MLPRegressor(8, max_iter=30, as_table=True, random_state=1).fit(frame, y)
    assert [column.name for column in as_table.model_.input_types] == list("abcd")
    assert np.isfinite(as_table.predict(frame.mask(frame > 1))).all()
    with pytest.raises(ValueError, match="NaN"):
        model.predict(frame.mask(frame > 1))


def test_arrays_after_a_table_are_taken_by_position():
    pandas = pytest.importorskip("pandas")
    X, y = numbers()
    frame = pandas.DataFrame(X, columns=list("abcd")).mask(lambda cells: cells > 110)
    model = MLPRegressor(8, max_iter=5, random_state=1).fit(frame, y)
    with pytest.warns(UserWarning, match="feature names"):
        np.testing.assert_array_equal(model.predict(frame.to_numpy()), model.predict(frame))


def test_other_columns_are_an_error_that_names_them():
    frame, mpg = cars()
    model = MLPRegressor(max_iter=2).fit(frame, mpg)
    with pytest.raises(ValueError, match="doors"):
        model.predict(frame.drop(columns="doors"))


def test_a_table_may_have_a_column_called_like_the_target():
    pandas = pytest.importorskip("pandas")
    frame, mpg = cars()
    frame = frame.rename(columns={"weight": "y", "doors": "sample_weight"})
    model = MLPRegressor(max_iter=30, random_state=1).fit(frame, pandas.Series(mpg, name="y"), sample_weight=np.ones(len(mpg)))
    assert model.score(frame, mpg) > 0.7


def test_weights_with_tables():
    frame, mpg = cars()
    y = mpg > np.quantile(mpg, 0.95)
    assert (MLPClassifier(random_state=1, max_iter=30, class_weight="balanced").fit(frame, y).predict(frame).sum() >
            MLPClassifier(random_state=1, max_iter=30, class_weight={True: 0.01}).fit(frame, y).predict(frame).sum())


def test_several_targets_and_labels_of_tables():
    frame, mpg = cars()
    Y = np.c_[mpg, -mpg]
    assert MLPRegressor(random_state=1).fit(frame, Y).score(frame, Y) > 0.8
    labels = np.c_[mpg > 30, mpg < 35].astype(int)
    model = MLPClassifier(random_state=1).fit(frame, labels)
    assert model.predict(frame).shape == labels.shape
    assert (model.predict(frame) == labels).mean() > 0.9


@BOTH
def test_given_validation_rows_of_a_table(estimator):
    frame, mpg = cars()
    y = mpg if estimator is MLPRegressor else np.where(mpg > 31, "thrifty", "thirsty")
    options = dict(max_iter=60, random_state=1)
    model = estimator(**options).fit(frame[:200], y[:200], X_val=frame[200:], y_val=y[200:])
    assert len(model.validation_loss_curve_) == 60
    assert model.validation_scores_[-1] == pytest.approx(model.score(frame[200:], y[200:]), abs=1e-5)
    alone = estimator(**options).fit(frame[:200], y[:200])
    np.testing.assert_array_equal(alone.predict(frame), model.predict(frame))
    stopped = estimator(early_stopping=True, learning_rate="constant", n_iter_no_change=3, max_iter=500, random_state=1)
    stopped.fit(frame[:200], y[:200], X_val=frame[200:], y_val=y[200:])
    best = int(np.argmin(stopped.validation_loss_curve_))
    assert stopped.n_iter_ == best + 4
    assert stopped.validation_scores_[best] == pytest.approx(stopped.score(frame[200:], y[200:]), abs=1e-5)


def test_a_table_in_scikit_learns_tools():
    frame, mpg = cars()
    scores = cross_val_score(MLPRegressor(max_iter=60, random_state=1), frame, mpg, cv=3)
    assert scores.min() > 0.6
    again = pickle.loads(pickle.dumps(MLPRegressor(max_iter=2, random_state=1).fit(frame, mpg)))
    assert np.isfinite(again.predict(frame)).all()


def test_warm_start_with_a_table():
    frame, mpg = cars()
    model = MLPRegressor(max_iter=5, warm_start=True, random_state=1).fit(frame, mpg)
    first = model.loss_curve_[0]
    model.fit(frame, mpg)
    assert len(model.loss_curve_) == 10 and model.loss_curve_[5] < first
    with pytest.raises(ValueError, match="fitted to a table"):
        model.partial_fit(frame.select_dtypes("number").fillna(0), mpg)
