"""scikit-learn: MLPClassifier and MLPRegressor. One activation serves all hidden layers there: ReLU."""

from __future__ import annotations

import time
import warnings

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier, MLPRegressor

import peer

warnings.filterwarnings("ignore")  # that the few epochs it was asked for may not be enough
sklearn.set_config(assume_finite=True)  # spares it a look at every input


def model_of(job: peer.Job, epochs: int):
    kind = MLPClassifier if job["layers"].endswith("softmax") else MLPRegressor
    return kind(
        hidden_layer_sizes=[fan_out for _, fan_out, _ in peer.layers_of(job)[:-1]],
        activation="relu",
        solver=job["optimizer"],
        learning_rate_init=job["learning_rate"],
        learning_rate="constant",
        momentum=0.0,
        nesterovs_momentum=False,
        alpha=0.0,
        batch_size=job["batch_size"],
        max_iter=epochs,
        tol=0.0,
        n_iter_no_change=epochs + 1,
        random_state=1,
    )


def train(job: peer.Job) -> dict:
    (X, Y), test = peer.read_data(job)
    model = model_of(job, job["epochs"])
    start = time.perf_counter()
    model.fit(X, Y.reshape(len(Y)))
    seconds = (time.perf_counter() - start) / job["epochs"]  # fit() does not say what each took
    outputs = model.predict_proba(test[0]) if isinstance(model, MLPClassifier) else model.predict(test[0])
    return {"epoch_seconds": [seconds] * job["epochs"], "score": peer.score(outputs, test[1])}


def predict(job: peer.Job) -> dict:
    X = peer.inputs_to_predict(job)
    training = np.resize(X, (256, X.shape[1]))
    model = model_of(job | {"batch_size": 256, "learning_rate": 0.01}, epochs=1)
    model.fit(training, np.arange(256) % 10)
    return {"seconds": peer.median_seconds(lambda: model.predict_proba(X))}


if __name__ == "__main__":
    peer.serve(f"scikit-learn {sklearn.__version__}", train, predict)
