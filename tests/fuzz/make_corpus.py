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
    "refused-too-many-rows": idx(0x0E, [4294967295, 4294967295, 3], b""),
    "rank-255": idx(0x08, [1] * 255, b"a"),
    "refused-bytes-after-the-end": images + b"x",
    "refused-cut-short": images[:-1],
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
seed("gzip", "two-members", b"\0\xff", member(plain), member(b"last"))
seed("gzip", "empty-member", b"\0\0", member(b""))
seed("gzip", "refused-cut-short", b"\0\2", member(plain)[:-3])
seed("gzip", "refused-bytes-after-the-end", b"\0\2", member(plain), b"xyz")
seed("gzip", "refused-wrong-check-sum", b"\0\2", member(plain)[:-8], b"\0" * 8)
seed("gzip", "all-zeros", b"\0\xff", member(b"\0" * 4000))
seed("gzip", "compressed-here", b"\1\2\0\0\0", plain)
seed("gzip", "compressed-here-in-two", b"\1\xff\7\0\0", plain)
seed("gzip", "refused-compressed-here-and-damaged", b"\1\2\0\x0c\x10", plain)

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
    ("blanks-around-quotes", comma, '"a", "b, c" ,\t"d"\t\n 1 ,  2"\n'),
    ("separator-line", b"\0\1", "sep=;\r\na;b,c\r\n1;2\r\n"),
    ("separator-line-and-another-delimiter", comma, "SEP=:\na,b:c\n"),
    ("separator-in-quotes", b"\x80\3", '"sep=;"\n"Sep=,"\n'),
    ("control-z-at-the-end", comma, "a,b\r\n1\x1a,2\r\n\x1a"),
    ("blanks-before-the-names", b"\0\2", " \n\t\t\na;b\n"),
    ("quote-in-a-cell", comma, '5" disk,a"b\n'),
    ("refused-never-closed", comma, 'a,"b\nc'),
    ("refused-after-the-quote", comma, '"a"b,c\n'),
    ("refused-after-the-quote-and-a-blank", comma, '"a" "b",c\n'),
]:
    seed("csv", name, head, text)
seed("csv", "refused-latin-1", comma, b"caf\xe9,x\n")
seed("csv", "refused-zero-byte", comma, b"a,\0,b\n")
seed("csv", "refused-utf-16", b"\0\2", "a,b\n".encode("utf-16"))

