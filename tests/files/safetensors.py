"""Reads and writes safetensors files; written from the format's public description, with Python's library only.

    safetensors.py read FOLDER     prints one JSON object: for each file its metadata and tensors (the bytes in
                                   hexadecimal), or null where the format forbids something in it
    safetensors.py write FOLDER    writes files into it, and prints the same of them
"""
import json
import random
import struct
import sys
from pathlib import Path

SIZES = {"F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2, "U16": 2,
         "BOOL": 1, "I8": 1, "U8": 1, "F8_E5M2": 1, "F8_E4M3": 1}


class Forbidden(Exception):
    """What the format does not allow."""


def require(condition):
    if not condition:
        raise Forbidden()


def unique(pairs):
    require(len({key for key, _ in pairs}) == len(pairs))
    return dict(pairs)


def forbid(_):
    raise Forbidden()


def count(value):
    require(type(value) is int and 0 <= value < 2**64)
    return value


def integer(text):
    require(not text.startswith("-"))
    return int(text)


def read(content):
    require(len(content) >= 8)
    (length,) = struct.unpack("<Q", content[:8])
    require(length <= 100_000_000 and length <= len(content) - 8)
    header, data = content[8:8 + length], content[8 + length:]
    require(header.startswith(b"{"))
    document = json.loads(header.decode("utf-8"), object_pairs_hook=unique, parse_constant=forbid, parse_int=integer)
    json.dumps(document, ensure_ascii=False).encode("utf-8")  # no half of a surrogate pair
    metadata = document.pop("__metadata__", {})
    require(type(metadata) is dict and all(type(text) is str for text in metadata.values()))
    tensors, covered = {}, []
    for name, info in document.items():
        require(type(info) is dict and type(info["shape"]) is list and type(info["data_offsets"]) is list)
        size = SIZES[info["dtype"]] if type(info["dtype"]) is str else forbid(info)
        for dimension in info["shape"]:
            size *= count(dimension)
            require(size < 2**64)
        begin, end = (count(offset) for offset in info["data_offsets"])
        require(end - begin == size)
        covered.append((begin, end))
        tensors[name] = {"dtype": info["dtype"], "shape": info["shape"], "bytes": data[begin:end].hex()}
    place = 0
    for begin, end in sorted(covered):
        require(begin == place)
        place = end
    require(place == len(data))
    return {"metadata": metadata, "tensors": tensors}


def read_or_none(path):
    try:
        return read(path.read_bytes())
    except (Forbidden, ValueError, KeyError, RecursionError):
        return None


def write(path, rng):
    """Random numbers of tensors of any type, in random order, with random blanks between."""
    names = rng.sample(["weight", "bias", "größe", "猫", "a b", 'with "quotes"', "back\\slash", "é\n", "\U0001F600", ""],
                       rng.randint(0, 6))
    document, data = {}, b""
    for name in names:
        dtype = rng.choice(list(SIZES))
        shape = [rng.randint(0 if rng.random() < 0.2 else 1, 4) for _ in range(rng.randint(0, 4))]
        size = SIZES[dtype]
        for dimension in shape:
            size *= dimension
        document[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + size]}
        data += rng.randbytes(size)
    if rng.random() < 0.7:
        document["__metadata__"] = {rng.choice("abc€"): "x" * rng.randint(0, 9) + rng.choice(["", "\t", "ü", "\u0000"])}
    items = list(document.items())
    rng.shuffle(items)
    header = json.dumps(dict(items), ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1])).encode("utf-8")
    header += b" " * rng.randint(0, 20)
    path.write_bytes(struct.pack("<Q", len(header)) + header + data)


def main():
    mode, folder = sys.argv[1], Path(sys.argv[2])
    if mode == "write":
        rng = random.Random(1)
        for number in range(200):
            write(folder / f"{number}", rng)
    print(json.dumps({path.name: read_or_none(path) for path in sorted(folder.iterdir())}))


main()
