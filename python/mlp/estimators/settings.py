"""From an estimator's parameters to the texts and numbers that the library trains with.

What is not given (``None``) is as the recipe of the command line has it for such data.
"""

from __future__ import annotations

import dataclasses
import numbers
from typing import Any, Mapping, Sequence

import numpy as np

#: scikit-learn's names, in the library's words; every other name is the library's own.
ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}
LOSSES = {"log_loss": "cross_entropy"}
#: What ``learning_rate`` may say besides the library's schedules: decided from epoch to epoch.
EPOCHWISE_RATES = ("invscaling", "adaptive")


@dataclasses.dataclass(frozen=True)
class Settings:
    """What one training is run with: everything but the data."""

    layers: str
    initializer: str | None
    loss: str
    optimizer: str
    schedule: str  # one of the library's, or of EPOCHWISE_RATES
    epochs: int
    batch_size: int
    l2: float
    clip_norm: float


def is_given(value: Any) -> bool:
    """Whether a parameter says something of its own rather than "as the recipe has it"."""
    return value is not None and not (isinstance(value, str) and value == "auto")


def checked_number(name: str, value: Any, low: float, high: float = np.inf, *, whole: bool = False) -> Any:
    """``value``, a number in [low, high]; else a ValueError that names the parameter."""
    kind = numbers.Integral if whole else numbers.Real
    if isinstance(value, kind) and not isinstance(value, (bool, np.bool_)) and low <= value <= high:
        return int(value) if whole else float(value)
    expected = f"{'an integer' if whole else 'a number'} of at least {low:g}"
    if high != np.inf:
        expected += f" and at most {high:g}"
    raise ValueError(f"{name} must be {expected}, not {value!r}")


def settings_of(params: Mapping[str, Any], recipe: Any, output: str, loss: str | None = None) -> Settings:
    """The settings that an estimator's parameters and a recipe make together.

    Parameters
    ----------
    params : mapping
        The estimator's parameters.
    recipe : mlp._core.Recipe
        What the command line would do.
    output : str
        The last layer, as in "10:softmax".
    loss : str, optional
        The loss where no other is asked for; the recipe's if left out.
    """
    batch_size = recipe.batch_size
    if is_given(params["batch_size"]):
        batch_size = checked_number("batch_size", params["batch_size"], 1, whole=True)
    epochs = recipe.epochs
    if is_given(params["max_iter"]):
        epochs = checked_number("max_iter", params["max_iter"], 1, whole=True)
    alpha = 0.0 if params["alpha"] is None else checked_number("alpha", params["alpha"], 0)
    asked_loss = params["loss"]
    if asked_loss == "poisson":
        raise ValueError("loss='poisson' is not offered; take 'squared_error', 'mean_absolute_error' or 'huber', "
                         "perhaps of the targets' logarithm (sklearn.compose.TransformedTargetRegressor)")
    initializer = params["initializer"] if params["initializer"] is not None else recipe.initializer
    return Settings(
        layers=",".join([*_hidden_layers(params, recipe.layers), output]),
        initializer=initializer or None,
        loss=LOSSES.get(asked_loss, asked_loss) if is_given(asked_loss) else loss or recipe.loss,
        optimizer=optimizer_text(params, recipe),
        schedule=params["learning_rate"] if is_given(params["learning_rate"]) else recipe.schedule,
        epochs=epochs,
        batch_size=batch_size,
        # scikit-learn divides the penalty by the number of rows in a batch.
        l2=alpha / batch_size,
        clip_norm=checked_number("clip_norm", params["clip_norm"], 0),
    )


def _hidden_layers(params: Mapping[str, Any], recipe_layers: str) -> list[str]:
    """As ["64:relu:0.1", "32:relu"]."""
    sizes, activation, dropout = params["hidden_layer_sizes"], params["activation"], params["dropout"]
    if is_given(sizes):
        sizes = [sizes] if isinstance(sizes, numbers.Integral) else list(sizes)
        if any(not isinstance(size, numbers.Integral) or size <= 0 for size in sizes):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {sizes}.")
        layers = [[str(int(size)), "relu", ""] for size in sizes]
    else:
        layers = [(text.split(":") + [""])[:3] for text in _split_outside_brackets(recipe_layers)[:-1]]
    if is_given(activation):
        for layer, name in zip(layers, _each("activation", activation, len(layers))):
            if not isinstance(name, str):
                raise ValueError(f"activation must be a name such as 'relu', or one for each hidden layer, not {name!r}")
            layer[1] = ACTIVATIONS.get(name, name)
    if is_given(dropout):
        for layer, share in zip(layers, _each("dropout", dropout, len(layers))):
            share = checked_number("dropout", share, 0, 1)
            layer[2] = repr(share) if share > 0 else ""
    return [":".join(part for part in layer if part) for layer in layers]


def _each(name: str, value: Any, count: int) -> Sequence[Any]:
    """The value for each of ``count`` layers: one for all, or a sequence of as many."""
    if isinstance(value, (str, numbers.Real)):
        return [value] * count
    values = list(value)
    if len(values) != count:
        raise ValueError(f"{name} has {len(values)} entries for {count} hidden layers; give one for each, or one for all")
    return values


def _split_outside_brackets(text: str) -> list[str]:
    """At the commas that separate, as in "64:elu(0.5),softmax"."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def optimizer_text(params: Mapping[str, Any], recipe: Any) -> str:
    """As "adamw(weight_decay=0.3,learning_rate=0.005)"."""
    solver, momentum = params["solver"], checked_number("momentum", params["momentum"], 0, 1)
    rate = params["learning_rate_init"]
    if is_given(rate):
        rate = checked_number("learning_rate_init", rate, 1.2e-38)
    elif not is_given(solver):
        rate = recipe.learning_rate  # it belongs to the recipe's optimizer
    else:
        rate = None
    if not is_given(solver):
        text = recipe.optimizer
    elif not isinstance(solver, str):
        raise ValueError(f"solver must be a name such as 'adam', not {solver!r}")
    elif solver == "lbfgs":
        raise ValueError("solver='lbfgs' is not offered: networks are trained by mini-batches here. Take solver=None "
                         "(what the data's recipe has), 'adam', 'adamw', 'sgd' or 'rmsprop'")
    elif solver == "sgd" and momentum > 0:
        text = f"{'nesterov' if params['nesterovs_momentum'] else 'momentum'}(momentum={momentum!r})"
    else:
        text = solver
    given = {name: float(value)
             for name, value in (("beta1", params["beta_1"]), ("beta2", params["beta_2"]),
                                 ("epsilon", params["epsilon"]), ("weight_decay", params["weight_decay"]),
                                 ("learning_rate", rate))
             if is_given(value)}
    return with_parameters(text, given)


def with_parameters(text: str, given: Mapping[str, float]) -> str:
    """``text``, "name" or "name(key=value,...)", with these parameters replaced or added."""
    name, _, inside = text.partition("(")
    parts = [part.strip() for part in inside.rstrip(") ").split(",") if part.strip()]
    kept = [part for part in parts if part.split("=")[0].strip() not in given]
    parts = kept + [f"{key}={value!r}" for key, value in given.items()]
    return f"{name}({','.join(parts)})" if parts else name
