"""The native module: values, types, errors, no copies."""

import copy
import pickle

import numpy as np
import pytest

import mlp


def test_a_network_is_a_value():
    network = mlp.Network("64:relu:0.1,10:softmax", inputs=784, initializer="glorot_uniform")
    assert (network.inputs, network.outputs, network.parameter_count) == (784, 10, 50890)
    assert [(layer.fan_in, layer.fan_out, layer.activation, layer.dropout, layer.initializer)
            for layer in network.layers] == [(784, 64, "relu", 0.1, "glorot_uniform"), (64, 10, "softmax", 0, "glorot_uniform")]
    assert str(network) == "64:relu:0.1,10:softmax"
    assert pickle.loads(pickle.dumps(network)) == network
    assert network != mlp.Network("64:relu:0.1,10:softmax", inputs=784)


def test_errors_have_hints():
    with pytest.raises(mlp.UsageError) as caught:
        mlp.Network("64:relo,10:softmax", inputs=4)
    assert "did you mean 'relu'?" in caught.value.hint
    assert str(caught.value).endswith(caught.value.hint)
    assert isinstance(caught.value, ValueError)
    with pytest.raises(OSError) as caught:
        mlp.Model.load("/nowhere/model.safetensors")
    assert isinstance(caught.value, mlp.FileError) and caught.value.hint == "check the path"
    assert pickle.loads(pickle.dumps(caught.value)).hint == "check the path"
    with pytest.raises(ValueError):
        mlp.Network("", inputs=0)


def test_errors_name_pythons_arguments():
    table = mlp.Table.from_columns(["x", "y"], [np.arange(30.0), np.full(30, 2.0)], targets=["y"])
    with pytest.raises(mlp.DataError):
        mlp.split_table(table, targets=["y"])
    codes = np.array([0, 1] * 15)
    table = mlp.Table.from_columns(["x", "y"], [np.arange(30.0) % 7, (codes, ["a", "b"])], targets=["y"])
    with pytest.raises(mlp.UsageError) as caught:
        mlp.split_table(table, targets=["y"], task="regression")
    assert "task=" in str(caught.value) or "y" in str(caught.value)
    assert "--" not in str(caught.value) and "::" not in str(caught.value)


def test_unknown_arguments_are_refused_with_the_nearest_name(friedman):
    with pytest.raises(TypeError, match="did you mean 'batch_size'"):
        mlp.train(friedman.train, batchsize=3)
    with pytest.raises(TypeError, match="epochs: expected a number, found 'ten'"):
        mlp.train(friedman.train, epochs="ten")
    with pytest.raises(mlp.UsageError, match="loss"):
        mlp.train(friedman.train, loss="squarederror2")


def test_diverging_explains_itself(friedman):
    with pytest.raises(mlp.DivergenceError) as caught:
        mlp.train(friedman.train, optimizer="sgd", learning_rate=1e30, epochs=2)
    assert isinstance(caught.value, ArithmeticError) and "learning rate" in caught.value.hint


@pytest.mark.parametrize("dtype", [np.float32, np.uint8])
def test_inputs_are_shared_not_copied(dtype):
    inputs = np.arange(12, dtype=dtype).reshape(4, 3)
    data = mlp.Dataset.from_arrays(inputs, labels=[0, 1, 0, 1])
    assert data.inputs.dtype == dtype and np.shares_memory(data.inputs, inputs)
    assert not data.inputs.flags.writeable
    np.testing.assert_array_equal(data.inputs, inputs)


def test_read_only_memory_maps_train_and_predict(tmp_path, digits):
    path = tmp_path / "images.npy"
    np.save(path, digits.train.inputs[:600])
    mapped = np.load(path, mmap_mode="r")
    data = mlp.Dataset.from_arrays(mapped, labels=digits.train.labels[:600], class_names=digits.train.class_names)
    assert np.shares_memory(data.inputs, mapped)
    in_memory = mlp.Dataset.from_arrays(np.array(mapped), labels=digits.train.labels[:600],
                                        class_names=digits.train.class_names)
    one, other = (mlp.train(d, epochs=1).model for d in (data, in_memory))
    assert one.digest == other.digest
    np.testing.assert_array_equal(one.outputs(mapped), one.outputs(np.array(mapped)))


def test_a_data_set_keeps_its_array_alive():
    data = mlp.Dataset.from_arrays(np.arange(3000, dtype=np.float32).reshape(1000, 3), targets=np.arange(1000))
    view = data.inputs
    del data
    assert view[999, 2] == 2999


