"""Training from Python: callbacks, Ctrl-C, the GIL, several threads, forks."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import mlp


def test_callbacks_see_every_epoch_and_can_stop(friedman):
    seen = []

    def on_epoch(member, epoch, model_so_far):
        seen.append((member, epoch.epoch, epoch.train_loss))
        return epoch.epoch < 3

    trained = mlp.train(friedman.train, on_epoch=on_epoch, epochs=10)
    assert [(member, epoch) for member, epoch, _ in seen] == [(0, 1), (0, 2), (0, 3)]
    assert trained.stopped == "interrupted" and len(trained.history) == 3
    assert [record.train_loss for record in trained.history] == [loss for *_, loss in seen]


def test_a_stopped_training_resumes_to_the_same_bits(friedman):
    stopped = mlp.train(friedman.train, epochs=4, on_step=lambda member, step: step["epoch"] < 3 or step["batch"] < 7)
    assert stopped.stopped == "interrupted" and stopped.states[0].epoch == 2
    resumed = mlp.train(friedman.train, epochs=4, resume_from=stopped.states)
    assert resumed.stopped == "finished"
    assert resumed.model.digest == mlp.train(friedman.train, epochs=4).model.digest


def test_the_model_so_far(friedman):
    models, functions = [], []

    def on_epoch(member, epoch, model_so_far):
        functions.append(model_so_far)
        models.append(model_so_far())

    trained = mlp.train(friedman.train, on_epoch=on_epoch, epochs=3)
    assert models[-1].digest == trained.model.digest
    assert [model.record["epochs"] for model in models] == [1, 2, 3]
    with pytest.raises(RuntimeError, match="during the call only"):
        functions[0]()


def test_members_are_told_apart(friedman):
    models = {}

    def on_epoch(member, epoch, model_so_far):
        models[member] = model_so_far()

    trained = mlp.train(friedman.train, on_epoch=on_epoch, epochs=2, members=3)
    assert {i: trained.model.member(i).digest for i in range(3)} == {i: m.digest for i, m in models.items()}


def test_what_a_callback_raises_comes_out(friedman):
    def on_epoch(member, epoch, model_so_far):
        raise LookupError("from the callback")

    for members in (1, 2):
        with pytest.raises(LookupError, match="from the callback"):
            mlp.train(friedman.train, on_epoch=on_epoch, members=members)


def test_early_stopping(friedman):
    trained = mlp.train(friedman.train, epochs=300, early_stopping=2, learning_rate=0.05, optimizer="adam")
    assert trained.stopped == "early_stopping" and len(trained.history) < 300


@pytest.mark.parametrize("members", [1, 2])
def test_ctrl_c_stops_at_the_next_step_with_the_model_so_far(members):
    program = textwrap.dedent(f"""
        import os, signal, threading, time, mlp
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background programs ignore it
        data = mlp.load_dataset("digits").train
        threading.Timer(0.7, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        trained = mlp.train(data, epochs=100_000, members={members})
        print(trained.stopped, trained.model.network.inputs, trained.states[0].step > 0)
    """)
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=100)
    assert result.stdout.split() == ["interrupted", "784", "True"], result.stderr


def test_what_a_signal_handler_raises_comes_out(digits):
    class Alarm(Exception):
        pass

    def handler(number, frame):
        raise Alarm

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with pytest.raises(Alarm):
            mlp.train(digits.train, epochs=100_000)
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("members", [1, 2])
def test_the_gil_is_released_meanwhile(members, digits):
    counted = 0
    done = threading.Event()

    def count():
        nonlocal counted
        while not done.is_set():
            counted += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    mlp.train(digits.train, epochs=3, members=members, threads=1)
    during = counted
    done.set()
    thread.join()
    assert during > 20


def test_two_threads_train_and_predict_at_the_same_time(friedman):
    alone = mlp.train(friedman.train, epochs=5).model
    results = []

    def work():
        model = mlp.train(friedman.train, epochs=5).model
        results.append((model.digest, *(alone.outputs(friedman.test.inputs[i]).item() for i in range(200))))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) == {(alone.digest, *alone.outputs(friedman.test.inputs[:200])[:, 0].tolist())}


def test_a_forked_process_predicts_with_the_models_of_its_parent(digits_model, digits):
    inputs = np.tile(digits.test.inputs, (5, 1))
    expected = digits_model.outputs(inputs, threads=2)
    child = os.fork()
    if child == 0:
        signal.alarm(60)
        same = np.array_equal(digits_model.outputs(inputs, threads=2), expected)
        os._exit(0 if same else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_importing_brings_neither_scikit_learn_nor_pandas():
    program = "import sys, numpy, mlp; print([m for m in ('sklearn', 'pandas', 'polars', 'scipy') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
