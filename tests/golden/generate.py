#!/usr/bin/env python3
"""Writes golden.json: what PyTorch computes for tiny networks, for the tests to compare mlp with.

    python3 tests/golden/generate.py            needs PyTorch; only this script does, never a build or a test

What is in the file, all row-major, float64 results with 14 digits and float32 ones with 9:
  activations   f(z) and f'(z) of every activation on a grid, in float64
  problems      inputs X, targets, sample weights and starting parameters (each layer's W [fan_in, fan_out], then
                its b), named by the cases below; short decimals, so that float and double start from the same
  gradients     per case a network and a loss: loss and dLoss/d(every parameter), for deep networks the outputs,
                in float64
  trajectories  per optimizer the parameters after 1, 10 and 100 full-batch steps, in float64 and in float32
  one_cycle     the factors of OneCycleLR
Names of activations, losses, optimizers and networks are those mlp's own texts use.
"""

import itertools
import json
import math
import pathlib
import re

import torch
import torch.nn.functional as F

# Where PyTorch has no function of the name that takes z, and a parameter, alone.
ACTIVATIONS_OF_OTHER_FORM = {
    "linear": lambda z: z,
    "gelu(tanh)": lambda z: F.gelu(z, approximate="tanh"),
    "softmax": lambda z: F.softmax(z, dim=1),
}
# Once more, with the parameter elsewhere than at the default.
ANOTHER_PARAMETER = {"leaky_relu": 0.2, "elu": 0.5}


def activations():
    """The function of each that has a row in the table of docs/activations.md, whose second column is its name."""
    functions = {}
    page = pathlib.Path(__file__).parents[2] / "docs" / "activations.md"
    for row in re.findall(r"^\| `[^|]*\| `([^`]*)` \|", page.read_text(), re.MULTILINE):
        name = row if row in ACTIVATIONS_OF_OTHER_FORM else row.split("(")[0]
        function = (ACTIVATIONS_OF_OTHER_FORM.get(name) or getattr(F, name, None)
                    or getattr(F, name.replace("_", ""), None))
        if not function:
            raise SystemExit(f"{name}: PyTorch has no such function; write it into ACTIVATIONS_OF_OTHER_FORM")
        functions[name] = function
        if name in ANOTHER_PARAMETER:
            parameter = ANOTHER_PARAMETER[name]
            functions[f"{name}({parameter})"] = lambda z, f=function, p=parameter: f(z, p)
    return functions


ACTIVATIONS = activations()

# Clear of kinks, which lie at 0 or, as hard_swish's at 3 and -3, at other whole numbers, and below 20, where PyTorch's
# softplus turns into the identity.
GRID = [-11.9, -2.9, -1.2, -0.1, 0.1, 1.2, 2.9, 11.9]


def binary_cross_entropy(z, a, y, output):
    if output == "sigmoid":
        return F.binary_cross_entropy_with_logits(z, y, reduction="none").mean(1)
    return F.binary_cross_entropy(a, y, reduction="none").mean(1)


# Loss of each row, from the last layer's logits z, its outputs a and targets y; and the kind of targets.
LOSSES = {
    "squared_error": ("real", lambda z, a, y, output: F.mse_loss(a, y, reduction="none").sum(1) / 2),
    "mean_squared_error": ("real", lambda z, a, y, output: F.mse_loss(a, y, reduction="none").mean(1)),
    "mean_absolute_error": ("real", lambda z, a, y, output: F.l1_loss(a, y, reduction="none").mean(1)),
    "huber": ("real", lambda z, a, y, output: F.huber_loss(a, y, reduction="none").mean(1)),
    "huber(0.5)": ("real", lambda z, a, y, output: F.huber_loss(a, y, reduction="none", delta=0.5).mean(1)),
    "cross_entropy": (
        "classes", lambda z, a, y, output: F.cross_entropy(z, y, reduction="none")),
    "cross_entropy(0.1)": (
        "classes", lambda z, a, y, output: F.cross_entropy(z, y, reduction="none", label_smoothing=0.1)),
    "binary_cross_entropy": ("labels", binary_cross_entropy),
    "binary_cross_entropy(0.1)": (
        "labels", lambda z, a, y, output: binary_cross_entropy(z, a, 0.9 * y + 0.05, output)),
}


def compatible(loss, output):
    if loss.startswith("cross_entropy"):
        return output == "softmax"
    if loss.startswith("binary_cross_entropy"):
        return output in ("sigmoid", "softmax")
    return True


