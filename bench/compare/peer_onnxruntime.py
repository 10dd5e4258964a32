"""onnxruntime: prediction only. The network as an ONNX graph of Gemm, Relu, LeakyRelu and Softmax.

run      session.run with NumPy arrays
binding  inputs and outputs bound to memory once, so that a call moves and allocates nothing
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import peer

OPERATORS = {"relu": ("Relu", {}), "leaky_relu": ("LeakyRelu", {"alpha": 0.01}), "softmax": ("Softmax", {"axis": 1})}  # fmt: skip
OPSET, FORMAT = 17, 8  # old enough for every version of the last years


def model_of(job: peer.Job) -> bytes:
    source = np.random.default_rng(1)
    layers = peer.layers_of(job)
    nodes, weights, name = [], [], "x"
    for index, (fan_in, fan_out, activation) in enumerate(layers):
        W = source.standard_normal((fan_in, fan_out), np.float32) * np.float32((2 / fan_in) ** 0.5)
        weights.append(numpy_helper.from_array(W, f"W{index}"))
        weights.append(numpy_helper.from_array(np.zeros(fan_out, np.float32), f"b{index}"))
        nodes.append(helper.make_node("Gemm", [name, f"W{index}", f"b{index}"], [f"z{index}"]))
        name = f"z{index}"
        if activation in OPERATORS:
            kind, attributes = OPERATORS[activation]
            nodes.append(helper.make_node(kind, [name], [f"a{index}"], **attributes))
            name = f"a{index}"
    rows = job["batch_size"]
    inputs = helper.make_tensor_value_info("x", TensorProto.FLOAT, [rows, layers[0][0]])
    outputs = helper.make_tensor_value_info(name, TensorProto.FLOAT, [rows, layers[-1][1]])
    graph = helper.make_graph(nodes, "network", [inputs], [outputs], weights)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT
    ).SerializeToString()


def session_of(job: peer.Job) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(sys.argv[1])
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model_of(job), options, providers=["CPUExecutionProvider"])


def bound(session: onnxruntime.InferenceSession, x: np.ndarray) -> Callable[[], object]:
    output = session.get_outputs()[0]
    binding = session.io_binding()
    binding.bind_cpu_input("x", x)
    binding.bind_ortvalue_output(
        output.name, onnxruntime.OrtValue.ortvalue_from_shape_and_type(output.shape, np.float32)
    )
    return lambda: session.run_with_iobinding(binding)


def predict(job: peer.Job) -> dict:
    session, x = session_of(job), peer.inputs_to_predict(job)
    call = bound(session, x) if job["variant"] == "binding" else lambda: session.run(None, {"x": x})
    return {"seconds": peer.median_seconds(call)}


def train(job: peer.Job) -> dict:
    raise NotImplementedError("onnxruntime predicts only")


if __name__ == "__main__":
    peer.serve(f"onnxruntime {onnxruntime.__version__} (kernels for this CPU)", train, predict)
