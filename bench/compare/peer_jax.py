"""JAX on the CPU: a whole epoch is one jitted function, a lax.scan over its batches; XLA compiles it beforehand."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

THREADS = sys.argv[1] if __name__ == "__main__" else "1"
os.environ["NPROC"] = THREADS  # the size of XLA's thread pool, read when JAX starts
if THREADS == "1":
    os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_cpu_multi_thread_eigen=false".strip()
os.environ["JAX_PLATFORMS"] = "cpu"

import jax  # noqa: E402
import numpy as np  # noqa: E402
from jax import Array, lax  # noqa: E402
from jax import numpy as jnp  # noqa: E402

import peer  # noqa: E402

Parameters = list[tuple[Array, Array]]  # W [inputs, outputs] and b of each layer
State = tuple[Parameters, Parameters, Parameters, Array]  # with both moments of Adam, and steps so far

ACTIVATIONS = {"relu": jax.nn.relu, "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01)}


def initial_parameters(job: peer.Job) -> Parameters:
    source = np.random.default_rng(1)
    return [
        (
            jnp.asarray(source.standard_normal((fan_in, fan_out), np.float32) * np.float32((2 / fan_in) ** 0.5)),
            jnp.zeros(fan_out, jnp.float32),
        )
        for fan_in, fan_out, _ in peer.layers_of(job)
    ]


def forward(job: peer.Job) -> Callable[[Parameters, Array], Array]:
    """The network as a function of parameters and inputs, without the last softmax."""
    activations = [ACTIVATIONS.get(activation, lambda z: z) for _, _, activation in peer.layers_of(job)]

    def outputs(parameters: Parameters, x: Array) -> Array:
        for (W, b), activation in zip(parameters, activations):
            x = activation(x @ W + b)
        return x

    return outputs


def loss_of(job: peer.Job) -> Callable[[Parameters, Array, Array], Array]:
    outputs = forward(job)

    def squared_error(parameters: Parameters, x: Array, y: Array) -> Array:
        return jnp.mean((outputs(parameters, x) - y) ** 2)

    def cross_entropy(parameters: Parameters, x: Array, y: Array) -> Array:
        logarithms = jax.nn.log_softmax(outputs(parameters, x))
        return -jnp.mean(jnp.take_along_axis(logarithms, y[:, None], axis=1))

    return squared_error if job["data"] == "table" else cross_entropy


def sgd(rate: float) -> Callable[[State, Parameters], State]:
    def update(state: State, gradients: Parameters) -> State:
        parameters, m, v, steps = state
        return jax.tree.map(lambda w, g: w - rate * g, parameters, gradients), m, v, steps + 1

    return update


def adam(rate: float) -> Callable[[State, Parameters], State]:
    def update(state: State, gradients: Parameters) -> State:
        parameters, m, v, steps = state
        t = (steps + 1).astype(jnp.float32)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
        correction = jnp.sqrt(1 - 0.999**t)
        scale = rate * correction / (1 - 0.9**t)
        parameters = jax.tree.map(
            lambda w, m, v: w - scale * m / (jnp.sqrt(v) + 1e-8 * correction), parameters, m, v
        )
        return parameters, m, v, steps + 1

    return update


def epoch_of(job: peer.Job) -> Callable[[State, Array, Array, Array], tuple[State, Array]]:
    """All batches of the rows in `order`, the last of which may be shorter."""
    gradients_of = jax.value_and_grad(loss_of(job))
    update = (adam if job["optimizer"] == "adam" else sgd)(job["learning_rate"])
    size = job["batch_size"]

    def epoch(state: State, X: Array, Y: Array, order: Array) -> tuple[State, Array]:
        def step(state: State, rows: Array) -> tuple[State, Array]:
            x, y = (values.at[rows].get(mode="promise_in_bounds") for values in (X, Y))
            loss, gradients = gradients_of(state[0], x, y)
            return update(state, gradients), loss

        whole = len(order) // size * size
        state, losses = lax.scan(step, state, order[:whole].reshape(-1, size))
        if whole < len(order):
            state, _ = step(state, order[whole:])
        return state, losses

    return epoch


def initial_state(job: peer.Job) -> State:
    parameters = initial_parameters(job)
    m, v = (jax.tree.map(jnp.zeros_like, parameters) for _ in range(2))
    return parameters, m, v, jnp.zeros((), jnp.int32)


def train(job: peer.Job) -> dict:
    (X, Y), test = peer.read_data(job)
    labels = Y.astype(np.int32) if Y.dtype == np.int64 else Y
    arrays = jnp.asarray(X), jnp.asarray(labels)
    source = np.random.default_rng(1)

    def drawn_order() -> Array:
        return jax.block_until_ready(jnp.asarray(source.permutation(len(X)).astype(np.int32)))

    epoch = jax.jit(epoch_of(job), donate_argnums=0)
    jax.block_until_ready(epoch(initial_state(job), *arrays, drawn_order()))  # compiles, warms up; thrown away
    state = jax.block_until_ready(initial_state(job))
    seconds: list[float] = []
    while peer.another_epoch(job, seconds):
        order = drawn_order()
        start = time.perf_counter()
        state, losses = jax.block_until_ready(epoch(state, *arrays, order))
        seconds.append(time.perf_counter() - start)
    outputs = forward(job)(state[0], jnp.asarray(test[0]))
    return {"epoch_seconds": seconds, "score": peer.score(np.asarray(outputs), test[1])}


def predict(job: peer.Job) -> dict:
    outputs = forward(job)
    x = jnp.asarray(peer.inputs_to_predict(job))
    parameters = initial_parameters(job)
    call = jax.jit(lambda parameters, x: jax.nn.softmax(outputs(parameters, x)))
    return {"seconds": peer.median_seconds(lambda: call(parameters, x).block_until_ready())}


if __name__ == "__main__":
    held = [flag for flag in os.environ.get("XLA_FLAGS", "").split() if "max_isa" in flag]
    peer.serve(f"JAX {jax.__version__} ({held[0] if held else 'XLA for this CPU'})", train, predict)