# --- tables: delimiter header[decimal] missing targets ignore categorical max_categories
plain = "- 1 - - - - 1000\n"
seed("table", "numbers", plain, "x,y\n1,2.5\n-3e-2,NA\n,7\n")
seed("table", "kinds", "- 1 - - - - 1000\n", "n,b,c\n1,yes,red\n2,no,blue\n?,YES,red\n")
seed("table", "target-and-roles", ", 1 -999 mpg id origin 1000\n", "mpg,id,origin,w\n18,1,3,-999\n15.0,2,1,-999.0\n15,3,3,5\n")
seed("table", "text", plain, "t\n" + "".join(f"word{i}\n" for i in range(12)))
seed("table", "too-many-categories", "- 1 - - - - 2\n", "c,n\na,1\nb,2\nc,3\na,4\nb,4\nc,x\n")
seed("table", "many-numbers-target", "- 1 - y - - 2\n", "y\n1\n1.0\n2\n3e0\n")
seed("table", "identifier", plain, "id,x\n" + "".join(f"{i},{i % 3}\n" for i in range(12)))
seed("table", "no-header", "; 0 - - - - 1000\n", "1;a\n2;b\n1;a\n")
seed("table", "none-among-numbers", "- 1 - y - - 3\n", "x,y,c\nnone,1,none\n1,None,a\nNONE,2,a\n4,-,none\n-,2,-\n")
seed("table", "dates-and-codes", "- 1 - - - - 9\n", "d,plz\n2024-01-14,01067\n2024-01-15T12:30Z,50667\n2024-01-14,01067\n")
seed("table", "refused-json", plain, '[{"x": 1}]')
seed("table", "refused-workbook", plain, "PK\3\4\x14\0")
seed("table", "refused-title", "- 1 - y - - 9\n", "Sales 2024\na,b,y\n1,2,3\n")
seed("table", "row-numbers", "- 1 - - - - 9\n", "n,x\n" + "".join(f"{i},{i % 3}\n" for i in range(7, 28)))
seed("table", "decimal-comma", "- 1, -9,5 y - c 1000\n", "x;y;c\n1.459.443,93;15 %;1,50\n-0,5;\u20ac3;1,5\n-9,50;7;2\n")
seed("table", "decimal-point", ", 1. - - - - 2\n", "x,y\n\"$1,200.50\",1\n1'000,2.5\n7,x\n")
seed("table", "missing-in-target", "- 1 none y - c 9\n", "y,c\nnone,1\nq,01\nr,1\n")
seed("table", "lines-of-blanks", plain, " \nx\ty\n1\t2\n\t\t\n  \n3\t4\n")
seed("table", "separator-line", "- 1, - - - - 9\n", "sep=;\nx;y\n1,5;2\n\x1a")
seed("table", "minus-sign", "- 1 - y - - 9\n", "x,y\n\u22121.5,\u22121\n2,-1\n1e\u22123,3\n")
seed("table", "negatives", "; 1. - y - - 9\n", "x;y\n($1,200.50);1-\n$ -;'-2\n\u2013 5;(3)\n-\u20ac5;7\n")
seed("table", "negatives-without-a-mark", "; 1 - - - - 9\n", "x;y\n(130.00);5\n$ -;6-\n($2.50);7\n")
seed("table", "units", plain, "x,y,z\n23.4 kg,EUR 12.00,1.2D+03\n5 kg,EUR 9,4\n5 kg,EUR 9,5\n")
seed("table", "few-texts-in-target", "- 1 - y - - 20\n", "x,y\n" + "".join(f"1,{i if i != 5 else 'unknown'}\n" for i in range(12)))
seed("table", "a-number-among-texts", plain, "c\nred\ngreen\n7\nblue\n")
seed("table", "refused-names-again", plain, "x,y\n1,2\n\ufeffx, \"y\"\n3,4\n")
seed("table", "refused-names-of-rows", plain, "x,y\na,1,2\nb,3,4\n")
seed("table", "refused-comment", plain, "# of May\nx,y\n1,2\n")
seed("table", "refused-infinite", plain, "x\n1\n1e999\n")
seed("table", "refused-ragged", plain, "a,b\n1,2\n3\n")
seed("table", "refused-same-name", plain, "a,a\n1,2\n")
seed("table", "names-to-fill", plain, " a , ,\"\"\n1,2,3\n")
seed("table", "refused-empty", plain)
seed("table", "refused-no-such-column", "- 1 - yy - - 9\n", "y,x\n1,2\n")

# --- config
seed("config", "every-kind", "# a run\ndataset = \"mnist\"\nepochs = 30\nlearning-rate = 1e-3\nquiet = true\nbatch_size = 60_000\n")
seed("config", "strings", "a = 'c:\\raw'\nb = \"tab\\t quote\\\" \\u00fc \\U0001F600\"  # end\n\"c d\" = ''\n")
seed("config", "line-ends", "\ufeff\r\na = 1\r\n\n  b=2")
seed("config", "arrays", "target = [\"a\", \"b,c\"]\nna = []\nx = [ 1, true ] # c\n")
seed("config", "refused-array-not-closed", "a = [1, \"b\"\n")
seed("config", "refused-given-twice", "a = 1\na = 2\n")
seed("config", "refused-table-header", "[train]\nepochs = 1\n")
seed("config", "refused-no-closing-quote", "a = \"b\n")
seed("config", "refused-no-quotes", "loss = huber(0.5)\n")
seed("config", "refused-surrogate", "a = \"\\ud800\"\n")

