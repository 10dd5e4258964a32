"""PyTorch on the CPU, with the training step written in the ways that were fastest.

modules     nn.Sequential and torch.optim, fused where this version can
functions   weights as plain tensors, torch.autograd.grad, one call for all updates
compiled    forward, backward and update compiled as one function: torch.compile over torch.func.grad
TorchScript (prediction) traced, frozen, optimised for inference
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

import peer

Step = Callable[[Tensor, Tensor], object]
Outputs = Callable[[Tensor], Tensor]

MODULES: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "leaky_relu": lambda: nn.LeakyReLU(0.01)}
FUNCTIONS = {"relu": torch.relu, "leaky_relu": lambda z: F.leaky_relu(z, 0.01)}


def network_of(job: peer.Job) -> nn.Sequential:
    """The network without the last softmax, which is part of the loss."""
    modules: list[nn.Module] = []
    for fan_in, fan_out, activation in peer.layers_of(job):
        modules.append(nn.Linear(fan_in, fan_out))
        if activation in MODULES:
            modules.append(MODULES[activation]())
    return nn.Sequential(*modules)


def parameters_of(job: peer.Job) -> list[Tensor]:
    """W [inputs, outputs] and b of each layer."""
    return [p.detach().t().contiguous() for p in network_of(job).parameters()]


def forward(job: peer.Job) -> Callable[[list[Tensor], Tensor], Tensor]:
    """The network as a function of parameters and inputs."""
    activations = [FUNCTIONS.get(activation) for _, _, activation in peer.layers_of(job)]

    def outputs(parameters: list[Tensor], x: Tensor) -> Tensor:
        for i, activation in enumerate(activations):
            x = torch.addmm(parameters[2 * i + 1], x, parameters[2 * i])
            if activation:
                x = activation(x)
        return x

    return outputs


def loss_of(job: peer.Job) -> Callable[[Tensor, Tensor], Tensor]:
    return F.mse_loss if job["data"] == "table" else F.cross_entropy


def optimizer_of(job: peer.Job, parameters) -> torch.optim.Optimizer:
    kind = torch.optim.Adam if job["optimizer"] == "adam" else torch.optim.SGD
    parameters = list(parameters)
    try:
        return kind(parameters, lr=job["learning_rate"], fused=True)
    except (RuntimeError, TypeError):  # older versions fuse on GPUs only
        return kind(parameters, lr=job["learning_rate"], foreach=True)


def modules(job: peer.Job) -> tuple[Step, Outputs]:
    network, loss = network_of(job), loss_of(job)
    optimizer = optimizer_of(job, network.parameters())

    def step(x: Tensor, y: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        loss(network(x), y).backward()
        optimizer.step()

    return step, network


def functions(job: peer.Job) -> tuple[Step, Outputs]:
    parameters = [p.requires_grad_() for p in parameters_of(job)]
    outputs, loss, rate = forward(job), loss_of(job), job["learning_rate"]
    optimizer = optimizer_of(job, parameters)

    def sgd_step(x: Tensor, y: Tensor) -> None:
        gradients = torch.autograd.grad(loss(outputs(parameters, x), y), parameters)
        with torch.no_grad():
            torch._foreach_add_(parameters, gradients, alpha=-rate)

    def adam_step(x: Tensor, y: Tensor) -> None:
        gradients = torch.autograd.grad(loss(outputs(parameters, x), y), parameters)
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        optimizer.step()

    return adam_step if job["optimizer"] == "adam" else sgd_step, lambda x: outputs(parameters, x)


def compiled(job: peer.Job) -> tuple[Step, Outputs]:
    parameters, outputs, loss, rate = parameters_of(job), forward(job), loss_of(job), job["learning_rate"]
    gradients_of = torch.func.grad(lambda p, x, y: loss(outputs(p, x), y))
    m, v = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    first, second = torch.ones(()), torch.ones(())  # 1 - beta^t, as tensors: numbers would be compiled in
    steps = 0

    def sgd_update(p: list[Tensor], x: Tensor, y: Tensor) -> None:
        torch._foreach_add_(p, gradients_of(p, x, y), alpha=-rate)

    def adam_update(p, m, v, x: Tensor, y: Tensor, first: Tensor, second: Tensor) -> None:
        for w, m_w, v_w, g in zip(p, m, v, gradients_of(p, x, y)):
            m_w.lerp_(g, 0.1)
            v_w.mul_(0.999).addcmul_(g, g, value=0.001)
            w.sub_(rate * (m_w / first) / ((v_w / second).sqrt() + 1e-8))

    compiled_sgd, compiled_adam = (torch.compile(f, dynamic=False) for f in (sgd_update, adam_update))

    def adam_step(x: Tensor, y: Tensor) -> None:
        nonlocal steps
        steps += 1
        first.fill_(1 - 0.9**steps)
        second.fill_(1 - 0.999**steps)
        compiled_adam(parameters, m, v, x, y, first, second)

    step = adam_step if job["optimizer"] == "adam" else lambda x, y: compiled_sgd(parameters, x, y)
    return step, lambda x: outputs(parameters, x)


def skip_guards(on: bool) -> None:
    """Once warm, compiled code need not check at each call whether it still fits. Newer versions can skip that."""
    try:
        torch.compiler.set_stance("default", skip_guard_eval_unsafe=on)
    except (AttributeError, TypeError):
        pass


TRAINING = {"modules": modules, "functions": functions, "compiled": compiled}


def train(job: peer.Job) -> dict:
    fresh(job)
    (X, Y), test = [tuple(map(torch.from_numpy, part)) for part in peer.read_data(job)]
    step, outputs = TRAINING[job["variant"]](job)
    warm_up(step, X, Y, job)
    seconds: list[float] = []
    while peer.another_epoch(job, seconds):
        order = torch.randperm(len(X))
        start = time.perf_counter()
        for rows in order.split(job["batch_size"]):
            step(X.index_select(0, rows), Y.index_select(0, rows))
        seconds.append(time.perf_counter() - start)
    with torch.inference_mode():
        score = peer.score(outputs(test[0]).numpy(), test[1].numpy())
    return {"epoch_seconds": seconds, "score": score}


def warm_up(step: Step, X: Tensor, Y: Tensor, job: peer.Job) -> None:
    """Untimed: a few steps of a full batch, and of the last one, which may be shorter."""
    size = job["batch_size"]
    for rows in (size, len(X) % size or size):
        for _ in range(3):
            step(X[:rows].clone(), Y[:rows].clone())
    if job["variant"] == "compiled":
        skip_guards(True)


def fresh(job: peer.Job) -> None:
    """Discards the compiled code of the previous job."""
    torch.manual_seed(1)
    if job["variant"] == "compiled":
        skip_guards(False)
        torch._dynamo.reset()


def predict(job: peer.Job) -> dict:
    fresh(job)
    x = torch.from_numpy(peer.inputs_to_predict(job))
    network = nn.Sequential(network_of(job), nn.Softmax(dim=1)).eval()
    with torch.inference_mode():
        call = PREDICTION[job["variant"]](job, network, x)
        return {"seconds": peer.median_seconds(lambda: call(x))}


def predicting_functions(job: peer.Job, network: nn.Module, x: Tensor) -> Outputs:
    parameters, outputs = parameters_of(job), forward(job)
    return lambda x: torch.softmax(outputs(parameters, x), 1)


def torch_script(job: peer.Job, network: nn.Module, x: Tensor) -> Outputs:
    return torch.jit.optimize_for_inference(torch.jit.trace(network, x))


def compiled_network(job: peer.Job, network: nn.Module, x: Tensor) -> Outputs:
    call = torch.compile(network, dynamic=False)
    call(x)
    skip_guards(True)
    return call


PREDICTION = {
    "modules": lambda job, network, x: network,
    "functions": predicting_functions,
    "TorchScript": torch_script,
    "compiled": compiled_network,
}

def hold_compiler_to_avx2() -> None:
    """The code that torch.compile writes has vectors of ATEN_CPU_CAPABILITY, but is otherwise compiled for this CPU."""
    from torch._inductor import config

    if hasattr(config.cpp, "march"):  # older versions know no other CPU than this one
        config.cpp.march = "haswell"


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    if os.environ.get("ATEN_CPU_CAPABILITY") == "avx2":
        hold_compiler_to_avx2()
    torch.set_num_threads(int(sys.argv[1]))
    torch.set_flush_denormal(True)
    capability = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else "CPU"
    peer.serve(f"PyTorch {torch.__version__} ({capability})", train, predict)
