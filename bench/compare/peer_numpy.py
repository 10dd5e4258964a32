"""NumPy: the same network written by hand, float32, all parameters in one buffer, sums made in place."""

from __future__ import annotations

import time

import numpy as np

import peer

LEAK = np.float32(0.01)


class Network:
    """Parameters and their gradients as one buffer each, with a view of every layer's W and b."""

    def __init__(self, layers: list[tuple[int, int, str]], source: np.random.Generator):
        count = sum((fan_in + 1) * fan_out for fan_in, fan_out, _ in layers)
        self.activations = [activation for _, _, activation in layers]
        self.parameters, self.gradients = np.zeros(count, np.float32), np.zeros(count, np.float32)
        self.weights, self.weight_gradients = self.views(self.parameters, layers), self.views(
            self.gradients, layers
        )
        for (W, _), (fan_in, _, _) in zip(self.weights, layers):
            W[:] = source.standard_normal(W.shape, np.float32) * np.float32((2 / fan_in) ** 0.5)

    @staticmethod
    def views(buffer: np.ndarray, layers: list[tuple[int, int, str]]) -> list[tuple[np.ndarray, np.ndarray]]:
        views, at = [], 0
        for fan_in, fan_out, _ in layers:
            W = buffer[at : at + fan_in * fan_out].reshape(fan_in, fan_out)
            at += W.size
            views.append((W, buffer[at : at + fan_out]))
            at += fan_out
        return views

    def forward(self, X: np.ndarray) -> list[np.ndarray]:
        """The inputs and every layer's outputs."""
        outputs = [X]
        for (W, b), activation in zip(self.weights, self.activations):
            Z = outputs[-1] @ W
            Z += b
            outputs.append(activated(activation, Z))
        return outputs

    def backward(self, outputs: list[np.ndarray], dZ: np.ndarray) -> None:
        """Fills the gradients, from the last layer's `dZ`."""
        for i in reversed(range(len(self.weights))):
            dW, db = self.weight_gradients[i]
            np.matmul(outputs[i].T, dZ, out=dW)
            dZ.sum(0, out=db)
            if i > 0:
                dZ = dZ @ self.weights[i][0].T
                multiply_by_derivative(self.activations[i - 1], outputs[i], dZ)


def activated(activation: str, Z: np.ndarray) -> np.ndarray:
    """f(Z), in place where it can be."""
    if activation == "relu":
        return np.maximum(Z, 0, out=Z)
    if activation == "leaky_relu":
        return np.maximum(Z, LEAK * Z, out=Z)
    if activation == "softmax":
        Z -= Z.max(1, keepdims=True)
        np.exp(Z, out=Z)
        Z /= Z.sum(1, keepdims=True)
    return Z


def multiply_by_derivative(activation: str, A: np.ndarray, dA: np.ndarray) -> None:
    if activation == "relu":
        dA *= A > 0
    elif activation == "leaky_relu":
        np.multiply(dA, LEAK, out=dA, where=A <= 0)


def loss_gradient(A: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The gradient by the last layer's Z of softmax with cross entropy, or of the mean squared error."""
    if expected.dtype == np.int64:
        A[np.arange(len(A)), expected] -= 1
        A *= np.float32(1 / len(A))
        return A
    return (A - expected) * np.float32(2 / A.size)


class Sgd:
    def __init__(self, network: Network, rate: float):
        self.network, self.rate = network, np.float32(rate)

    def step(self) -> None:
        self.network.gradients *= self.rate
        self.network.parameters -= self.network.gradients


class Adam:
    def __init__(self, network: Network, rate: float):
        self.network, self.rate, self.steps = network, rate, 0
        self.m, self.v, self.scratch = (np.zeros_like(network.parameters) for _ in range(3))

    def step(self) -> None:
        self.steps += 1
        g, scratch = self.network.gradients, self.scratch
        correction = (1 - 0.999**self.steps) ** 0.5
        self.m *= np.float32(0.9)
        self.v *= np.float32(0.999)
        self.m += np.multiply(g, np.float32(0.1), out=scratch)
        np.multiply(g, g, out=scratch)
        scratch *= np.float32(0.001)
        self.v += scratch
        np.sqrt(self.v, out=scratch)
        scratch += np.float32(1e-8 * correction)
        np.divide(self.m, scratch, out=scratch)
        scratch *= np.float32(self.rate * correction / (1 - 0.9**self.steps))
        self.network.parameters -= scratch


def train(job: peer.Job) -> dict:
    (X, Y), test = peer.read_data(job)
    source = np.random.default_rng(1)
    network = Network(peer.layers_of(job), source)
    optimizer = (Adam if job["optimizer"] == "adam" else Sgd)(network, job["learning_rate"])
    seconds: list[float] = []
    while peer.another_epoch(job, seconds):
        order = source.permutation(len(X))
        start = time.perf_counter()
        for rows in peer.batches(order, job["batch_size"]):
            outputs = network.forward(X[rows])
            network.backward(outputs, loss_gradient(outputs[-1], Y[rows]))
            optimizer.step()
        seconds.append(time.perf_counter() - start)
    return {"epoch_seconds": seconds, "score": peer.score(network.forward(test[0])[-1], test[1])}


def predict(job: peer.Job) -> dict:
    X = peer.inputs_to_predict(job)
    network = Network(peer.layers_of(job), np.random.default_rng(1))
    return {"seconds": peer.median_seconds(lambda: network.forward(X)[-1])}


def about() -> str:
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return f"NumPy {np.__version__}"
    blas = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    kernels = [
        f"{pool['internal_api']} {pool['version']} {pool.get('architecture', '')}".strip() for pool in blas
    ]
    return f"NumPy {np.__version__} ({', '.join(kernels) or 'no BLAS found'})"


if __name__ == "__main__":
    peer.serve(about(), train, predict)