# --- layers: the number of inputs less one, then the text
for name, text in {
    "two-layers": "64:relu,10:softmax",
    "dropout": "16:leaky_relu(0.2):0.5,8:gelu(tanh):1e-3,1:linear",
    "blanks-and-case": " 4 : ReLU : 0.25 , 3:ELU(alpha=0.5)",
    "all": "1:tanh,2:sigmoid,3:softplus,4:mish,5:silu,6:selu,7:elu,8:linear",
    "refused-dropout-at-the-end": "3:softmax:0.5",
    "refused-too-wide": "99999999999999999999:relu",
    "refused-too-many-parameters": "16777216:relu,16777216:relu",
    "refused-unknown": "8:reul,2:softmax",
    "refused-no-width": ":relu",
    "refused-parenthesis-open": "8:elu(1,2:relu",
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
seed("specification", "refused-given-twice", "oadam(beta1=0.1,beta1=0.2)")
seed("specification", "refused-out-of-range", "aelu(-1)")
seed("specification", "refused-no-number", "lhuber(nan)")
seed("specification", "refused-no-parenthesis", "scosine(0.1")

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
seed("safetensors", "refused-hole", file({"a": tensor("U8", [1], 1, 2)}, b"\0\0"))
seed("safetensors", "refused-overlap", file({"a": tensor("U8", [2], 0, 2), "b": tensor("U8", [2], 1, 3)}, b"\0\0\0"))
seed("safetensors", "refused-shape-overflows", file({"a": tensor("F64", [1 << 62, 1 << 62], 0, 0)}))
seed("safetensors", "refused-length-too-large", file("{}", length=100_000_001))
seed("safetensors", "refused-key-twice", file('{"a":1,"a":2}'))
seed("safetensors", "refused-too-deep", file("{\"a\":" + "[" * 40 + "]" * 40 + "}"))
seed("safetensors", "refused-bytes-after-the-end", file("{}", b"x"))
seed("safetensors", "refused-number-out-of-range", file('{"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,-1]}}'))

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
columns = [{"name": "w", "kind": "numeric", "categories": [], "fill": 2.5, "center": 2.0, "spread": 0.5, "missing_input": True},
           {"name": "on", "kind": "boolean", "categories": ["no", "yes"], "fill": 0.25, "missing_input": False},
           {"name": "c", "kind": "categorical", "categories": ["a", "b"], "shares": [0.5, 0.5], "missing_input": False}]
wide = [layer(5, 1, "linear")]
table = model(wide, feature_names=["w", "w missing", "on=yes", "c=a", "c=b"], target_names=["y"],
              preprocessing={"inputs": columns, "targets": [{"name": "y", "kind": "numeric", "categories": []}]})
seed("model", "table", document(table, parameters(wide)))
clipped = columns[0] | {"clip": 3, "least": -1e20, "most": 99999999.0}
seed("model", "clipped", document(table | {"version": 3, "preprocessing": table["preprocessing"] | {"inputs": [clipped] + columns[1:]}},
     parameters(wide)))
seed("model", "refused-clip-negative", document(table | {"version": 3, "preprocessing": table["preprocessing"]
     | {"inputs": [clipped | {"clip": -3}] + columns[1:]}}, parameters(wide)))
seed("model", "examples", document(model(line, version=2),
     parameters(line) + [("examples.inputs", [2, 2], [1, 2, 3, 4]), ("examples.outputs", [2, 1], [0.5, 2.5])]))
members = {"version": 4, "members": [record, record | {"seed": 2}]}
ensemble = parameters(line) + parameters(line, "members.1.") + parameters(line, "members.2.")
seed("model", "ensemble", document(model(line, **members),
     ensemble + [("members.2.target_scaling.shift", [1], [23.5]), ("members.2.target_scaling.scale", [1], [0.1])]))
seed("model", "refused-member-without-tensors", document(model(line, **members), parameters(line) + parameters(line, "members.1.")))
seed("model", "refused-member-scale-zero", document(model(line, **members),
     ensemble + [("members.1.input_scaling.shift", [1], [0]), ("members.1.input_scaling.scale", [1], [0])]))
seed("model", "refused-examples-without-outputs", document(model(line, version=2),
     parameters(line) + [("examples.inputs", [1, 2], [1, 2])]))
seed("model", "refused-share", document(table | {"preprocessing": {"inputs": [columns[2] | {"shares": [2, 0]}], "targets": []}},
     parameters(wide)))
seed("model", "refused-loss-does-not-fit", document(model(line, loss="ce"), parameters(line)))
seed("model", "refused-scale-zero", document(model(line), parameters(line) + [("input_scaling.shift", [1], [0]), ("input_scaling.scale", [1], [0])]))
seed("model", "refused-not-finite", document(model(line), [("layers.0.weight", [2, 1], [float("nan"), 1]), ("layers.0.bias", [1], [1])]))
seed("model", "refused-tensor-missing", document(model(line), [("layers.0.weight", [2, 1], [0, 1])]))
seed("model", "refused-layers-do-not-fit", document(model([layer(2, 3, "relu"), layer(2, 1, "linear")]), []))
seed("model", "refused-no-layers", document(model([]), []))
seed("model", "refused-newer", document(model(line, version=99), parameters(line)))
seed("model", "refused-member-missing", document({"format": "mlp model", "version": 1, "layers": line}, parameters(line)))
seed("model", "refused-not-json", document("{", []))

epoch = {"epoch": 1, "train_loss": 0.5, "validation_loss": None, "validation_metric": None, "learning_rate": 0.1, "seconds": 1e-3,
         "samples_per_second": "-Infinity"}

def checkpoint(layers, **members):
    return {"format": "mlp checkpoint", "version": 1, "written_by": "mlp 0.1.0", "layers": layers, "fingerprint": "rows 3", "moments": 0,
            "has_best": False, "best_epoch": 0, "step": 7, "epoch": 1, "batch": 2, "epoch_loss": 0.5, "epoch_seconds": 0.1,
            "history": [epoch]} | members

seed("checkpoint", "line", document(checkpoint(line), parameters(line)))
seed("checkpoint", "moments-and-best", document(checkpoint(line, moments=2, has_best=True, best_epoch=1),
     parameters(line) + parameters(line, "moments.0.") + parameters(line, "moments.1.") + parameters(line, "best.")))
seed("checkpoint", "version-2", document(checkpoint(line, version=2, moments=1), parameters(line) + parameters(line, "moments.0.")))
seed("checkpoint", "two-layers", document(checkpoint(classes, moments=1, history=[epoch, epoch]),
     parameters(classes) + parameters(classes, "moments.0.")))
seed("checkpoint", "refused-moments-missing", document(checkpoint(line, moments=1), parameters(line)))
seed("checkpoint", "refused-too-many-moments", document(checkpoint(line, moments=17), parameters(line)))
seed("checkpoint", "refused-a-model", document(model(line), parameters(line)))
seed("checkpoint", "refused-negative-step", document(checkpoint(line, step=-1), parameters(line)))
seed("checkpoint", "refused-step-out-of-range", document(checkpoint(line, step=18446744073709551616), parameters(line)))

# --- .npy: options, piece, the header's dictionary as a line, elements
def npy_line(descr, shape, data, fortran=False):
    return f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}".encode() + b"\n" + bytes(data)

