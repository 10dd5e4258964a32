#!/usr/bin/env python3
import gzip, json, pathlib, struct
root = pathlib.Path(__file__).resolve().parent / "corpus"

def seed(target, name, *parts):
    data = b"".join(p.encode() if isinstance(p, str) else bytes(p) for p in parts)
    path = root / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)

# --- IDX
def idx(kind, dims, data):
    return bytes([0, 0, kind, len(dims)]) + b"".join(struct.pack(">I", d) for d in dims) + bytes(data)

images = idx(0x08, [2, 2, 3], range(12))
cases = {
    "images-u8": images,
    "labels-u8": idx(0x08, [5], b"\0\1\2\3\4"),
    "labels-i8": idx(0x09, [3], b"\xff\0\1"),
    "matrix-i16": idx(0x0B, [2, 2], b"\xff\xfe\0\1\0\2\x7f\xff"),
    "labels-i32": idx(0x0C, [2], struct.pack(">ii", -3, 70000)),
    "matrix-f32": idx(0x0D, [2, 2], struct.pack(">4f", 1.5, -2, float("nan"), 1e30)),
    "vector-f64": idx(0x0E, [2], struct.pack(">2d", 1e300, -0.0)),
    "no-rows": idx(0x08, [0, 4294967295], b""),
    "too-many-rows": idx(0x0E, [4294967295, 4294967295, 3], b""),
    "rank-255": idx(0x08, [1] * 255, b"a"),
    "bytes-after-the-end": images + b"x",
    "cut-short": images[:-1],
}
for name, data in cases.items():
    seed("idx", name, b"\x02", data)
    seed("idx_gzip", name, b"\x03\x09", data)

# --- gzip
def member(data):
    return gzip.compress(data, 9, mtime=0)

plain = b"1,2,3\n" * 5
seed("gzip", "plain-text", b"\0\2", plain)
seed("gzip", "one-member", b"\0\2", member(plain))
seed("gzip", "two-members", b"\0\0", member(plain), member(b"last"))
seed("gzip", "empty-member", b"\0\0", member(b""))
seed("gzip", "cut-short", b"\0\2", member(plain)[:-3])
seed("gzip", "bytes-after-the-end", b"\0\2", member(plain), b"xyz")
seed("gzip", "wrong-check-sum", b"\0\2", member(plain)[:-8], b"\0" * 8)
seed("gzip", "all-zeros", b"\0\xff", member(b"\0" * 4000))
seed("gzip", "compressed-here", b"\1\2\0\0\0", plain)
seed("gzip", "compressed-here-in-two", b"\1\2\7\0\0", plain)
seed("gzip", "compressed-here-and-damaged", b"\1\2\0\x0c\x10", plain)

# --- CSV: options (delimiter), piece, text
comma, tab = b"\1\2", b"\3\2"
for name, head, text in [
    ("simple", b"\0\2", "a,b,c\n1,2,3\n4,5,6\n"),
    ("quotes", comma, 'a,"b,""c""\nd",e\r\n"",x,"y"\r\n'),
    ("line-ends", comma, "a\r\rb\n\n\r\nc\rd"),
    ("one-empty-cell", comma, '""\n""\n'),
    ("byte-order-mark", b"\0\1", "\ufeff\"a\";b\n1;2\n"),
    ("tabs", tab, "a\tb\n1\t2\n"),
    ("detected-bar", b"\x80\x04", "a|b|\"c|d\"\n"),
    ("utf-8", comma, "gr\u00fcn,\u732b,\U0001F600\n"),
    ("quote-in-a-cell", comma, '5" disk,a"b\n'),
    ("never-closed", comma, 'a,"b\nc'),
    ("after-the-quote", comma, '"a"b,c\n'),
]:
    seed("csv", name, head, text)
seed("csv", "latin-1", comma, b"caf\xe9,x\n")
seed("csv", "zero-byte", comma, b"a,\0,b\n")
seed("csv", "utf-16", b"\0\2", "a,b\n".encode("utf-16"))

