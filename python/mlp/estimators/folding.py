"""A model's weights as if its inputs and targets were not scaled.

The library scales inputs, x' = (x - shift) * scale, and the targets of a linear output in the same way. Both are affine, so
they can be folded into the first and the last layer. What comes out is what scikit-learn calls ``coefs_`` and ``intercepts_``:
they refer to X and y as they were given.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def folded_parameters(model: Any, dtype: Any, *, one_output: bool = False) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Weights [fan_in, fan_out] and biases [fan_out] of each layer.

    Parameters
    ----------
    model : mlp._core.Model
        Of an ensemble the first member counts.
    dtype : numpy dtype
        Of the result; computed in float64.
    one_output : bool
        Of two classes' softmax make the one output whose logistic function is the second class's probability.
    """
    weights = [np.asarray(w, dtype=np.float64) for w in model.weights]
    biases = [np.asarray(b, dtype=np.float64) for b in model.biases]
    if one_output:
        weights[-1] = weights[-1][:, 1:] - weights[-1][:, :1]
        biases[-1] = biases[-1][1:] - biases[-1][:1]
    scale, shift = _scaling(model.input_scaling, weights[0].shape[0])
    weights[0] = weights[0] * scale[:, None]
    biases[0] = biases[0] - shift @ weights[0]
    scale, shift = _scaling(model.target_scaling, biases[-1].size)
    weights[-1] = weights[-1] / scale
    biases[-1] = biases[-1] / scale + shift
    return [w.astype(dtype) for w in weights], [b.astype(dtype) for b in biases]


def _scaling(scaling: Any, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Factor and shift of each of ``width`` columns; a scaling of one entry is that of all, an empty one is none."""
    scale, shift = (np.asarray(part, dtype=np.float64) for part in scaling)
    if shift.size == 0:
        return np.ones(width), np.zeros(width)
    return np.broadcast_to(scale, width), np.broadcast_to(shift, width)