def npy(*arguments):
    line, data = npy_line(*arguments).split(b"\n", 1)
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(line) + 1) + line + b"\n" + data

for name, head, body in [
    ("f8", b"\0\0", npy_line("<f8", "(1, 2)", struct.pack("<2d", 1.5, -2))),
    ("u1-images", b"\0\3", npy_line("|u1", "(2, 2, 2)", range(8))),
    ("i8-labels", b"\1\1", npy_line("<i8", "(2,)", struct.pack("<2q", 3, -1))),
    ("u8-too-large", b"\0\1", npy_line(">u8", "(1,)", b"\xff" * 8)),
    ("fortran-f4", b"\0\0", npy_line(">f4", "(2, 3)", struct.pack(">6f", *range(6)), True)),
    ("f2", b"\0\0", npy_line("<f2", "(3, 1)", struct.pack("<3e", 1.5, 6e-8, float("inf")))),
    ("bool", b"\0\0", npy_line("|b1", "(3,)", b"\0\1\1")),
    ("refused-no-bool", b"\0\0", npy_line("|b1", "(1,)", b"\2")),
    ("a-number", b"\0\0", npy_line("<u2", "()", b"\1\0")),
    ("no-rows", b"\0\0", npy_line("<i2", "(0, 5)", b"")),
    ("refused-pickle", b"\0\0", npy_line("|O", "(1,)", b"\x80\x04")),
    ("refused-records", b"\0\0", b"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n" + bytes(4)),
    ("refused-too-large", b"\0\1", npy_line("<f4", "(4294967296, 4294967296)", b"")),
    ("as-it-is", b"\x80\2", npy("<i4", "(1, 1)", struct.pack("<i", 7))),
    ("refused-wrong-version", b"\x80\0", b"\x93NUMPY\x04\x00\x02\x00{}"),
]:
    seed("npy", name, head, body)

def entry(name, data):
    return f"{name} {len(data)}\n".encode() + data

x, y = npy("<f4", "(2, 1)", struct.pack("<2f", 1, 2)), npy("|u1", "(2,)", b"\0\1")
seed("npz", "stored-pair", "s", entry("x.npy", x), entry("y.npy", y))
seed("npz", "deflated-pair", "d", entry("x_train.npy", x), entry("y_train.npy", y))
seed("npz", "refused-one-name-twice", "s", entry("x.npy", x), entry("x.npy", y))
seed("npz", "refused-no-array", "s", entry("a.txt", b"text"))
seed("npz", "text-called-an-array", "d", entry("a.npy", b"text"))
seed("npz", "several-of-one-role", "s", entry("x.npy", x), entry("images.npy", x))

import io, zipfile
def archive(method):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as z:
        z.writestr(zipfile.ZipInfo("x.npy"), x, method)
    return file.getvalue()
seed("npz", "as-it-is", "-", archive(zipfile.ZIP_STORED))
seed("npz", "as-it-is-deflated", "-", archive(zipfile.ZIP_DEFLATED))

# --- PNG: a letter, the header's width, height, depth, colour type and interlacing, a palette before '|', scanlines
def image(width, height, depth, colour, lines, interlace=0, palette=None):
    return b"p" + bytes([width, height, depth, colour, interlace]) + (b"" if palette is None else palette + b"|") + bytes(lines)

seed("png", "grey", image(2, 2, 8, 0, [0, 0, 255, 0, 9, 8]))
seed("png", "bits", image(9, 2, 1, 0, [0, 0xAA, 0x80, 2, 1, 0]))
seed("png", "sixteen-bits", image(1, 2, 16, 0, [0, 0x80, 0, 1, 0, 1]))
seed("png", "colours-filtered", image(2, 2, 8, 2, [4, 1, 2, 3, 4, 5, 6, 3, 9, 9, 9, 9, 9, 9]))
seed("png", "palette", image(3, 1, 2, 3, [0, 0x18], palette=bytes([0, 0, 0, 255, 0, 0, 1, 2, 3])))
seed("png", "grey-and-alpha", image(2, 1, 8, 4, [0, 0, 255, 0, 0]))
seed("png", "interlaced", image(2, 2, 8, 6, [0, 1, 2, 3, 4, 0, 5, 6, 7, 8, 1, 1, 2, 3, 4, 5, 6, 7, 8], 1))
seed("png", "refused-no-palette", image(1, 1, 8, 3, [0, 0]))
seed("png", "refused-depth", image(1, 1, 3, 0, [0, 0]))
seed("png", "refused-no-pixels", image(0, 1, 8, 0, [0]))
seed("png", "refused-lines-missing", image(2, 2, 8, 0, [0, 1, 2]))
seed("png", "refused-jpeg", b"f\xff\xd8\xff\xe0")
seed("png", "refused-too-large", b"f\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\1\0\0\0\0")