OPTIMIZERS = {
    "sgd(learning_rate=0.1)": lambda w, b: torch.optim.SGD(w + b, lr=0.1),
    "momentum(learning_rate=0.02,momentum=0.8)": lambda w, b: torch.optim.SGD(w + b, lr=0.02, momentum=0.8),
    "nesterov(learning_rate=0.02,momentum=0.8)": lambda w, b: torch.optim.SGD(
        w + b, lr=0.02, momentum=0.8, nesterov=True),
    "rmsprop(learning_rate=0.005,rho=0.95)": lambda w, b: torch.optim.RMSprop(w + b, lr=0.005, alpha=0.95),
    "adam(learning_rate=0.01,beta2=0.99)": lambda w, b: torch.optim.Adam(w + b, lr=0.01, betas=(0.9, 0.99)),
    "adamw(learning_rate=0.01,weight_decay=0.3)": lambda w, b: torch.optim.AdamW(
        [{"params": w, "weight_decay": 0.3}, {"params": b, "weight_decay": 0.0}], lr=0.01),
}
STEPS = (1, 10, 100)


def decimals(generator, *shape, scale=1.0):
    """Random numbers with three decimals."""
    values = torch.randn(*shape, generator=generator, dtype=torch.float64) * scale
    return [round(value, 3) for value in values.flatten().tolist()]


def problem(seed, sizes, rows):
    generator = torch.Generator().manual_seed(seed)
    parameters = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        parameters += decimals(generator, fan_in, fan_out, scale=0.8) + decimals(generator, fan_out, scale=0.3)
    classes = torch.randint(sizes[-1], (rows,), generator=generator)
    return {
        "sizes": sizes,
        "rows": rows,
        "X": decimals(generator, rows, sizes[0]),
        "real": decimals(generator, rows, sizes[-1], scale=1.5),
        "classes": F.one_hot(classes, sizes[-1]).flatten().tolist(),
        "labels": torch.randint(2, (rows * sizes[-1],), generator=generator).tolist(),
        "weights": [round(0.5 + 0.35 * row, 3) for row in range(rows)],
        "parameters": parameters,
    }


# The sum of the sample weights is not N: a mean over the weights would show.
PROBLEMS = {
    "deep": problem(2, [3, 5, 4, 3], rows=4),
    "shallow": problem(2, [2, 3], rows=4),
    "fit": problem(2, [2, 3, 2], rows=6),
}


class Network:
    """Leaf tensors W [fan_in, fan_out] and b [fan_out] per layer, and the fold over them."""

    def __init__(self, problem, text, dtype):
        self.activations = [layer.split(":")[1] for layer in text.split(",")]
        self.weights, self.biases = [], []
        values = torch.tensor(problem["parameters"], dtype=dtype)
        sizes = problem["sizes"]
        assert [int(layer.split(":")[0]) for layer in text.split(",")] == sizes[1:]
        for fan_in, fan_out in zip(sizes, sizes[1:]):
            self.weights.append(values[: fan_in * fan_out].reshape(fan_in, fan_out).clone().requires_grad_())
            values = values[fan_in * fan_out:]
            self.biases.append(values[:fan_out].clone().requires_grad_())
            values = values[fan_out:]
        assert values.numel() == 0

    def __call__(self, X):
        """Logits and outputs of the last layer, and how close any pre-activation came to 0."""
        A, closest = X, math.inf
        for W, b, name in zip(self.weights, self.biases, self.activations):
            Z = F.linear(A, W.T, b)
            A = ACTIVATIONS[name](Z)
            closest = min(closest, Z.abs().min().item())
        return Z, A, closest

    def tensors(self):
        return [tensor for pair in zip(self.weights, self.biases) for tensor in pair]

    def flat(self, of=lambda tensor: tensor):
        return torch.cat([of(tensor).detach().flatten() for tensor in self.tensors()])


def matrix(problem, name, columns, dtype):
    return torch.tensor(problem[name], dtype=dtype).reshape(problem["rows"], columns)


def batch_loss(network, problem, loss, dtype, weighted=False, l2=0.0):
    """Outputs, and 1/N sum_n w_n loss_n + l2/2 sum W^2; clear of kinks, where a derivative is a convention."""
    sizes = problem["sizes"]
    targets, per_row = LOSSES[loss]
    Z, A, closest = network(matrix(problem, "X", sizes[0], dtype))
    assert closest > 1e-3, "a pre-activation near a kink: choose another seed"
    Y = matrix(problem, targets, sizes[-1], dtype)
    if targets == "real":
        for kink in (0, 0.5, 1):
            assert ((A - Y).abs() - kink).abs().min() > 1e-3, "a residual near a kink: choose another seed"
    losses = per_row(Z, A, Y, network.activations[-1])
    if weighted:
        losses = losses * torch.tensor(problem["weights"], dtype=dtype)
    decay = sum((W * W).sum() for W in network.weights) * l2 / 2
    return A, losses.sum() / problem["rows"] + decay


def numbers(tensor):
    digits = 14 if tensor.dtype == torch.float64 else 9
    return [float(f"{value:.{digits}g}") for value in tensor.flatten().tolist()]