@pytest.mark.parametrize("convert", [lambda x: x.astype(np.float64), lambda x: np.asfortranarray(x), lambda x: x.tolist(),
                                     lambda x: np.repeat(x, 2, axis=0)[::2], lambda x: x.astype(">f4")])
def test_other_arrays_are_converted(convert, small_model, friedman):
    inputs = friedman.test.inputs[:50]
    np.testing.assert_array_equal(small_model.outputs(convert(inputs)), small_model.outputs(inputs))


def test_outputs_are_owned_arrays_of_float32(small_model, friedman):
    outputs = small_model.outputs(friedman.test.inputs)
    assert outputs.shape == (1000, 1) and outputs.dtype == np.float32
    assert outputs.flags.owndata and outputs.flags.writeable
    row = small_model.outputs(friedman.test.inputs[7])
    assert row.shape == (1,) and row[0] == outputs[7, 0]
    assert small_model.outputs(friedman.test.inputs[:0]).shape == (0, 1)
    with pytest.raises(ValueError, match="takes 10 inputs a row, found 3"):
        small_model.outputs(np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match=r"\[N, I\] or \[I\], found \[1, 1, 10\]"):
        small_model.outputs(np.zeros((1, 1, 10), np.float32))


def test_outputs_are_those_of_the_formula(small_model, friedman):
    scale, shift = small_model.input_scaling
    x = (friedman.test.inputs.astype(np.float64) - shift) * scale
    z = x @ small_model.weights[0] + small_model.biases[0]
    y = z / (1 + np.exp(-z)) @ small_model.weights[1] + small_model.biases[1]
    scale, shift = small_model.target_scaling
    np.testing.assert_allclose(small_model.outputs(friedman.test.inputs), y / scale + shift, rtol=1e-4)


def test_weights_are_views_that_cannot_be_written(small_model):
    weight = small_model.weights[0]
    assert weight.shape == (10, 16) and weight.dtype == np.float32
    assert not weight.flags.writeable and not weight.flags.owndata
    with pytest.raises(ValueError):
        weight[0, 0] = 1


@pytest.mark.parametrize("again", [lambda m: pickle.loads(pickle.dumps(m)), copy.deepcopy,
                                   lambda m: mlp.Model.from_bytes(m.to_bytes())])
def test_models_pickle_as_the_bytes_of_their_file(again, small_model, friedman, tmp_path):
    same = again(small_model)
    assert same.digest == small_model.digest and same.record == small_model.record
    np.testing.assert_array_equal(same.outputs(friedman.test.inputs), small_model.outputs(friedman.test.inputs))
    small_model.save(tmp_path / "model.safetensors")
    assert (tmp_path / "model.safetensors").read_bytes() == small_model.to_bytes()
    assert small_model.to_bytes() in pickle.dumps(small_model, protocol=5)


def test_damaged_bytes_are_refused(small_model):
    with pytest.raises(mlp.FileError, match="the model's bytes"):
        mlp.Model.from_bytes(small_model.to_bytes()[:-1])


def test_predict_gives_names_and_probabilities(digits_model, digits):
    probabilities = digits_model.predict_proba(digits.test.inputs)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    names = digits_model.predict(digits.test.inputs)
    assert (names == np.array(digits_model.class_names)[probabilities.argmax(axis=1)]).all()
    scores = digits_model.evaluate(digits.test)
    assert scores["accuracy"] == np.mean(names == digits.test.labels.astype(str))
    assert scores["confusion"].sum() == 2000 and scores["rows"] == 2000


def test_a_regression_has_no_probabilities(small_model, friedman):
    assert small_model.predict(friedman.test.inputs).shape == (1000, 1)
    with pytest.raises(ValueError, match="predicts numbers"):
        small_model.predict_proba(friedman.test.inputs)
    scores = small_model.evaluate(friedman.test)
    error = small_model.predict(friedman.test.inputs).astype(float) - friedman.test.targets
    assert scores["rmse"] == pytest.approx(np.sqrt(np.mean(error**2)))