# --- tables: delimiter header missing targets ignore categorical max_categories
plain = "- 1 - - - - 1000\n"
seed("table", "numbers", plain, "x,y\n1,2.5\n-3e-2,NA\n,7\n")
seed("table", "kinds", "- 1 - - - - 1000\n", "n,b,c\n1,yes,red\n2,no,blue\n?,YES,red\n")
seed("table", "target-and-roles", ", 1 -999 mpg id origin 1000\n", "mpg,id,origin,w\n18,1,3,-999\n15.0,2,1,-999.0\n15,3,3,5\n")
seed("table", "text", plain, "t\n" + "".join(f"word{i}\n" for i in range(12)))
seed("table", "too-many-categories", "- 1 - - - - 2\n", "c,n\na,1\nb,2\nc,3\na,4\nb,4\nc,x\n")
seed("table", "many-numbers-target", "- 1 - y - - 2\n", "y\n1\n1.0\n2\n3e0\n")
seed("table", "identifier", plain, "id,x\n" + "".join(f"{i},{i % 3}\n" for i in range(12)))
seed("table", "no-header", "; 0 - - - - 1000\n", "1;a\n2;b\n1;a\n")
seed("table", "missing-in-target", "- 1 none y - c 9\n", "y,c\nnone,1\nq,01\nr,1\n")
seed("table", "infinite", plain, "x\n1\n1e999\n")
seed("table", "ragged", plain, "a,b\n1,2\n3\n")
seed("table", "same-name", plain, "a,a\n1,2\n")
seed("table", "names-to-fill", plain, " a , ,\"\"\n1,2,3\n")
seed("table", "empty", plain)
seed("table", "no-such-column", "- 1 - yy - - 9\n", "y,x\n1,2\n")

# --- config
seed("config", "every-kind", "# a run\ndataset = \"mnist\"\nepochs = 30\nlearning-rate = 1e-3\nquiet = true\nbatch_size = 60_000\n")
seed("config", "strings", "a = 'c:\\raw'\nb = \"tab\\t quote\\\" \\u00fc \\U0001F600\"  # end\n\"c d\" = ''\n")
seed("config", "line-ends", "\ufeff\r\na = 1\r\n\n  b=2")
seed("config", "given-twice", "a = 1\na = 2\n")
seed("config", "table-header", "[train]\nepochs = 1\n")
seed("config", "no-closing-quote", "a = \"b\n")
seed("config", "no-quotes", "loss = huber(0.5)\n")
seed("config", "arrays", "target = [\"a\", \"b,c\"]\nna = []\nx = [ 1, true ] # c\n")
seed("config", "surrogate", "a = \"\\ud800\"\n")

# --- layers: the number of inputs less one, then the text
for name, text in {
    "two-layers": "64:relu,10:softmax",
    "dropout": "16:leaky_relu(0.2):0.5,8:gelu(tanh):1e-3,1:linear",
    "blanks-and-case": " 4 : ReLU : 0.25 , 3:ELU(alpha=0.5)",
    "all": "1:tanh,2:sigmoid,3:softplus,4:mish,5:silu,6:selu,7:elu,8:linear",
    "dropout-at-the-end": "3:softmax:0.5",
    "too-wide": "99999999999999999999:relu",
    "too-many-parameters": "16777216:relu,16777216:relu",
    "unknown": "8:reul,2:softmax",
    "no-width": ":relu",
    "parenthesis-open": "8:elu(1,2:relu",
}.items():
    seed("layers", name, b"\x07", text)

