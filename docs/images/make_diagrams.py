#!/usr/bin/env python3
"""Draws the diagrams of docs/: python3 docs/images/make_diagrams.py (the standard library only).

Each is an SVG of its own, with a panel behind it, so that it reads in light and in dark wherever it stands.
"""
import math
import pathlib

FOLDER = pathlib.Path(__file__).resolve().parent
STYLE = """<style>
  .panel { fill: #ffffff; stroke: #d8dce2 } text { fill: #22262c; font: 13px system-ui, sans-serif }
  .small { font-size: 11px } .soft { fill: #626b78 } .axis { stroke: #8b94a1 } .grid { stroke: #e6e9ee } .line { fill: none; stroke-width: 2 }
  .a { stroke: #0b69b7 } .b { stroke: #c4490c } .c { stroke: #14805e } .d { stroke: #9a3f8f } .e { stroke: #8a6500 } .f { stroke: #5b6470 }
  .fa { fill: #0b69b7 } .fb { fill: #c4490c } .fc { fill: #14805e } .fd { fill: #9a3f8f } .fe { fill: #8a6500 } .ff { fill: #5b6470 }
  .node { fill: #eef2f7; stroke: #4a5563 } .off { fill: none; stroke: #b3bac4; stroke-dasharray: 3 3 } .edge { stroke: #9aa3b0 }
  .bar { fill-opacity: 0.8 } .contour { fill: none; stroke: #c9d0d9 }
  @media (prefers-color-scheme: dark) {
    .panel { fill: #16191e; stroke: #3a4049 } text { fill: #e4e7eb } .soft { fill: #9aa4b1 } .axis { stroke: #78828f } .grid { stroke: #2a2f37 }
    .a { stroke: #5eb0f2 } .b { stroke: #f28a52 } .c { stroke: #4cc79a } .d { stroke: #d98ad0 } .e { stroke: #d9b23c } .f { stroke: #a5afbb }
    .fa { fill: #5eb0f2 } .fb { fill: #f28a52 } .fc { fill: #4cc79a } .fd { fill: #d98ad0 } .fe { fill: #d9b23c } .ff { fill: #a5afbb }
    .node { fill: #262c35; stroke: #aab4c0 } .off { stroke: #5b6470 } .edge { stroke: #67717e } .contour { stroke: #39414c }
  }
</style>"""


def number(x):
    return f"{x:.1f}".rstrip("0").rstrip(".")


def text(x, y, words, kind="", anchor="start"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}"{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}>{words}</text>'


