"""What is compared: networks, batch sizes and optimizers, the same for every contender."""

from __future__ import annotations

from dataclasses import dataclass, replace

SEED_LAYERS = "64:relu,87:relu,72:leaky_relu,10:softmax"
WIDE_LAYERS = "2048:relu,2048:relu,10:softmax"
TABLE_LAYERS = "64:relu,64:relu,1:linear"

SECTIONS = ("sgd", "adam", "wide", "table", "prediction")


@dataclass(frozen=True)
class Work:
    """A work item, one line of a table. A contender does it and reports how many seconds it took."""

    section: str
    name: str
    data: str  # "images", "few_images" or "table": a folder beside the others, see data_sets.py
    inputs: int
    layers: str  # as mlp's --layers takes them
    batch_size: int  # rows of a step, or rows to predict at once
    optimizer: str = "sgd"
    learning_rate: float = 0.0
    epochs: int = 1
    rows: int = 0  # of the training data; 0: all. Only tuning takes fewer
    patience: float = 3600.0  # seconds after which no further epoch begins. Only tuning has little
    bar: float = 0.0  # the accuracy, or R2 of numbers, that shows that it learned

    @property
    def predicts(self) -> bool:
        return self.section == "prediction"


def training(optimizer: str, batch_size: int, learning_rate: float) -> Work:
    return Work(
        section=optimizer,
        name=str(batch_size),
        data="images",
        inputs=784,
        layers=SEED_LAYERS,
        batch_size=batch_size,
        optimizer=optimizer,
        learning_rate=learning_rate,
        epochs=3,
        bar=0.9,
    )


def prediction(rows: int) -> Work:
    return Work(
        section="prediction",
        name="1 row" if rows == 1 else f"{rows:,} rows",
        data="images",
        inputs=784,
        layers=SEED_LAYERS,
        batch_size=rows,
    )


WIDE = Work(
    section="wide",
    name="256",
    data="few_images",
    inputs=784,
    layers=WIDE_LAYERS,
    batch_size=256,
    optimizer="sgd",
    learning_rate=0.1,
    epochs=2,
    bar=0.75,
)

TABLE = Work(
    section="table",
    name="32",
    data="table",
    inputs=7,
    layers=TABLE_LAYERS,
    batch_size=32,
    optimizer="adam",
    learning_rate=0.001,
    epochs=300,
    bar=0.8,
)

SGD_RATES = {32: 0.1, 64: 0.1, 256: 0.3, 1024: 0.5}
ADAM_RATES = {32: 0.001, 64: 0.001, 256: 0.001, 1024: 0.003}


def all_works() -> list[Work]:
    return [
        *(training("sgd", size, rate) for size, rate in SGD_RATES.items()),
        *(training("adam", size, rate) for size, rate in ADAM_RATES.items()),
        WIDE,
        TABLE,
        prediction(1),
        prediction(1024),
    ]


def quick(works: list[Work]) -> list[Work]:
    """A part of the work on a part of the data: enough to see that everything runs."""
    epochs = {"wide": 1, "table": 100}
    return [
        replace(work, epochs=epochs.get(work.section, work.epochs), bar=min(work.bar, 0.5))
        for work in works
        if work.section not in ("sgd", "adam") or work.batch_size == 64
    ]


def tuning(work: Work) -> Work:
    """As much of the work as it takes to tell a good setting from a bad one."""
    rows = {"wide": 5 * 256, "table": 0}.get(work.section, max(4 * 1024, 8 * work.batch_size))
    return replace(work, rows=rows, epochs=20 if work.section == "table" else 3, patience=1.0)
