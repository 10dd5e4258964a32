"""Tests of the parts that need neither mlp nor a peer: python3 -m unittest discover -s bench/compare -p '*_test.py'"""

from __future__ import annotations

import random
import tempfile
import unittest
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import compare
import data_sets
import work
from contenders import (
    HELD_TO,
    HOLDING_BACK,
    Failure,
    Measurement,
    Mlp,
    Peer,
    Setting,
    clean_environment,
    measurement_of,
    prediction_of,
)
from report import Report
from tables import markdown, median, ratio, significant
from tuning import eager_variants, thread_counts, tune

SGD_64 = work.training("sgd", 64, 0.1)
ROWS_1024 = work.prediction(1024)


class TablesTest(unittest.TestCase):
    def test_median(self) -> None:
        self.assertEqual(median([3.0]), 3.0)
        self.assertEqual(median([9.0, 1.0, 2.0]), 2.0)
        self.assertEqual(median([4.0, 1.0, 2.0, 9.0]), 3.0)
        with self.assertRaises(ValueError):
            median([])

    def test_three_digits(self) -> None:
        texts = {0.01234: "0.0123", 0.5: "0.500", 4.567: "4.57", 78.94: "78.9", 99.96: "100", 123.4: "123"}
        texts |= {999.6: "1,000", 45_678: "45,700", 1_234_567: "1,230,000"}
        for value, text in texts.items():
            self.assertEqual(significant(value), text)

    def test_ratio_is_how_many_times_longer_the_peer_takes(self) -> None:
        self.assertEqual(ratio(peer=3.0, ours=2.0), "1.5")
        self.assertEqual(ratio(peer=1.0, ours=2.0), "0.5")
        self.assertEqual(ratio(peer=250.0, ours=2.0), "125")

    def test_markdown_is_aligned(self) -> None:
        table = markdown(["batch", "ms"], [["32", "1,234"], ["1024", "5"]])
        self.assertEqual(
            table,
            "| batch |    ms |\n" "| ----- | ----: |\n" "| 32    | 1,234 |\n" "| 1024  |     5 |\n",
        )
        with self.assertRaises(ValueError):
            markdown(["a", "b"], [["1"]])


class WorkTest(unittest.TestCase):
    def test_names_are_unique_in_a_section(self) -> None:
        works = work.all_works()
        self.assertEqual(len({(w.section, w.name) for w in works}), len(works))
        self.assertEqual({w.section for w in works}, set(work.SECTIONS))

    def test_all_training_has_a_bar_and_a_rate(self) -> None:
        for w in work.all_works():
            self.assertEqual(w.bar > 0.1, not w.predicts)
            self.assertEqual(w.learning_rate > 0, not w.predicts)

    def test_quick_keeps_every_section(self) -> None:
        self.assertEqual({w.section for w in work.quick(work.all_works())}, set(work.SECTIONS))

    def test_tuning_changes_only_the_amount(self) -> None:
        for w in work.all_works():
            self.assertEqual(replace(work.tuning(w), rows=w.rows, epochs=w.epochs, patience=w.patience), w)


class ContendersTest(unittest.TestCase):
    def test_what_holds_libraries_back_is_cleared(self) -> None:
        inherited = {
            "PATH": "/bin",
            "OPENBLAS_CORETYPE": "Haswell",
            "OMP_NUM_THREADS": "1",
            "MLP_TARGET": "avx2",
            "MLP_DATA_DIR": "/data",
        }
        environment, cleared = clean_environment(inherited)
        self.assertEqual(environment, {"PATH": "/bin", "MLP_DATA_DIR": "/data"})
        self.assertEqual(cleared, ["MLP_TARGET", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE"])

    def test_what_holds_the_peers_to_a_target_is_never_inherited(self) -> None:
        for variables in HELD_TO.values():
            self.assertEqual(clean_environment(variables), ({}, sorted(variables)))
        self.assertEqual(len(set(HOLDING_BACK)), len(HOLDING_BACK))

    def test_mlp_is_asked_for_the_same_in_training_and_prediction(self) -> None:
        asked: list[tuple[str, ...]] = []

        class Asked(Mlp):
            def json(self, *arguments: str) -> dict:
                asked.append(arguments)
                raise Failure("not run")

        def options(mlp: Mlp) -> list[dict[str, str]]:
            asked.clear()
            for call in (lambda: mlp.bench(ROWS_1024, Setting("1")), lambda: mlp.train(SGD_64, Setting("1"))):
                with self.assertRaises(Failure):
                    call()
            return [dict(zip(arguments, arguments[1:])) for arguments in asked]

        for found in options(Asked(Path("mlp"), Path(), {}, "off", "avx2")):
            self.assertEqual((found["--sparse-inputs"], found["--cpu-target"]), ("off", "avx2"))
        for found in options(Asked(Path("mlp"), Path(), {})):
            self.assertEqual(found["--sparse-inputs"], "auto")
            self.assertNotIn("--cpu-target", found)

    def test_onnxruntime_only_predicts(self) -> None:
        for name in compare.PEERS:
            peer = Peer(name, Path(), Path(), {})
            self.assertTrue(peer.does(ROWS_1024))
            self.assertEqual(peer.does(SGD_64), name != "onnxruntime")

    def test_an_epoch_is_the_median_and_the_table_the_sum(self) -> None:
        result = {"epoch_seconds": [5.0, 1.0, 2.0], "score": 0.95}
        self.assertEqual(measurement_of("peer", SGD_64, Setting("2"), result), Measurement(2.0, 0.95, "2"))
        self.assertEqual(
            measurement_of("peer", work.TABLE, Setting("2"), result), Measurement(8.0, 0.95, "2")
        )

    def test_a_peers_error_names_the_work(self) -> None:
        failure = measurement_of("torch", SGD_64, Setting("2", "compiled"), {"error": "no compiler"})
        self.assertEqual(str(failure), "torch, sgd 64, compiled, 2 threads: no compiler")

    def test_prediction_of_bench(self) -> None:
        rows = [
            {"rows": 1, "threads": 1, "microseconds": 2.0},
            {"rows": 1024, "threads": 4, "microseconds": 300.0},
        ]
        found = prediction_of({"prediction": rows}, ROWS_1024)
        self.assertEqual(found.threads, "4")
        self.assertAlmostEqual(found.seconds, 300e-6)

    def test_bench_without_what_is_needed(self) -> None:
        with self.assertRaisesRegex(Failure, "expected a member 'prediction'.*found training"):
            prediction_of({"training": []}, ROWS_1024)
        with self.assertRaisesRegex(Failure, "expected a prediction of 1024 rows"):
            prediction_of({"prediction": [{"rows": 1, "threads": 1, "microseconds": 2.0}]}, ROWS_1024)


class FakePeer(Peer):
    """Takes 10 s with one thread, less with more, half of it compiled; TorchScript fails."""

    def __init__(self) -> None:
        super().__init__("torch", Path(), Path(), {})
        self.jobs: list[tuple[str, str]] = []

    def run(self, threads: str, jobs: Iterable[dict], timeout: float = 0.0) -> list[dict]:
        return [{"about": "a peer"}, *(self.result(threads, job["variant"]) for job in jobs)]

    def result(self, threads: str, variant: str) -> dict:
        self.jobs.append((threads, variant))
        if variant == "TorchScript":
            return {"error": "no such thing"}
        seconds = 10 / int(threads) / (2 if variant == "compiled" else 1)
        return {"seconds": seconds, "epoch_seconds": [seconds], "score": 0.1}


class TuningTest(unittest.TestCase):
    def test_the_fastest_setting_is_chosen(self) -> None:
        said: list[str] = []
        settings = tune(FakePeer(), [SGD_64, ROWS_1024], ["1", "2", "3"], 0, said.append)
        self.assertEqual({(s.threads, s.variant) for s in settings.values()}, {("3", "modules")})
        self.assertTrue(any("TorchScript, 3 threads: no such thing" in text for text in said))

    def test_compiled_is_tried_with_the_best_number_of_threads_and_with_one(self) -> None:
        peer = FakePeer()
        settings = tune(peer, [SGD_64], ["1", "2", "3"], 60, lambda text: None)
        self.assertEqual(settings, {SGD_64: Setting("3", "compiled")})
        self.assertEqual({threads for threads, variant in peer.jobs if variant == "compiled"}, {"1", "3"})

    def test_thread_counts(self) -> None:
        self.assertEqual(thread_counts(FakePeer(), 4), ["1", "2", "3", "4"])
        self.assertEqual(thread_counts(Peer("numpy", Path(), Path(), {}), 4), ["1", "4"])
        self.assertEqual(thread_counts(Peer("numpy", Path(), Path(), {}), 1), ["1"])
        self.assertEqual(thread_counts(Peer("jax", Path(), Path(), {}), 4), ["1", "4"])
        self.assertEqual(thread_counts(Peer("onnxruntime", Path(), Path(), {}), 3), ["1", "2", "3"])

    def test_every_peer_has_a_way_to_predict(self) -> None:
        for name in compare.PEERS:
            self.assertTrue(eager_variants(Peer(name, Path(), Path(), {}), ROWS_1024), name)


class ScriptedPeer(Peer):
    """Every job takes the same time."""

    def run(self, threads: str, jobs: Iterable[dict], timeout: float = 0.0) -> list[dict]:
        return [{"about": "a peer"}, *({"seconds": 1.0, "epoch_seconds": [1.0], "score": 1.0} for _ in jobs)]


class CompareTest(unittest.TestCase):
    def test_a_round_asks_nobody_for_what_it_does_not_do(self) -> None:
        class Ours(Mlp):
            def bench(self, work: object, setting: Setting) -> dict:
                return {"prediction": [{"rows": 1024, "threads": 1, "microseconds": 1.0}]}

            def train(self, work: object, setting: Setting) -> Measurement:
                return Measurement(1.0, 1.0, "1")

        peers = {name: ScriptedPeer(name, Path(), Path(), {}) for name in ("torch", "onnxruntime")}
        works = [SGD_64, ROWS_1024]
        settings = {(name, w): Setting("1") for name in peers for w in works if peers[name].does(w)}
        results = compare.measure_round(Ours(Path(), Path(), {}), peers, works, settings, 0)
        self.assertIn(("torch", SGD_64), results)
        self.assertIn(("onnxruntime", ROWS_1024), results)
        self.assertNotIn(("onnxruntime", SGD_64), results)

    def test_what_held_says_names_every_variable(self) -> None:
        text = compare.held_text("avx2")
        for name in HELD_TO["avx2"]:
            self.assertIn(name, text)

    def test_who_does_not_learn_ends_the_comparison(self) -> None:
        for score, w in ((SGD_64.bar, SGD_64), (None, ROWS_1024)):
            measurement = Measurement(1.0, score, "1")
            self.assertIs(compare.learned("peer", w, measurement), measurement)
        for score in (0.1, float("nan")):
            with self.assertRaisesRegex(Failure, "peer did not learn: sgd, batch 64"):
                compare.learned("peer", SGD_64, Measurement(1.0, score, "1"))
        with self.assertRaisesRegex(Failure, "no compiler"):
            compare.learned("peer", SGD_64, Failure("no compiler"))


class ReportTest(unittest.TestCase):
    def test_a_section(self) -> None:
        def runs(*seconds: float, threads: str, score: float) -> list[Measurement]:
            return [Measurement(s, score, threads) for s in seconds]

        peer = "PyTorch 2.1 (AVX512)"
        report = Report(
            facts=["a CPU"],
            ours=["mlp, 1 thread", "mlp, all"],
            peers=[peer],
            works=[SGD_64],
            settings={(peer, SGD_64): Setting("2", "functions")},
            results={
                ("mlp, 1 thread", SGD_64): runs(0.1, 0.3, 0.1, threads="1", score=0.96),
                ("mlp, all", SGD_64): runs(0.05, threads="4", score=0.96),
                (peer, SGD_64): runs(0.4, 0.2, 0.3, threads="2", score=0.95),
            },
        )
        lines = report.markdown().splitlines()
        self.assertIn("- a CPU", lines)
        self.assertIn("| batch | mlp, 1 thread | mlp, all | PyTorch | PyTorch / mlp |", lines)
        self.assertIn("| 64    |           100 |     50.0 |     300 |     3.0 / 6.0 |", lines)
        self.assertIn(
            "| 64    | 1 thread; 0.9600 | 4 threads; 0.9600 | functions, 2 threads; 0.9500 |", lines
        )
        self.assertEqual(report.measurements()[2]["seconds"], [0.4, 0.2, 0.3])

    def test_a_peer_has_columns_only_where_it_does_something(self) -> None:
        ours, peer = ["mlp, 1 thread", "mlp, all"], "onnxruntime 1.2 (kernels for this CPU)"
        works = [SGD_64, ROWS_1024]
        results = {(name, w): [Measurement(0.001, None, "1")] for name in ours for w in works}
        results[peer, ROWS_1024] = [Measurement(0.003, None, "1")]
        settings = {(peer, ROWS_1024): Setting("1", "binding")}
        report = Report([], ours, [peer], works, settings, results)
        training, prediction = report.markdown().split("## Predicting")
        self.assertNotIn("onnxruntime", training)
        self.assertIn("| onnxruntime / mlp |", prediction)
        self.assertIn("3.0 / 3.0", prediction)
        self.assertIn("binding, 1 thread", prediction)


class DataSetsTest(unittest.TestCase):
    def test_images_survive_a_round_trip(self) -> None:
        source = random.Random(1)
        classes = [data_sets.drawn_class(source) for _ in range(10)]
        parts = [data_sets.drawn_images(rows, source, classes) for rows in (50, 20)]
        with tempfile.TemporaryDirectory() as folder:
            data_sets.write_images(Path(folder), parts)
            paths = [Path(folder) / "mnist" / name for name in data_sets.IMAGE_FILES]
            self.assertEqual(data_sets.read_idx(paths[0])[0], (50, 28, 28))
            self.assertEqual(data_sets.read_images(paths), parts)

    def test_first_rows(self) -> None:
        parts = [(bytes(784) + bytes([1] * 784), bytes([7, 8])), (bytes([2] * 784), bytes([9]))]
        self.assertEqual(data_sets.first_rows(parts, (1, 1)), [(bytes(784), bytes([7])), parts[1]])

    def test_the_table_leaves_392_rows_to_train_on(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            data_sets.write_table(Path(folder))
            lines = (Path(folder) / "auto-mpg" / "auto-mpg.data").read_text().splitlines()
        self.assertEqual(len(lines) - round(0.2 * len(lines)), 392)
        self.assertTrue(all(len(line.split("\t")[0].split()) == 8 for line in lines))


if __name__ == "__main__":
    unittest.main()
