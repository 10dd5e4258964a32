"""Callbacks, by themselves and in a fit."""

import io
import math
import pickle
import sys
import types

import numpy as np
import pytest

pytest.importorskip("sklearn", minversion="1.6")

from sklearn.datasets import load_iris  # noqa: E402

from mlp import MLPClassifier  # noqa: E402
from mlp.callbacks import (Callback, EarlyStopping, MLflowCallback, ProgressBar, WandbCallback,  # noqa: E402
                           as_callback)

X, Y = load_iris(return_X_y=True)


def fit(callbacks, **options):
    return MLPClassifier(4, **{"max_iter": 4, "random_state": 1, "callbacks": callbacks, **options}).fit(X, Y)


class Diary(Callback):
    def __init__(self):
        self.lines = []

    def on_start(self, settings):
        self.lines.append(("start", settings["epochs"]))

    def on_epoch(self, member, epoch, model):
        self.lines.append((member, epoch.epoch))

    def on_end(self, model):
        self.lines.append(("end", None if model is None else type(model).__name__))


def test_they_are_told_of_everything_in_order():
    diary = Diary()
    fit(diary)
    assert diary.lines == [("start", 4), (0, 1), (0, 2), (0, 3), (0, 4), ("end", "Model")]


def test_of_an_ensemble_they_are_told_of_each_member():
    diary = Diary()
    fit([diary], n_members=2)
    told = diary.lines[1:-1]
    assert sorted(told) == [(member, epoch) for member in (0, 1) for epoch in (1, 2, 3, 4)]


def test_they_are_told_of_an_error():
    diary = Diary()

    def fail(member, epoch, model):
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        fit([diary, fail])
    assert diary.lines == [("start", 4), (0, 1), ("end", None)]


def test_an_error_at_the_start_ends_those_that_had_started():
    class Fails(Callback):
        def on_start(self, settings):
            raise RuntimeError("no connection")

    diary = Diary()
    with pytest.raises(RuntimeError, match="no connection"):
        fit([diary, Fails()])
    assert diary.lines == [("start", 4), ("end", None)]


def test_false_stops_and_the_others_are_still_told():
    diary = Diary()
    model = fit([lambda member, epoch, model: epoch.epoch < 2, diary])
    assert model.n_iter_ == 2
    assert diary.lines[1:] == [(0, 1), (0, 2), ("end", "Model")]


def test_the_model_so_far_predicts():
    scores = []
    model = fit(lambda member, epoch, so_far: scores.append(so_far().outputs(X.astype(np.float32))))
    assert len(scores) == 4
    np.testing.assert_array_equal(scores[-1], model.predict_proba(X))
    assert not np.array_equal(scores[0], scores[-1])


def test_a_model_returned_at_the_end_is_kept():
    class First(Callback):
        def on_epoch(self, member, epoch, model):
            if epoch.epoch == 1:
                self.first = model()

        def on_end(self, model):
            return self.first

    callback = First()
    assert fit(callback).model_ is callback.first


def test_what_is_a_callback():
    assert as_callback(print).on_start({}) is None
    assert as_callback(types.SimpleNamespace(on_end=lambda model: 5)).on_end(None) == 5
    with pytest.raises(TypeError, match="on_start, on_epoch or on_end"):
        as_callback("print")


def epochs(figures):
    return [types.SimpleNamespace(epoch=n, validation_loss=figure) for n, figure in enumerate(figures, start=1)]


@pytest.mark.parametrize("figures, options, stops_at, best_epoch", [
    ([3, 2, 1, 1.5, 1.5], dict(patience=2), 5, 3),
    ([3, 2, 1, 1.5, 0.5, 0.6], dict(patience=2), None, 5),
    ([3, 2.9, 2.8, 2.7], dict(patience=2, min_delta=0.5), 3, 3),
    ([0.1, 0.5, 0.4], dict(patience=1, greater_is_better=True), 3, 2),
    ([math.nan, math.nan, 1.0], dict(patience=3), None, 3),
    ([math.nan, math.nan, math.nan, math.nan], dict(patience=3), 3, 0),
])
def test_early_stopping(figures, options, stops_at, best_epoch):
    callback = EarlyStopping(restore_best=True, **options)
    answers = []
    for epoch in epochs(figures):
        answers.append(callback.on_epoch(0, epoch, lambda: f"model of epoch {epoch.epoch}"))
        if answers[-1] is False:
            break
    assert (len(answers) if answers[-1] is False else None) == stops_at
    assert callback.best_epoch == best_epoch
    assert callback.on_end("last") == (f"model of epoch {best_epoch}" if best_epoch else None)
    callback.on_start({})
    assert callback.best_epoch == 0 and callback.best_model is None


