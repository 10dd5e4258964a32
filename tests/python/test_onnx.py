"""Model.to_onnx: the graph of `mlp export --onnx`, judged by onnxruntime."""

import pathlib
import subprocess
import sys

import numpy as np
import pytest

import mlp

onnx = pytest.importorskip("onnx")

ROOT = pathlib.Path(__file__).parents[2]


def table():
    rng = np.random.default_rng(1)
    size = np.where(rng.random(200) < 0.1, np.nan, rng.normal(50, 10, 200))
    colour = [["red", "green", "blue"][i] for i in rng.integers(0, 3, 200)]
    big = ["big" if s > 50 or c == "red" else "small" for s, c in zip(size, colour)]
    codes = np.array([["red", "green", "blue"].index(c) for c in colour], dtype=np.int32)
    targets = np.array([["big", "small"].index(b) for b in big], dtype=np.int32)
    columns = [size, (codes, ["red", "green", "blue"]), (targets, ["big", "small"])]
    return mlp.Table.from_columns(["size", "colour", "is"], columns, targets=["is"]), size, colour


def run(proto, feeds):
    onnxruntime = pytest.importorskip("onnxruntime")
    onnx.checker.check_model(proto, full_check=True)
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip([value.name for value in session.get_outputs()], session.run(None, feeds)))


def test_an_array_models_graph_predicts_as_it_does():
    data = mlp.load_dataset("friedman")
    model = mlp.train(data.train, epochs=5, members=2).model
    inputs = np.array(data.test.inputs[:50])
    found = run(model.to_onnx(), {"inputs": inputs})["targets"]
    expected = model.outputs(inputs)
    assert np.abs(found - expected).max() <= 1e-5 * np.ptp(expected)


def test_a_tables_graph_takes_its_columns():
    rows, size, colour = table()
    split = mlp.split_table(rows, targets=["is"])
    model = mlp.train(split.train, epochs=5).model
    found = run(model.to_onnx(), {"size": size[:, None], "colour": np.array(colour, dtype=object)[:, None]})
    expected = model.outputs_of_table(rows)
    assert np.abs(found["probabilities"] - expected).max() <= 1e-5
    assert found["label"].ravel().tolist() == model.predict(rows).tolist()


@pytest.mark.parametrize("kind", ["array", "table"])
def test_it_is_the_file_that_the_program_exports(tmp_path, program, kind):
    data = mlp.load_dataset("digits").train if kind == "array" else mlp.split_table(table()[0], targets=["is"]).train
    model = mlp.train(data, epochs=1).model
    model.save(tmp_path / "model.safetensors")
    done = subprocess.run([program, "export", "model.safetensors", "--onnx", "program.onnx"], cwd=tmp_path, text=True,
                          capture_output=True)
    if "built without ONNX" in done.stderr:
        pytest.skip("the command-line tool was built without ONNX")
    assert done.returncode == 0, done.stderr
    proto = model.to_onnx(tmp_path / "python.onnx")
    assert onnx.load(tmp_path / "program.onnx") == proto
    assert onnx.load(tmp_path / "python.onnx") == proto


def test_random_models_agree_with_onnxruntime():
    pytest.importorskip("onnxruntime")
    maker = ROOT / "build" / "release" / "tests" / "onnx" / "onnx_models"
    if not maker.exists():
        pytest.skip(f"not built: {maker}")
    done = subprocess.run([sys.executable, "-B", ROOT / "tests" / "onnx" / "check_models.py", maker, "500"], text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr
