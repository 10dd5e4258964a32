"""onnxruntime predicts what mlp predicts.

    python3 check_models.py PROGRAM COUNT

PROGRAM (random_models.cpp) writes COUNT random models as ONNX files, each with inputs and mlp's own predictions.
Each file must pass onnx.checker's full check. What onnxruntime makes of the inputs must agree to 1e-5 of the
outputs' scale - the targets' standard deviation, or 1, or how far the outputs lie apart where that is more - and
the rounding of floats; the label must be the class with the most. Exit status 77: the packages are not there.
"""
import collections, json, pathlib, subprocess, sys, tempfile

try:
    import numpy, onnx, onnxruntime
except ImportError as error:
    print(f"skipped: {error} (python3 -m pip install onnx onnxruntime)")
    sys.exit(77)

TOLERANCE = 1e-5


def fed(case, session):
    """The inputs by name, as arrays of the types that the case expects of the graph."""
    kinds = {"double": ("tensor(double)", numpy.float64), "float": ("tensor(float)", numpy.float32)}
    number_type, number_dtype = kinds[case["numbers"]]
    declared = {value.name: value for value in session.get_inputs()}
    assert set(declared) == set(case["inputs"]), f"inputs {sorted(declared)}"
    arrays = {}
    for name, values in case["inputs"].items():
        texts = any(isinstance(value, str) for row in values for value in row)
        array = numpy.array(values, dtype=object if texts else number_dtype)
        assert declared[name].type == ("tensor(string)" if texts else number_type), f"{name}: {declared[name].type}"
        assert declared[name].shape == ["N", array.shape[1]], f"{name}: {declared[name].shape}"
        arrays[name] = array
    return arrays


def allowed(expected, units):
    """How far each output may be off."""
    spread = numpy.abs(expected - expected.mean(axis=0)).max(axis=0)
    rounding = 2 * numpy.finfo(numpy.float32).eps * numpy.abs(expected)
    return TOLERANCE * numpy.maximum(units, spread) + rounding


def problem_of(case, path):
    """What is wrong, or nothing; and the largest difference as a share of what is allowed."""
    onnx.checker.check_model(onnx.load(path), full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    outputs = dict(zip([value.name for value in session.get_outputs()], session.run(None, fed(case, session))))
    expected = numpy.array(case["outputs"], dtype=numpy.float64)
    values = [name for name in outputs if name == case["output"] or name == case["output"] + "_2"]
    if len(values) != 1:
        return f"outputs {sorted(outputs)}", 0
    found = outputs[values[0]]
    if found.dtype != numpy.float32 or found.shape != expected.shape:
        return f"{found.dtype} {found.shape} instead of float32 {expected.shape}", 0
    if not numpy.isfinite(expected).all():
        return "mlp's own outputs are not finite", 0
    share = (numpy.abs(found - expected) / allowed(expected, numpy.array(case["units"]))).max()
    if not share <= 1:
        return f"{share:.3g} times the difference that is allowed", share
    if case["class_names"]:
        labels = outputs.get("label_2", outputs.get("label"))
        ranked = numpy.sort(expected, axis=1)
        clear = ranked[:, -1] - ranked[:, -2] > 3 * allowed(expected, numpy.array(case["units"])).max()
        right = numpy.array(case["class_names"])[expected.argmax(axis=1)]
        if labels.shape != right.shape or (labels != right)[clear].any():
            return f"labels {labels}, expected {right}", share
    return None, share


def main(program, count):
    seen = collections.Counter()
    failures, worst = [], (0, None)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder, str(count)], check=True)
        for number in range(count):
            path = pathlib.Path(folder) / f"{number}.onnx"
            case = json.loads(path.with_suffix(".json").read_text())
            what = f"{number}: {case['network']}, {case['loss']}, members {case['members']}"
            try:
                problem, share = problem_of(case, str(path))
            except Exception as error:
                problem, share = f"{type(error).__name__}: {error}", 0
            if problem:
                failures.append(f"{what}: {problem}")
            worst = max(worst, (share, what), key=lambda pair: pair[0])
            seen[case["loss"].partition("(")[0]] += 1
            seen.update({layer.split(":")[1] for layer in case["network"].split(",")})
            seen["ensembles"] += case["members"] > 1
    print(f"{count} models, {len(failures)} wrong; the largest difference is {worst[0]:.2g} of what is allowed ({worst[1]})")
    print("seen:", ", ".join(f"{name} {times}" for name, times in sorted(seen.items()) if "(" not in name or "tanh" in name))
    for failure in failures[:20]:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