# --- the other specifications
for letter, kind, texts in [
    ("a", "activation", ["linear", "LeakyReLU(0.2)", "leaky-relu(slope=1e-3)", "gelu(tanh)", "elu(alpha=2.5)", "softmax"]),
    ("l", "loss", ["mse", "mae", "squared_error", "huber(0.5)", "ce", "cross_entropy(label_smoothing=0.1)", "bce(0.2)"]),
    ("o", "optimizer", ["sgd", "momentum(momentum=0.5)", "nesterov", "rmsprop(rho=0.5,epsilon=1e-7)", "adam(beta1=0.8,beta2=0.95)",
                        "adamw(learning_rate=0.1,weight_decay=0.03)"]),
    ("s", "schedule", ["constant", "step(factor=0.1,every=20)", "exponential(0.9)", "warm_up(fraction=0.1)",
                       "cosine(warm_up=0.1,floor=0.01)", "one_cycle(initial=10,final=1e4)"]),
    ("i", "initializer", ["glorot_uniform", "GlorotNormal", "he-uniform", "he_normal", "lecun_normal", "pytorch"]),
]:
    for number, text in enumerate(texts):
        seed("specification", f"{kind}-{number + 1}", letter, text)
seed("specification", "given-twice", "oadam(beta1=0.1,beta1=0.2)")
seed("specification", "out-of-range", "aelu(-1)")
seed("specification", "no-number", "lhuber(nan)")
seed("specification", "no-parenthesis", "scosine(0.1")

# --- safetensors
def file(header, data=b"", length=None):
    text = header if isinstance(header, str) else json.dumps(header, separators=(",", ":"))
    text = text.encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data

def tensor(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}

seed("safetensors", "empty", file("{}"))
seed("safetensors", "metadata", file({"__metadata__": {"format": "pt", "gr\u00fcn": "\n"}}))
seed("safetensors", "two-tensors", file({"b": tensor("F32", [2], 4, 12), "a": tensor("F32", [], 0, 4)}, b"\0\0\x80\x3f" * 3))
seed("safetensors", "dtypes", file({"x": tensor("U8", [3], 0, 3), "y": tensor("BF16", [1, 1], 3, 5), "z": tensor("F64", [0], 5, 5),
                                    "w": tensor("I64", [1], 5, 13)}, bytes(13)))
seed("safetensors", "blanks-after", file('{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}   ', b"\1"))
seed("safetensors", "hole", file({"a": tensor("U8", [1], 1, 2)}, b"\0\0"))
seed("safetensors", "overlap", file({"a": tensor("U8", [2], 0, 2), "b": tensor("U8", [2], 1, 3)}, b"\0\0\0"))
seed("safetensors", "shape-overflows", file({"a": tensor("F64", [1 << 62, 1 << 62], 0, 0)}))
seed("safetensors", "length-too-large", file("{}", length=100_000_001))
seed("safetensors", "key-twice", file('{"a":1,"a":2}'))
seed("safetensors", "too-deep", file("{\"a\":" + "[" * 40 + "]" * 40 + "}"))
seed("safetensors", "bytes-after-the-end", file("{}", b"x"))
seed("safetensors", "number-out-of-range", file('{"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,-1]}}'))

# --- models and checkpoints: a line of JSON, a line of tensors, their bytes (see document.h)
def document(members, tensors):
    lines, data = [], b""
    for name, shape, values in tensors:
        raw = struct.pack(f"<{len(values)}f", *values)
        lines.append(json.dumps(name) + ":" + json.dumps(tensor("F32", shape, len(data), len(data) + len(raw)), separators=(",", ":")))
        data += raw
    text = members if isinstance(members, str) else json.dumps(members, separators=(",", ":"))
    return text.encode() + b"\n" + ",".join(lines).encode() + b"\n" + data

def layer(fan_in, fan_out, activation, dropout=0.0, initializer=None):
    return {"fan_in": fan_in, "fan_out": fan_out, "activation": activation, "dropout": dropout, "initializer": initializer}

def parameters(layers, prefix=""):
    tensors = []
    for i, each in enumerate(layers):
        w, b = each["fan_in"] * each["fan_out"], each["fan_out"]
        tensors.append((f"{prefix}layers.{i}.weight", [each["fan_in"], each["fan_out"]], [0.5] * w))
        tensors.append((f"{prefix}layers.{i}.bias", [b], [-1.0] * b))
    return tensors