def test_tables_are_typed_and_encoded():
    rng = np.random.default_rng(0)
    x, code = rng.normal(size=300), rng.integers(0, 3, 300)
    x[::10] = np.nan
    y = np.nan_to_num(x) + code
    names, columns = ["x", "kind", "y"], [x, (code, ["a", "b", "c"]), y]
    table = mlp.Table.from_columns(names, columns, targets=["y"])
    assert [(c.name, c.kind) for c in table.columns] == [("x", "numeric"), ("kind", "categorical"), ("y", "numeric")]
    split = mlp.split_table(table, targets=["y"], validation_fraction=0.1)
    assert split.train.feature_names == ["x", "x missing", "kind=a", "kind=b", "kind=c"]
    model = mlp.train(split.train, epochs=3).model
    assert [t.name for t in model.input_types] == ["x", "kind"]
    new = mlp.Table.from_columns(["kind", "x"], [(np.array([0, 1]), ["b", "unseen"]), np.array([1.0, 2.0])],
                                 types=model.input_types)
    outputs = model.outputs_of_table(new)
    assert outputs.shape == (2, 1) and np.isfinite(outputs).all()
    np.testing.assert_array_equal(model.predict(new), outputs)


def test_booleans_are_booleans():
    table = mlp.Table.from_columns(["b"], [np.array([True, False, True])])
    assert table.columns[0].kind == "boolean" and table.columns[0].categories == ["False", "True"]


def test_own_loss_and_gradients(friedman):
    """The mean squared error, written in Python, trains to the weights of the library's own."""
    targets = friedman.train.targets
    mean, deviation = targets.mean(), targets.std()

    def squared(rows, outputs):
        difference = outputs - (targets[rows] - mean) / deviation
        return (difference**2).mean(axis=1), 2 * difference / outputs.shape[1]

    options = dict(network="8:tanh,1:linear", optimizer="sgd", learning_rate=0.05, schedule="constant", epochs=2,
                   loss="mean_squared_error", validation_fraction=0)
    one = mlp.train(friedman.train, **options).model
    other = mlp.train(friedman.train, own_loss=squared, **options).model
    np.testing.assert_allclose(one.weights[0], other.weights[0], atol=1e-4)
    gradients = mlp.gradients_by_parameters(one, friedman.train)
    assert [g.shape for pair in gradients for g in pair] == [(10, 8), (8,), (8, 1), (1,)]
    assert all(check["engine"] < 1e-3 and check["by_differences"] < 1e-4 for check in one.check_gradients())
    assert one.verify()


def test_what_own_loss_raises_ends_the_training(friedman):
    def broken(rows, outputs):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        mlp.train(friedman.train, own_loss=broken)


def test_reports_and_notebooks(tmp_path, friedman, digits_model, digits):
    trained = mlp.train(friedman.train, epochs=3)
    html = trained._repr_html_()
    assert "64:silu,64:silu,1:linear" in html and "<svg" in html
    assert "<svg" not in trained.model._repr_html_()
    trained.report(tmp_path / "a.html", friedman.test, friedman.train)
    assert "<svg" in (tmp_path / "a.html").read_text()
    digits_model.report(tmp_path / "b.html", digits.test)
    assert (tmp_path / "b.html").stat().st_size > 10_000


def test_a_trainer_is_train_in_steps(friedman):
    options = dict(loss="mean_squared_error", optimizer="adam", schedule="one_cycle", epochs=2, batch_size=32,
                   validation_fraction=0.1)
    network = mlp.Network("8:relu,1:linear", 10)
    trainer = mlp.Trainer(network, friedman.train, **options)
    assert trainer.training_rows.size + trainer.validation_rows.size == 2000
    for epoch in range(2):
        for rows in trainer.batches(epoch):
            assert trainer.step(rows) > 0
    trained = mlp.train(friedman.train, network, **options)
    assert trainer.model().digest == trained.model.digest
    loss, rmse = trainer.evaluate(trainer.validation_rows)
    assert (loss, rmse) == (trained.history[-1].validation_loss, trained.history[-1].validation_metric)
    with pytest.raises(ValueError, match="-1 is no row number"):
        trainer.step([-1])


def test_fine_tuning_and_ensembles(friedman):
    ensemble = mlp.train(friedman.train, epochs=2, members=3)
    assert ensemble.model.members == 3 and len(ensemble.states) == 3 and len(ensemble.histories) == 3
    single = mlp.train(friedman.train, epochs=2)
    assert ensemble.model.member(0).digest == single.model.digest
    mean = np.mean([ensemble.model.member(i).outputs(friedman.test.inputs) for i in range(3)], axis=0)
    np.testing.assert_allclose(ensemble.model.outputs(friedman.test.inputs), mean, rtol=1e-5)
    tuned = mlp.train(friedman.train, epochs=1, init=single.model)
    assert tuned.model.record["fine_tuned_from"]["digest"] == single.model.digest
