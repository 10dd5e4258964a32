"""The same settings give the same bits as the command line."""

import subprocess

import numpy as np
import pytest

import mlp


def tensors(path):
    """What follows the header of a safetensors file."""
    data = path.read_bytes()
    return data[8 + int.from_bytes(data[:8], "little"):]


def run(program, folder, *arguments):
    subprocess.run([program, "train", *arguments, "--output", folder, "--quiet"], check=True, capture_output=True,
                   cwd=folder.parent)
    return folder / "model.safetensors"


def test_digits(program, tmp_path, digits):
    of_program = run(program, tmp_path / "run", "digits", "--epochs", "2")
    model = mlp.train(digits.train, "64:relu,87:relu,72:leaky_relu,10:softmax", loss="cross_entropy(0.02)",
                      optimizer="adamw(beta2=0.99,weight_decay=0.5)", learning_rate=0.006, epochs=2, batch_size=128,
                      validation_fraction=0.05).model
    model.save(tmp_path / "python.safetensors")
    assert tensors(tmp_path / "python.safetensors") == tensors(of_program)
    assert model.digest == mlp.Model.load(of_program).digest


def test_a_set_whose_recipe_is_that_of_arrays(program, tmp_path, friedman):
    of_program = run(program, tmp_path / "run", "friedman")
    assert mlp.train(friedman.train).model.digest == mlp.Model.load(of_program).digest


@pytest.mark.parametrize("target", ["price", "kind"])
def test_a_table_by_its_recipe(program, tmp_path, target):
    rng = np.random.default_rng(1)
    size, kind, old = rng.normal(size=400).round(3), rng.integers(0, 3, 400), rng.random(400) < 0.5
    size[::13] = np.nan
    price = (np.nan_to_num(size) * 3 + kind + old).round(2)
    texts = ["flat", "house", "tent"]
    rows = zip(["" if np.isnan(s) else repr(float(s)) for s in size], (texts[k] for k in kind), old, price.tolist())
    (tmp_path / "t.csv").write_text("size,kind,old,price\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))
    of_program = run(program, tmp_path / "run", "t.csv", "--target", target)

    columns = [size, (kind, texts), old, price]
    in_memory = mlp.Table.from_columns(["size", "kind", "old", "price"], columns, targets=[target])
    for table in (mlp.Table.read_csv(tmp_path / "t.csv", targets=[target]), in_memory):
        split = mlp.split_table(table, targets=[target], validation_fraction=0.1)
        assert mlp.train(split.train).model.digest == mlp.Model.load(of_program).digest


def test_an_ensemble(program, tmp_path, friedman):
    of_program = run(program, tmp_path / "run", "friedman", "--epochs", "3", "--ensemble", "3")
    assert mlp.train(friedman.train, epochs=3, members=3).model.digest == mlp.Model.load(of_program).digest