record = {"dataset": "toy", "optimizer": "adam(beta2=0.99)", "schedule": "cosine", "library_version": "0.1.0", "seed": 1, "epochs": 2,
          "steps": 4, "training_rows": 6, "learning_rate": 0.1, "batch_size": 3, "l2": 0.0, "train_loss": 0.25, "validation_loss": None,
          "seconds": "Infinity"}

def model(layers, **members):
    return {"format": "mlp model", "version": 1, "written_by": "mlp 0.1.0", "layers": layers, "loss": "squared_error",
            "feature_names": [], "class_names": [], "target_names": [], "unit": "", "image": {"height": 0, "width": 0},
            "training": record} | members

line = [layer(2, 1, "linear")]
classes = [layer(4, 2, "leaky_relu(0.1)", 0.5, "he_normal"), layer(2, 2, "softmax")]
scaling = [("input_scaling.shift", [1], [0.0]), ("input_scaling.scale", [1], [0.00390625])]
seed("model", "line", document(model(line), parameters(line)))
seed("model", "regression", document(model(line, loss="huber(0.5)", feature_names=["a", "b"], target_names=["y"], unit="mpg"),
     parameters(line) + [("input_scaling.shift", [2], [1, 2]), ("input_scaling.scale", [2], [3, 4]),
                         ("target_scaling.shift", [1], [23.5]), ("target_scaling.scale", [1], [0.1])]))
seed("model", "images", document(model(classes, loss="cross_entropy(0.02)", class_names=["no", "gr\u00fcn"], image={"height": 2, "width": 2}),
     parameters(classes) + scaling))
seed("model", "loss-does-not-fit", document(model(line, loss="ce"), parameters(line)))
seed("model", "scale-zero", document(model(line), parameters(line) + [("input_scaling.shift", [1], [0]), ("input_scaling.scale", [1], [0])]))
seed("model", "not-finite", document(model(line), [("layers.0.weight", [2, 1], [float("nan"), 1]), ("layers.0.bias", [1], [1])]))
seed("model", "tensor-missing", document(model(line), [("layers.0.weight", [2, 1], [0, 1])]))
seed("model", "layers-do-not-fit", document(model([layer(2, 3, "relu"), layer(2, 1, "linear")]), []))
seed("model", "no-layers", document(model([]), []))
seed("model", "newer", document(model(line, version=99), parameters(line)))
seed("model", "member-missing", document({"format": "mlp model", "version": 1, "layers": line}, parameters(line)))
seed("model", "not-json", document("{", []))

epoch = {"epoch": 1, "train_loss": 0.5, "validation_loss": None, "validation_metric": None, "learning_rate": 0.1, "seconds": 1e-3,
         "samples_per_second": "-Infinity"}

def checkpoint(layers, **members):
    return {"format": "mlp checkpoint", "version": 1, "written_by": "mlp 0.1.0", "layers": layers, "fingerprint": "rows 3", "moments": 0,
            "has_best": False, "best_epoch": 0, "step": 7, "epoch": 1, "batch": 2, "epoch_loss": 0.5, "epoch_seconds": 0.1,
            "history": [epoch]} | members

seed("checkpoint", "line", document(checkpoint(line), parameters(line)))
seed("checkpoint", "moments-and-best", document(checkpoint(line, moments=2, has_best=True, best_epoch=1),
     parameters(line) + parameters(line, "moments.0.") + parameters(line, "moments.1.") + parameters(line, "best.")))
seed("checkpoint", "two-layers", document(checkpoint(classes, moments=1, history=[epoch, epoch]),
     parameters(classes) + parameters(classes, "moments.0.")))
seed("checkpoint", "moments-missing", document(checkpoint(line, moments=1), parameters(line)))
seed("checkpoint", "too-many-moments", document(checkpoint(line, moments=17), parameters(line)))
seed("checkpoint", "a-model", document(model(line), parameters(line)))
seed("checkpoint", "negative-step", document(checkpoint(line, step=-1), parameters(line)))
seed("checkpoint", "step-out-of-range", document(checkpoint(line, step=18446744073709551616), parameters(line)))