# --- ONNX: messages of protobuf, as onnx.proto numbers their fields
def varint(value):
    value &= 2**64 - 1
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes(parts + [value])

def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value

def attribute(name, value):
    if isinstance(value, int):
        return field(1, name) + field(20, 2) + field(3, value)
    if isinstance(value, float):
        return field(1, name) + field(20, 1) + field(2, value)
    if isinstance(value, str):
        return field(1, name) + field(20, 3) + field(4, value)
    if isinstance(value, bytes):  # a tensor
        return field(1, name) + field(20, 4) + field(5, value)
    kind, number = (8, 9) if isinstance(value[0], str) else (7, 8) if isinstance(value[0], int) else (6, 7)
    return field(1, name) + field(20, kind) + b"".join(field(number, v) for v in value)

def tensor(name, dims, values, kind=1):
    raw = {1: "f", 7: "q", 11: "d", 6: "i"}.get(kind)
    data = b"".join(field(6, v) for v in values) if raw is None else field(9, struct.pack(f"<{len(values)}{raw}", *values))
    return b"".join(field(1, d) for d in dims) + field(2, kind) + field(8, name) + data

def node(op, inputs, outputs, domain="", **attributes):
    return (b"".join(field(1, i) for i in inputs.split()) + b"".join(field(2, o) for o in outputs.split()) + field(4, op)
            + b"".join(field(5, attribute(k, v)) for k, v in attributes.items()) + (field(7, domain) if domain else b""))

def value(name, width, kind=1):
    shape = field(1, field(2, "N")) + field(1, field(1, width))
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))

def onnx(nodes, tensors, outputs=("y",), kind=1, more=b"", opset=17):
    graph = (b"".join(field(1, n) for n in nodes) + field(2, "g") + b"".join(field(5, t) for t in tensors)
             + field(11, value("x", 2, kind)) + b"".join(field(12, value(o, 2)) for o in outputs))
    return field(1, 8) + more + field(7, graph) + field(8, field(1, "") + field(2, opset))

ml = "ai.onnx.ml"
W, b, V = tensor("W", [2, 2], [1, 2, 3, 4]), tensor("b", [2], [5, 6]), tensor("V", [2, 1], [1, -1])
one, half, root_2 = tensor("one", [], [1]), tensor("half", [], [0.5]), tensor("root_2", [], [2 ** 0.5])
layer = node("Gemm", "x W b", "z")
classes = [node("ArgMax", "y", "a", axis=1), node("Gather", "c a", "l")]
ours = field(2, "mlp") + b"".join(field(14, field(1, k) + field(2, v)) for k, v in {
    "network": "2:relu:0.5", "loss": "huber(0.5)", "image": "[1,2]", "target_names": '["a","b"]', "unit": "m",
    "example_inputs": "[[1,2]]", "example_outputs": "[[3,4]]", "initializers": '["he_uniform"]'}.items())
