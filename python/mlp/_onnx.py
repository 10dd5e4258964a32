"""A model as an ONNX graph, by the package onnx."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import _core

if TYPE_CHECKING:
    import onnx


def to_onnx(model: _core.Model, path: str | os.PathLike[str] | None = None) -> onnx.ModelProto:
    """The model as an ONNX graph: everything from raw inputs to labels and probabilities, or targets.

    It is the graph that ``mlp export MODEL --onnx FILE`` writes (docs/onnx.md): a table's columns are inputs of their
    own, by their names. Needs the package onnx.

    Parameters
    ----------
    model : Model
    path : path, optional
        Where to write it as a file.

    Returns
    -------
    onnx.ModelProto

    Examples
    --------
    >>> import mlp
    >>> data = mlp.load_dataset("digits")
    >>> model = mlp.train(data.train, epochs=1).model
    >>> proto = model.to_onnx()  # doctest: +SKIP
    >>> [output.name for output in proto.graph.output]  # doctest: +SKIP
    ['label', 'probabilities']
    """
    try:
        import onnx
    except ImportError as error:
        raise ImportError("Model.to_onnx needs the package onnx: pip install onnx") from error

    graph = _core._onnx_graph(model)
    proto = onnx.ModelProto(ir_version=graph["ir_version"], producer_name=graph["producer_name"],
                            producer_version=graph["producer_version"])
    for domain, version in graph["opsets"].items():
        proto.opset_import.add(domain=domain, version=version)
    for key, value in graph["metadata"].items():
        proto.metadata_props.add(key=key, value=value)
    proto.graph.name = graph["name"]
    for values, to in ((graph["inputs"], proto.graph.input), (graph["outputs"], proto.graph.output)):
        for name, kind, shape, description in values:
            value = to.add(name=name, doc_string=description)
            value.type.tensor_type.elem_type = kind
            value.type.tensor_type.shape.SetInParent()
            for size in shape:
                dimension = value.type.tensor_type.shape.dim.add()
                setattr(dimension, "dim_param" if isinstance(size, str) else "dim_value", size)
    for tensor in graph["initializers"]:
        _fill_tensor(proto.graph.initializer.add(), tensor)
    for name, op, domain, inputs, outputs, attributes in graph["nodes"]:
        node = proto.graph.node.add(name=name, op_type=op, domain=domain, input=inputs, output=outputs)
        for attribute_name, value in attributes:
            _fill_attribute(node.attribute.add(name=attribute_name), value)
    if path is not None:
        with open(path, "wb") as file:
            file.write(proto.SerializeToString(deterministic=True))
    return proto


def _fill_tensor(to: Any, tensor: tuple[str, int, list[int], Any]) -> None:
    to.name, to.data_type, shape, elements = tensor
    to.dims.extend(shape)
    if isinstance(elements, bytes):
        to.raw_data = elements
    else:
        to.string_data.extend(text.encode() for text in elements)


def _fill_attribute(to: Any, value: Any) -> None:
    if isinstance(value, tuple):
        to.type = to.TENSOR
        _fill_tensor(to.t, value)
        return
    first = value[0] if isinstance(value, list) else value
    kind, field = {int: (to.INT, "i"), float: (to.FLOAT, "f"), str: (to.STRING, "s")}[type(first)]
    if isinstance(value, list):
        kind, field = {to.INT: (to.INTS, "ints"), to.FLOAT: (to.FLOATS, "floats"), to.STRING: (to.STRINGS, "strings")}[kind]
        getattr(to, field).extend(text.encode() for text in value) if kind == to.STRINGS else getattr(to, field).extend(value)
    else:
        setattr(to, field, value.encode() if kind == to.STRING else value)
    to.type = kind