def gradient_case(problem, text, loss, weighted=False, l2=0.0):
    network = Network(PROBLEMS[problem], text, torch.float64)
    A, value = batch_loss(network, PROBLEMS[problem], loss, torch.float64, weighted, l2)
    value.backward()
    case = {"problem": problem, "network": text, "loss": loss, "targets": LOSSES[loss][0]}
    if weighted:
        case["weighted"] = True
    if l2:
        case["l2"] = l2
    if len(network.weights) > 1:
        case["outputs"] = numbers(A.detach())
    case["value"] = numbers(value.detach())[0]
    case["gradients"] = numbers(network.flat(lambda tensor: tensor.grad))
    return case


def trajectory(optimizer, schedule=None):
    case = {
        "problem": "fit",
        "network": "3:tanh,2:linear",
        "loss": "squared_error",
        "targets": "real",
        "optimizer": optimizer,
        "steps": STEPS,
    }
    if schedule:
        case["schedule"] = schedule
    for name, dtype in (("float64", torch.float64), ("float32", torch.float32)):
        network = Network(PROBLEMS["fit"], case["network"], dtype)
        steps = OPTIMIZERS[optimizer](network.weights, network.biases)
        rates = None
        if schedule:
            rates = torch.optim.lr_scheduler.OneCycleLR(
                steps, max_lr=steps.param_groups[0]["lr"], total_steps=STEPS[-1], cycle_momentum=False)
        case[name] = []
        for step in range(1, STEPS[-1] + 1):
            steps.zero_grad()
            X = matrix(PROBLEMS["fit"], "X", 2, dtype)
            Y = matrix(PROBLEMS["fit"], "real", 2, dtype)
            A = network(X)[1]
            (((A - Y) ** 2).sum() / 2 / X.shape[0]).backward()
            steps.step()
            if rates and step < STEPS[-1]:
                rates.step()
            if step in STEPS:
                case[name].append(numbers(network.flat()))
    return case


def activation_case(name):
    z = torch.tensor([GRID], dtype=torch.float64, requires_grad=True)
    a = ACTIVATIONS[name](z)
    (derivative,) = torch.autograd.grad(a.sum(), z)
    return {"activation": name, "values": numbers(a.detach()), "derivatives": numbers(derivative)}


def one_cycle_factors(total_steps, **options):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1.0, total_steps=total_steps, **options)
    factors = []
    for step in range(total_steps):
        factors.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < total_steps:
            schedule.step()
    return factors


def main():
    # Every activation twice as a hidden layer, under a regression or a classification in turn ...
    tasks = [("linear", "squared_error"), ("softmax", "cross_entropy(0.1)")]
    hidden = [gradient_case("deep", f"5:{name},4:{name},3:{output}", loss)
              for name, (output, loss) in zip(ACTIVATIONS, itertools.cycle(tasks))]
    # ... every loss on every output it is defined on ...
    outputs = [gradient_case("shallow", f"3:{output}", loss)
               for loss in LOSSES if loss != "huber(0.5)"
               for output in ACTIVATIONS if "(0." not in output and compatible(loss, output)]
    # ... and different activations mixed, with sample weights and L2.
    mixed = [
        gradient_case("deep", "5:leaky_relu(0.2),4:elu(0.5),3:softmax", "cross_entropy", True, 0.1),
        gradient_case("deep", "5:relu,4:gelu(tanh),3:sigmoid", "binary_cross_entropy(0.1)", True, 0.2),
        gradient_case("deep", "5:softmax,4:tanh,3:softplus", "huber(0.5)", True, 0.3),
    ]
    golden = {
        "about": [f"Written by generate.py with PyTorch {torch.__version__.split('+')[0]}: do not edit."],
        "problems": PROBLEMS,
        "grid": GRID,
        "activations": [activation_case(name) for name in ACTIVATIONS if name != "softmax"],
        "gradients": hidden + outputs + mixed,
        "trajectories": [trajectory(name) for name in OPTIMIZERS]
                        + [trajectory("adam(learning_rate=0.01,beta2=0.99)", schedule="one_cycle")],
        "one_cycle": [
            {"schedule": "one_cycle", "factors": one_cycle_factors(20)},
            {"schedule": "one_cycle(warm_up=0.2,initial=10,final=1000)",
             "factors": one_cycle_factors(20, pct_start=0.2, div_factor=10, final_div_factor=100)},
        ],
    }

    def line(value):
        return json.dumps(value, separators=(",", ":"))

    # One case a line: compact, and readable in a diff.
    sections = []
    for name, value in golden.items():
        if name == "grid":
            body = line(value)
        elif isinstance(value, dict):
            body = "{\n" + ",\n".join(f"{line(key)}:{line(entry)}" for key, entry in value.items()) + "\n}"
        else:
            body = "[\n" + ",\n".join(line(entry) for entry in value) + "\n]"
        sections.append(f"{line(name)}:{body}")
    path = pathlib.Path(__file__).with_name("golden.json")
    path.write_text("{" + ",\n".join(sections) + "}\n")
    print(f"{path}: {path.stat().st_size} bytes, {len(golden['gradients'])} gradient cases")


if __name__ == "__main__":
    main()