for name, data in {
    "gemm": onnx([node("Gemm", "x W b", "y", transB=1)], [W, b]),
    "matmul-and-add": onnx([node("MatMul", "x W", "m"), node("Add", "m b", "y")], [W, b]),
    "relu-of-ours": onnx([layer, node("Relu", "z", "y")], [W, b], more=ours),
    "gelu-as-a-chain": onnx([layer, node("Div", "z root_2", "d"), node("Erf", "d", "e"), node("Add", "e one", "s"),
                             node("Mul", "z s", "p"), node("Mul", "p half", "y")], [W, b, one, half, root_2]),
    "silu-and-scaled": onnx([layer, node("Sigmoid", "z", "s"), node("Mul", "z s", "p"), node("Div", "p b", "q"),
                             node("Add", "q b", "y")], [W, b]),
    "leaky-elu-selu": onnx([node("LeakyRelu", "u", "v", alpha=0.25) if i == "l" else node(i, *o) for i, o in
                            [("MatMul", ("x W", "u")), ("l", ()), ("MatMul", ("v W", "w")), ("Elu", ("w", "k")),
                             ("MatMul", ("k W", "n")), ("Selu", ("n", "y"))]], [W]),
    "softmax-and-label": onnx([layer, node("Softmax", "z", "y")] + classes, [W, b, tensor("c", [2], ["no", "yes"], 8)], ("l", "y")),
    "as-scikit-learn": onnx([node("Scaler", "x", "f", ml, offset=[1.0, 2.0], scale=[0.5, 4.0]), node("Cast", "f", "g", to=1),
                             node("MatMul", "g V", "m"), node("Sigmoid", "m", "p"), node("Sub", "one p", "q"),
                             node("Concat", "q p", "y", axis=1), node("ArgMax", "y", "a", axis=1),
                             node("ZipMap", "y", "t", ml, classlabels_int64s=[3, 4]),
                             node("ArrayFeatureExtractor", "c a", "l", ml)],
                            [V, one, tensor("c", [2], [3, 4], 7)], ("l", "t")),
    "units-in-double": onnx([node("Sub", "x o", "c"), node("Div", "c o", "d"), node("Cast", "d", "f", to=1),
                             node("MatMul", "f W", "y")], [W, tensor("o", [2], [1e9, 2e9], 11)], kind=11),
    "mean-of-two": onnx([layer, node("Gemm", "x W", "v"), node("Mean", "z v", "y")], [W, b]),
    "shapes": onnx([node("Shape", "x", "s"), node("Constant", "", "i", value=tensor("", [1], [0], 7)), node("Gather", "s i", "n"),
                    node("Constant", "", "k", value_ints=[-1]), node("Concat", "n k", "t", axis=0), node("Reshape", "x t", "r"),
                    node("Flatten", "r", "u"), node("Transpose", "W", "T", perm=[1, 0]), node("MatMul", "u T", "y")], [W]),
    "normalised": onnx([layer, node("BatchNormalization", "z b b b b", "n", epsilon=0.5), node("Tanh", "n", "y")], [W, b]),
    "clipped-where": onnx([layer, node("Clip", "z zero", "r"), node("MatMul", "r W", "q"), node("Greater", "q zero", "g"),
                           node("Where", "g q zero", "y")], [W, b, tensor("zero", [], [0])]),
    "refused-conv": onnx([node("Conv", "x W", "y")], [W]),
    "refused-two-in-a-row": onnx([layer, node("Tanh", "z", "t"), node("Mul", "t b", "u"), node("Tanh", "u", "y")], [W, b]),
    "refused-other-file": onnx([layer], [W, b + field(14, 1)]),
    "refused-too-large": onnx([layer], [b"".join(field(1, 2**31) for _ in range(3)) + field(2, 1) + field(8, "W"), b]),
    "refused-too-short": onnx([node("MatMul", "x W", "y")], [field(1, 2) + field(1, 2) + field(2, 1) + field(8, "W") + field(9, b"1234")]),
    "refused-negative": onnx([node("MatMul", "x W", "y")], [field(1, -2) + field(1, -2) + field(2, 1) + field(8, "W")]),
    "refused-metadata": onnx([node("Gemm", "x W b", "y")], [W, b], more=ours.replace(b"[[3,4]]", b"[[3,4}]")),
    "refused-no-graph": field(1, 8),
    "refused-text": b"not a graph",
}.items():
    seed("onnx", name, data)
