"""Event files, read back by TensorBoard's own reader."""

import math

import pytest

import mlp
from mlp.callbacks import TensorBoardCallback


def read(folder):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    events = reader.EventAccumulator(str(folder))
    events.Reload()
    return {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_tensorboard_reads_what_was_trained(tmp_path):
    data = mlp.load_dataset("friedman").train
    board = TensorBoardCallback(tmp_path / "run", metric="rmse")
    trained = mlp.train(data, epochs=3, members=2, on_epoch=board.on_epoch)
    read_back = read(tmp_path / "run")
    assert set(read_back) == {"loss/train", "loss/validation", "rmse/validation", "learning_rate", "samples_per_second"}
    for tag, name in [("loss/train", "train_loss"), ("rmse/validation", "validation_metric"), ("learning_rate", "learning_rate")]:
        expected = [(epoch.epoch, getattr(epoch, name)) for epoch in trained.history]
        assert [step for step, _ in read_back[tag]] == [1, 2, 3]
        for (_, value), (_, figure) in zip(read_back[tag], expected):
            assert math.isclose(value, figure, rel_tol=1e-6)
    assert [step for step, _ in read(tmp_path / "run" / "members" / "2")["loss/train"]] == [1, 2, 3]


def test_a_resumed_run_replaces_what_was_said_of_its_epochs(tmp_path):
    data = mlp.load_dataset("friedman").train
    epochs = mlp.train(data, epochs=4).history
    first = mlp.EventFile(tmp_path, metric="rmse")
    for epoch in epochs[:3]:
        first.write(epoch)
    again = mlp.EventFile(tmp_path, metric="rmse", first_epoch=3)
    for epoch in epochs[2:]:
        again.write(epoch)
    assert [step for step, _ in read(tmp_path)["loss/train"]] == [1, 2, 3, 4]
    assert again.path != first.path


def test_errors_name_the_folder(tmp_path):
    with pytest.raises(mlp.FileError, match="missing"):
        mlp.EventFile(tmp_path / "missing")
