"""The data every contender reads: MNIST's own files or images like them, and a table of Auto MPG's size."""

from __future__ import annotations

import gzip
import random
import struct
from pathlib import Path

IMAGE_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
SIZE = 28
PIXELS = SIZE * SIZE
TABLE_ROWS = 490  # of which mlp keeps a fifth to test on, so 392 are left: as many as Auto MPG has


def read_idx(path: Path) -> tuple[tuple[int, ...], bytes]:
    """Sizes and bytes of an IDX file of 8-bit values, gzipped or plain."""
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    dimensions = content[3]
    sizes = struct.unpack_from(f">{dimensions}I", content, 4)
    return sizes, content[4 + 4 * dimensions :]


def write_idx(path: Path, sizes: tuple[int, ...], values: bytes) -> None:
    header = struct.pack(f">4B{len(sizes)}I", 0, 0, 8, len(sizes), *sizes)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(header + values)


def write_images(folder: Path, parts: list[tuple[bytes, bytes]]) -> None:
    """Writes `parts`: images and labels to train on, then those to test on."""
    for index, (images, labels) in enumerate(parts):
        write_idx(folder / "mnist" / IMAGE_FILES[2 * index], (len(labels), SIZE, SIZE), images)
        write_idx(folder / "mnist" / IMAGE_FILES[2 * index + 1], (len(labels),), labels)


def read_images(paths: list[Path]) -> list[tuple[bytes, bytes]]:
    values = [read_idx(path)[1] for path in paths]
    return [(values[0], values[1]), (values[2], values[3])]


def first_rows(parts: list[tuple[bytes, bytes]], counts: tuple[int, int]) -> list[tuple[bytes, bytes]]:
    return [(images[: count * PIXELS], labels[:count]) for (images, labels), count in zip(parts, counts)]


def drawn_class(source: random.Random) -> bytes:
    """A class's prototype: thick lines between random points, about a fifth of the pixels."""
    pixels = bytearray(PIXELS)
    x, y = source.uniform(6, 21), source.uniform(6, 21)
    for _ in range(8):
        next_x, next_y = source.uniform(5, 22), source.uniform(5, 22)
        for step in range(33):
            row, column = (int(a + (b - a) * step / 32) for a, b in ((y, next_y), (x, next_x)))
            for at in (
                row * SIZE + column,
                row * SIZE + column + 1,
                (row + 1) * SIZE + column,
                (row + 1) * SIZE + column + 1,
            ):
                pixels[at] = source.randrange(128, 256)
        x, y = next_x, next_y
    return bytes(pixels)


def drawn_images(rows: int, source: random.Random, classes: list[bytes]) -> tuple[bytes, bytes]:
    """Each image is its class's prototype, moved by up to three pixels either way, with a few pixels changed."""
    margin = 3 * SIZE + 3
    padded = [bytes(margin) + image + bytes(margin) for image in classes]
    images, labels = bytearray(), bytes(source.randrange(10) for _ in range(rows))
    for label in labels:
        begin = margin + source.randint(-3, 3) * SIZE + source.randint(-3, 3)
        image = bytearray(padded[label][begin : begin + PIXELS])
        for _ in range(8):
            image[source.randrange(PIXELS)] = source.randrange(256)
        images += image
    return bytes(images), labels


def draw_images() -> list[tuple[bytes, bytes]]:
    source = random.Random(1)
    classes = [drawn_class(source) for _ in range(10)]
    return [drawn_images(rows, source, classes) for rows in (60_000, 10_000)]


def write_table(folder: Path) -> None:
    """Writes auto-mpg.data with 490 made-up cars: the time of an epoch depends on their number only."""
    source = random.Random(1)
    lines = []
    for _ in range(TABLE_ROWS):
        cylinders, year, origin = source.choice((4, 6, 8)), source.randint(70, 82), source.randint(1, 3)
        displacement = cylinders * source.uniform(22, 45)
        horsepower = displacement * source.uniform(0.4, 0.7) + 20
        weight = 1500 + 8 * displacement + source.uniform(-200, 200)
        acceleration = source.uniform(9, 22)
        mpg = 15 + 30_000 / weight + 0.5 * (year - 76) - 0.03 * horsepower + origin + source.gauss(0, 1)
        lines.append(
            f"{mpg:.1f} {cylinders} {displacement:.1f} {horsepower:.1f} {weight:.1f} {acceleration:.1f}"
            f' {year} {origin}\t"made up"\n'
        )
    path = folder / "auto-mpg" / "auto-mpg.data"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines))


def prepare(folder: Path, mnist: list[Path], quick: bool) -> str:
    """Writes the data sets into `folder`, one folder each, and says what they are."""
    parts = read_images(mnist) if mnist else draw_images()
    if quick:
        parts = first_rows(parts, (12_000, 2_000))
    write_images(folder / "images", parts)
    write_images(folder / "few_images", first_rows(parts, (10_240, 2_000)))
    write_table(folder / "table")
    rows = len(parts[0][1])
    return f"{'MNIST' if mnist else 'drawn images in the layout of MNIST'}, {rows:,} rows to train on"