def test_early_stopping_in_a_fit():
    model = fit(EarlyStopping("validation_metric", patience=2, greater_is_better=True, restore_best=True),
                max_iter=300, validation_fraction=0.3)
    scores = model.validation_scores_
    assert len(scores) < 300
    assert max(scores) == max(scores[:-2]) and scores.index(max(scores)) == len(scores) - 3


def test_progress_bar_with_tqdm():
    pytest.importorskip("tqdm")
    shown = io.StringIO()
    fit(ProgressBar(shown), validation_fraction=0.2)
    assert "4/4" in shown.getvalue() and "loss=" in shown.getvalue() and "validation=" in shown.getvalue()


def test_progress_bar_without_tqdm(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    shown = io.StringIO()
    fit(ProgressBar(shown))
    lines = shown.getvalue().split("\r")
    assert lines[1].startswith("1/4 epochs, loss=") and lines[-1].startswith("4/4 epochs") and lines[-1].endswith("\n")


def test_verbose_bar(capsys):
    fit(None, verbose="bar")
    assert "4/4" in capsys.readouterr().err


def test_a_progress_bar_can_be_sent_to_a_process():
    fit(pickle.loads(pickle.dumps(ProgressBar(io.StringIO()))))


def recorder(calls, name, result=None):
    def record(*arguments, **named):
        calls.append((name, arguments, named))
        return result
    return record


@pytest.mark.parametrize("active", [False, True])
def test_mlflow(monkeypatch, active):
    """The calls, by a stand-in: the package is large, and its own are as documented since 1.0."""
    calls = []
    names = ("start_run", "end_run", "log_params", "log_metrics")
    module = types.SimpleNamespace(active_run=lambda: "a run" if active else None,
                                   **{name: recorder(calls, name) for name in names})
    monkeypatch.setitem(sys.modules, "mlflow", module)
    fit(MLflowCallback(run_name="iris"), validation_fraction=0.2)
    expected = ["log_params", *["log_metrics"] * 4]
    assert [name for name, _, _ in calls] == (expected if active else ["start_run", *expected, "end_run"])
    by_name = {name: (arguments, named) for name, arguments, named in calls}
    assert by_name["log_params"][0][0]["network"] == "4:relu,3:softmax"
    (metrics,), named = by_name["log_metrics"]
    assert named == {"step": 4}
    assert {"train_loss", "validation_loss", "validation_metric", "learning_rate", "seconds"} == set(metrics)
    if not active:
        assert by_name["start_run"][1] == {"run_name": "iris"}


@pytest.mark.parametrize("active", [False, True])
def test_wandb(monkeypatch, active):
    calls = []
    run = types.SimpleNamespace(config=types.SimpleNamespace(update=recorder(calls, "config")),
                                log=recorder(calls, "log"), finish=recorder(calls, "finish"))
    module = types.SimpleNamespace(run=run if active else None, init=recorder(calls, "init", run))
    monkeypatch.setitem(sys.modules, "wandb", module)
    callback = WandbCallback(project="flowers", name="iris")
    fit(callback)
    expected = ["config", *["log"] * 4]
    assert [name for name, _, _ in calls] == (expected if active else ["init", *expected, "finish"])
    logged = [arguments[0] for name, arguments, _ in calls if name == "log"]
    assert [figures["epoch"] for figures in logged] == [1, 2, 3, 4]
    assert "validation_loss" not in logged[0]  # nothing is held out
    if not active:
        assert calls[0][2] == {"project": "flowers", "name": "iris"}
    pickle.loads(pickle.dumps(callback))