def thinned(points, most=0.2):
    """Without the points that a straight line between the others passes within `most` of (Douglas, Peucker, 1973)."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1) or 1
    away = [abs((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) / length for x, y in points]
    if (x1, y1) == (x2, y2):
        away = [math.dist(points[0], point) for point in points]
    at = max(range(len(points)), key=away.__getitem__)
    if away[at] <= most:
        return [points[0], points[-1]]
    return thinned(points[: at + 1], most)[:-1] + thinned(points[at:], most)


def line(points, kind):
    points = thinned(points)
    return f'<polyline class="line {kind}" points="{" ".join(f"{number(x)},{number(y)}" for x, y in points)}"/>'


def segment(x1, y1, x2, y2, kind, arrow=False):
    end = ' marker-end="url(#tip)"' if arrow else ""
    return f'<line class="{kind}" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"{end}/>'


def circle(x, y, r, kind):
    return f'<circle class="{kind}" cx="{number(x)}" cy="{number(y)}" r="{number(r)}"/>'


def rect(x, y, width, height, kind):
    return f'<rect class="{kind}" x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" rx="3"/>'


def write(name, width, height, title, parts):
    tip = ('<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
           '<path class="ff" d="M0 0 8 4 0 8z"/></marker></defs>')
    svg = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">\n'
           f"<title>{title}</title>\n{STYLE}\n{tip}\n"
           f'<rect class="panel" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>\n' + "\n".join(parts) + "\n</svg>\n")
    (FOLDER / f"{name}.svg").write_text(svg)


class Plot:
    """A coordinate system: maps x, y to points in the picture."""

    def __init__(self, left, top, width, height, x, y):
        self.left, self.top, self.width, self.height, self.x, self.y = left, top, width, height, x, y

    def at(self, x, y):
        return (self.left + (x - self.x[0]) / (self.x[1] - self.x[0]) * self.width,
                self.top + (self.y[1] - y) / (self.y[1] - self.y[0]) * self.height)

    def axes(self, x_marks, y_marks, x_name, y_name):
        parts = []
        for x in x_marks:
            px, bottom = self.at(x, self.y[0])
            parts += [segment(px, self.top, px, bottom, "grid"), text(px, bottom + 16, f"{x:g}", "small soft", "middle")]
        for y in y_marks:
            left, py = self.at(self.x[0], y)
            parts += [segment(left, py, left + self.width, py, "grid"), text(left - 6, py + 4, f"{y:g}", "small soft", "end")]
        if self.x[0] <= 0 <= self.x[1]:
            parts.append(segment(*self.at(0, self.y[0]), *self.at(0, self.y[1]), "axis"))
        if self.y[0] <= 0 <= self.y[1]:
            parts.append(segment(*self.at(self.x[0], 0), *self.at(self.x[1], 0), "axis"))
        parts += [text(self.left + self.width, self.top + self.height + 32, x_name, "small soft", "end"),
                  text(self.left, self.top - 8, y_name, "small soft")]
        return parts

    def curve(self, f, kind, steps=240):
        low, high = self.x
        points = []
        for i in range(steps + 1):
            x = low + (high - low) * i / steps
            y = f(x)
            if self.y[0] <= y <= self.y[1]:
                points.append(self.at(x, y))
        return line(points, kind)


def key(x, y, names, step=20):
    parts = []
    for i, (name, kind) in enumerate(names):
        parts += [segment(x, y + step * i - 4, x + 22, y + step * i - 4, f"line {kind}"), text(x + 30, y + step * i, name)]
    return parts


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def activations():
    plot = Plot(48, 40, 330, 240, (-4, 4), (-1.5, 4))
    gelu = lambda z: z * math.erfc(-z / math.sqrt(2)) / 2
    shapes = [("ReLU", "a", lambda z: max(0, z)), ("LeakyReLU, slope 0.2", "b", lambda z: z if z > 0 else 0.2 * z), ("GELU", "c", gelu),
              ("Tanh", "d", math.tanh), ("Sigmoid", "e", sigmoid)]
    parts = plot.axes(range(-4, 5, 2), range(-1, 5), "z", "f(z)")
    slopes = Plot(450, 40, 270, 240, (-4, 4), (-0.25, 1.25))
    parts += slopes.axes(range(-4, 5, 2), [0, 0.5, 1], "z", "f'(z): what a gradient is multiplied by")
    for name, kind, f in shapes:
        parts.append(plot.curve(f, kind))
        parts.append(slopes.curve(lambda z: (f(z + 1e-4) - f(z - 1e-4)) / 2e-4, kind, 400))
    parts += key(66, 62, [(name, kind) for name, kind, _ in shapes])
    write("activations", 750, 325, "Five activations and their derivatives", parts)


def losses():
    plot = Plot(48, 40, 330, 240, (-3, 3), (0, 4.5))
    huber = lambda r: r * r / 2 if abs(r) <= 1 else abs(r) - 0.5
    shapes = [("SquaredError", "a", lambda r: r * r / 2, lambda r: r), ("MeanAbsoluteError", "b", abs, lambda r: (r > 0) - (r < 0)),
              ("Huber, delta 1", "c", huber, lambda r: max(-1, min(1, r)))]
    parts = plot.axes(range(-3, 4), range(5), "residual r = p - y", "loss of one output")
    pull = Plot(450, 40, 270, 240, (-3, 3), (-3, 3))
    parts += pull.axes(range(-3, 4), range(-3, 4), "residual r = p - y", "derivative: how hard it pulls")
    for name, kind, f, slope in shapes:
        parts += [plot.curve(f, kind), pull.curve(slope, kind, 600)]
    parts += key(120, 60, [(name, kind) for name, kind, _, _ in shapes])
    write("losses", 750, 325, "Squared, absolute and Huber loss with their derivatives", parts)


def schedules():
    def half_cosine(u, v, x):
        return v + (u - v) * (1 + math.cos(math.pi * x)) / 2

    def one_cycle(t, warm=0.3, initial=1 / 25, final=1e-4):
        return half_cosine(initial, 1, t / warm) if t < warm else half_cosine(1, final, (t - warm) / (1 - warm))

    shapes = [("constant", "f", lambda t: 1), ("step(factor=0.5,every=10)", "b", lambda t: 0.5 ** math.floor(min(t, 0.999) * 30 / 10)),
              ("exponential(0.9)", "c", lambda t: 0.9 ** (30 * t)), ("warm_up(fraction=0.2)", "e", lambda t: min(1, t / 0.2)),
              ("cosine", "d", lambda t: half_cosine(1, 0, t)), ("one_cycle", "a", one_cycle)]
    plot = Plot(48, 40, 430, 230, (0, 30), (0, 1.1))
    parts = plot.axes(range(0, 31, 5), [0, 0.25, 0.5, 0.75, 1], "epoch of 30", "factor on the learning rate")
    for _, kind, f in shapes:
        parts.append(plot.curve(lambda epoch: f(epoch / 30), kind, 600))
    parts += key(510, 70, [(name, kind) for name, kind, _ in shapes], 26)
    write("schedules", 730, 315, "The six schedules over a run of 30 epochs", parts)


def optimizers():
    # 1/2 (x^2 + 20 y^2): a valley, steep across and flat along.
    a, b = 1.0, 20.0
    start = (-9.0, 2.4)

    def run(rule, steps):
        p, state, path = list(start), [[0.0, 0.0], [0.0, 0.0]], [start]
        for t in range(1, steps + 1):
            g = (a * p[0], b * p[1])
            for i in range(2):
                p[i] -= rule(g[i], state, i, t)
            path.append(tuple(p))
        return path

    def sgd(g, state, i, t):
        return 0.09 * g

    def momentum(g, state, i, t):
        state[0][i] = 0.8 * state[0][i] + g
        return 0.03 * state[0][i]

    def adam(g, state, i, t):
        state[0][i] = 0.9 * state[0][i] + 0.1 * g
        state[1][i] = 0.999 * state[1][i] + 0.001 * g * g
        return 0.5 * state[0][i] / (1 - 0.9 ** t) / (math.sqrt(state[1][i] / (1 - 0.999 ** t)) + 1e-8)

    plot = Plot(20, 34, 560, 250, (-10, 4), (-3.2, 3.2))
    parts = []
    for level in (1, 4, 10, 22, 40, 64):
        points = []
        for k in range(181):
            angle = 2 * math.pi * k / 180
            x, y = math.sqrt(2 * level / a) * math.cos(angle), math.sqrt(2 * level / b) * math.sin(angle)
            points.append((x, y))
        inside = [plot.at(x, y) for x, y in points if plot.x[0] <= x <= plot.x[1]]
        # begin where the curve left the picture
        cut = next((i for i in range(1, len(points)) if plot.x[0] <= points[i][0] <= plot.x[1] and not plot.x[0] <= points[i - 1][0] <= plot.x[1]), 0)
        if cut:
            order = points[cut:] + points[1:cut]
            inside = [plot.at(x, y) for x, y in order if plot.x[0] <= x <= plot.x[1]]
        runs, current = [], []
        for i, place in enumerate(inside):
            if current and math.dist(place, current[-1]) > 60:
                runs.append(current)
                current = []
            current.append(place)
        runs.append(current)
        parts += [line(each, "contour") for each in runs]
    for rule, kind in ((sgd, "b"), (momentum, "a"), (adam, "c")):
        path = run(rule, 30)
        parts.append(line([plot.at(*p) for p in path], kind))
        parts += [circle(*plot.at(*p), 2.5, "f" + kind) for p in path]
    parts += [circle(*plot.at(0, 0), 4, "ff"), text(plot.at(0, 0)[0] + 8, plot.at(0, 0)[1] + 18, "minimum", "small soft"),
              text(plot.at(*start)[0] - 4, plot.at(*start)[1] - 8, "start", "small soft"),
              text(20, 24, "1/2 (x^2 + 20 y^2), 30 steps each", "small soft")]
    parts += key(600, 80, [("SGD, lr 0.09", "b"), ("Momentum 0.8, lr 0.03", "a"), ("Adam, lr 0.5", "c")], 28)
    write("optimizers", 810, 305, "SGD, momentum and Adam in a valley", parts)


def backpropagation():
    parts = []
    boxes = [(40, "X"), (210, "Z = XW + b"), (400, "A = f(Z)"), (590, "Loss")]
    for x, name in boxes:
        parts += [rect(x, 70, 120, 50, "node"), text(x + 60, 100, name, "", "middle")]
    for (x, _), (following, _) in zip(boxes, boxes[1:]):
        parts += [segment(x + 120, 84, following, 84, "axis", True), segment(following, 108, x + 120, 108, "line b", False),
                  f'<path class="fb" d="M{x + 121} 108 l9 -5 v10z"/>']
    parts += [text(375, 40, "forward: values, from left to right", "", "middle"),
              text(375, 158, "backward: derivatives of the loss, from right to left", "fb", "middle")]
    parts += [text(100, 190, "dX = dZ Wᵀ", "", "middle"), text(270, 190, "dZ = f'(Z) * dA", "", "middle"),
              text(555, 190, "dA = dX of the layer above, or from the loss", "", "middle"),
              text(270, 216, "dW = Xᵀ dZ", "", "middle"), text(270, 238, "db = column sums of dZ", "", "middle"),
              text(100, 212, "the dA of the layer below", "small soft", "middle"), text(270, 258, "what the optimizer takes", "small soft", "middle")]
    write("backpropagation", 750, 275, "A layer forwards and backwards", parts)


def dropout():
    parts = []
    layers = [(70, 4), (190, 5), (310, 2)]

    def places(x, count):
        return [(x, 145 + 46 * (i - (count - 1) / 2)) for i in range(count)]

    def net(offset, dropped, title, note):
        units = [[(x + offset, y) for x, y in places(x, count)] for x, count in layers]
        for left, right in zip(units, units[1:]):
            for i, (x1, y1) in enumerate(left):
                for j, (x2, y2) in enumerate(right):
                    if (left is units[1] and i in dropped) or (right is units[1] and j in dropped):
                        continue
                    parts.append(segment(x1 + 12, y1, x2 - 12, y2, "edge"))
        for layer in units:
            for i, (x, y) in enumerate(layer):
                parts.append(circle(x, y, 12, "off" if layer is units[1] and i in dropped else "node"))
        if dropped:
            for i, (x, y) in enumerate(units[1]):
                parts.append(text(x, y + 4, "0" if i in dropped else "5/3", "small", "middle"))
        parts.extend([text(190 + offset, 26, title, "", "middle"), text(190 + offset, 282, note, "small soft", "middle")])

    net(0, {1, 3}, "a training step, dropout 0.4", "another mask for every row and step; kept ones times 1 / (1 - 0.4)")
    net(370, set(), "prediction", "every unit, no factor")
    write("dropout", 750, 300, "Dropout in a training step and in prediction", parts)


def softmax():
    z = [2.0, 1.0, -1.0, 0.2]
    total = sum(math.exp(v) for v in z)
    p = [math.exp(v) / total for v in z]
    y = [0, 1, 0, 0]
    parts = []

    def bars(left, values, low, high, title, kind, digits):
        top, height = 60, 170
        zero = top + height * high / (high - low)
        parts.append(text(left + 90, 32, title, "", "middle"))
        for i, v in enumerate(values):
            x, end = left + 12 + 42 * i, zero - height * v / (high - low)
            parts.append(rect(x, min(zero, end), 28, max(abs(end - zero), 0.5), f"bar {kind if v >= 0 else 'fb'}"))
            parts.append(text(x + 14, end - 6 if v >= 0 else end + 15, f"{v:.{digits}f}", "small", "middle"))
        parts.append(segment(left, zero, left + 180, zero, "axis"))

    bars(20, z, -1.2, 2.4, "logits z", "ff", 1)
    bars(280, p, 0, 1.05, "probabilities p = softmax(z)", "fa", 3)
    bars(540, [a - b for a, b in zip(p, y)], -1, 1, "dz = p - y; true: the second", "fc", 3)
    parts += [segment(212, 140, 262, 140, "axis", True), segment(472, 140, 522, 140, "axis", True),
              text(370, 272, f"loss = -log {p[1]:.3f} = {-math.log(p[1]):.3f}; the four of dz add up to 0", "small soft", "middle")]
    write("softmax_cross_entropy", 750, 290, "Logits, probabilities and the gradient of the cross-entropy", parts)


def metrics():
    # Scores of ten rows, five of them positive: each step of the curve is one row.
    truth = [1, 1, 0, 1, 1, 0, 0, 1, 0, 0]
    plot = Plot(60, 40, 240, 240, (0, 1), (0, 1))
    parts = plot.axes([0, 0.2, 0.4, 0.6, 0.8, 1], [0, 0.2, 0.4, 0.6, 0.8, 1], "false positives / negatives", "true positives / positives")
    x = y = 0
    area, points = 0.0, [plot.at(0, 0)]
    for t in truth:
        if t:
            y += 0.2
        else:
            x += 0.2
            area += 0.2 * y
        points.append(plot.at(x, y))
    corners = " ".join(f"{number(px)},{number(py)}" for px, py in points + [plot.at(1, 0)])
    parts += [f'<polygon class="fa" fill-opacity="0.15" points="{corners}"/>', line(points, "a"),
              f'<g stroke-dasharray="4 4">{segment(*plot.at(0, 0), *plot.at(1, 1), "axis")}</g>']
    parts += [text(*plot.at(0.36, 0.3), f"area {area:.2f} = ROC AUC"), text(*plot.at(0.62, 0.54), "by chance", "small soft")]
    parts.append(text(390, 34, "ten rows by their score, the highest first", "small soft"))
    for i, t in enumerate(truth):
        parts += [rect(390 + 32 * i, 48, 26, 26, f"bar {'fa' if t else 'ff'}"), text(403 + 32 * i, 66, "+" if t else "-", "", "middle")]
    parts += [text(390, 108, "+ : the curve goes up; - : it goes to the right", "small soft"),
              text(390, 150, "Each cut between two rows is a threshold,"), text(390, 172, "and a point of the curve."),
              text(390, 204, "The area counts pairs: of the 25 pairs of a + and a -,"),
              text(390, 226, f"{round(area * 25)} have the + before the -.")]
    write("metrics", 800, 330, "A ROC curve of ten rows", parts)


def worked_example():
    parts = []
    places = {"x1": (80, 90), "x2": (80, 210), "h1": (320, 90), "h2": (320, 210), "p": (540, 150)}
    edges = [("x1", "h1", "W11 = 0.4", 0.5, -8), ("x1", "h2", "W12 = -0.6", 0.76, -14), ("x2", "h1", "W21 = 0.2", 0.76, 20),
             ("x2", "h2", "W22 = 0.8", 0.5, 18), ("h1", "p", "V1 = 1", 0.5, -12), ("h2", "p", "V2 = -0.5", 0.5, 20)]
    for start, end, name, along, offset in edges:
        (x1, y1), (x2, y2) = places[start], places[end]
        parts.append(segment(x1 + 24, y1 + (y2 - y1) * 0.1, x2 - 26, y2 - (y2 - y1) * 0.1, "edge", True))
        parts.append(text(x1 + along * (x2 - x1), y1 + along * (y2 - y1) + offset, name, "small", "middle"))
    names = {"x1": "1", "x2": "-0.5", "h1": "h1", "h2": "h2", "p": "p"}
    for name, (x, y) in places.items():
        parts += [circle(x, y, 22, "node"), text(x, y + 5, names[name], "", "middle")]
    parts += [text(320, 56, "b1 = -0.1, sigmoid", "small soft", "middle"), text(320, 254, "b2 = 0.3, sigmoid", "small soft", "middle"),
              text(540, 116, "c = 0.1, linear", "small soft", "middle"), text(80, 56, "x1", "small soft", "middle"),
              text(80, 254, "x2", "small soft", "middle"), segment(564, 150, 618, 150, "axis", True),
              text(630, 146, "1/2 (p - y)^2"), text(630, 166, "y = 1", "small soft")]
    write("worked_example", 750, 275, "A network of two inputs, two hidden units and one output", parts)


if __name__ == "__main__":
    for draw in (activations, losses, schedules, optimizers, backpropagation, dropout, softmax, metrics, worked_example):
        draw()
