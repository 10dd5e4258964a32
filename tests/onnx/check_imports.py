"""mlp import reads what PyTorch and scikit-learn export, and predicts what onnxruntime predicts of it.

    python3 check_imports.py MLP

MLP is the program. Each file is imported, and what `mlp predict` makes of some rows must agree with onnxruntime to
1e-5 of the largest output, labels exactly; what is no such network must be refused with its node's name. Exit
status 77: neither torch nor skl2onnx is there.
"""
import csv, io, itertools, pathlib, subprocess, sys, tempfile, warnings

warnings.filterwarnings("ignore")
try:
    import numpy, onnxruntime
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

TOLERANCE = 1e-5
rows = numpy.random.default_rng(1).normal(size=(40, 8)).astype(numpy.float32) * 5 + 20


def torch_models():
    """Name, module, inputs."""
    import torch
    from torch import nn

    class View(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(8, 6), nn.Linear(6, 2)

        def forward(self, x):
            return self.b(torch.relu(self.a(((x - 20) / 5).view(x.size(0), -1))))

    torch.manual_seed(1)
    x = (rows - 20) / 5
    for f in (nn.ReLU(), nn.LeakyReLU(0.2), nn.Tanh(), nn.Sigmoid(), nn.Softplus(), nn.Mish(), nn.GELU(),
              nn.GELU(approximate="tanh"), nn.SiLU(), nn.ELU(1.3), nn.SELU()):
        yield str(f), nn.Sequential(nn.Linear(8, 6), f, nn.Linear(6, 5), f, nn.Linear(5, 3)), x
    yield "classifier", nn.Sequential(nn.Flatten(), nn.Linear(8, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.5),
                                      nn.Linear(6, 3), nn.Softmax(1)), x.reshape(-1, 2, 4)
    yield "view", View(), rows.reshape(-1, 2, 4)
    yield "refused Conv", nn.Sequential(nn.Conv1d(2, 3, 2), nn.Flatten(), nn.Linear(9, 2)), x.reshape(-1, 2, 4)


def torch_cases(path):
    import torch
    try:
        import onnxscript
        exporters = (False, True)
    except ImportError:
        exporters = (False,)
    for dynamo in exporters:
        for name, module, x in torch_models():
            options = ({"dynamo": True, "external_data": False, "dynamic_shapes": ({0: torch.export.Dim.DYNAMIC},), "verbose": False}
                       if dynamo else {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {0: "n"}}})
            torch.onnx.export(module.eval(), (torch.tensor(x),), path, **options)
            yield f"torch {'dynamo' if dynamo else 'script'} {name}", x


def sklearn_cases(path):
    import onnx
    from skl2onnx import to_onnx
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    y = rows @ numpy.random.default_rng(2).normal(size=8)
    codes = numpy.digitize(y, numpy.quantile(y, [0.3, 0.6]))
    targets = {"three": numpy.array(["low", "mid", "high"])[codes], "two": codes > 0, "numbers": codes + 5, "regression": y}
    for f, (name, target), zipmap in itertools.product(("identity", "logistic", "tanh", "relu"), targets.items(), (True, False)):
        kind = MLPRegressor if name == "regression" else MLPClassifier
        model = make_pipeline(StandardScaler(), kind(hidden_layer_sizes=(7, 5), activation=f, max_iter=50, random_state=1)).fit(rows, target)
        options = None if name == "regression" else {"zipmap": zipmap}
        onnx.save(to_onnx(model, rows[:1], target_opset=17, options=options), path)
        yield f"sklearn {name} {f} {zipmap}", rows


def expected_of(path, x):
    """Numbers [N, O], and labels or nothing."""
    session = onnxruntime.InferenceSession(path)
    numbers = labels = None
    for output in session.run(None, {session.get_inputs()[0].name: x}):
        if isinstance(output, list):  # a ZipMap's
            output = numpy.array([list(row.values()) for row in output])
        if output.dtype.kind == "f":
            numbers = output.reshape(len(x), -1)
        else:
            labels = [str(label) for label in output]
    return numbers, labels


def problem_of(mlp, folder, name, x):
    path, model, inputs = str(folder / "net.onnx"), folder / "net.safetensors", folder / "x.npy"
    imported = subprocess.run([mlp, "import", path, "--output", model], capture_output=True, text=True)
    if name.split()[-2] == "refused":
        return None if imported.returncode == 1 and name.split()[-1] in imported.stderr else "not refused"
    if imported.returncode != 0:
        return imported.stderr
    classes = " classes" in imported.stdout
    numpy.save(inputs, x.reshape(len(x), -1))
    options = ["--probabilities"] if classes else []
    predicted = subprocess.run([mlp, "predict", model, "--input", inputs, *options], capture_output=True, text=True)
    cells = list(csv.reader(io.StringIO(predicted.stdout)))[1:]
    numbers, labels = expected_of(path, x)
    found = numpy.array([[float(cell) for cell in row[-numbers.shape[1]:]] for row in cells])
    if found.shape != numbers.shape:
        return f"{found.shape} instead of {numbers.shape}: {predicted.stderr}"
    off = numpy.abs(found - numbers).max() / max(1, numpy.abs(numbers).max())
    if not off <= TOLERANCE:
        return f"off by {off:.2g}"
    return None if labels is None or labels == [row[0] for row in cells] else "other labels"


def main(mlp):
    counts, failures = {}, []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        for cases in (torch_cases, sklearn_cases):
            try:
                for name, x in cases(str(folder / "net.onnx")):
                    counts[name.split()[0]] = counts.get(name.split()[0], 0) + 1
                    problem = problem_of(mlp, folder, name, x)
                    if problem:
                        failures.append(f"{name}: {problem}")
            except ImportError as error:
                print(f"skipped: {error}")
    print(f"{counts}, {len(failures)} wrong", *failures, sep="\n")
    return 1 if failures else 0 if counts else 77


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
