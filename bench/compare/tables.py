"""Medians, ratios and Markdown."""

from __future__ import annotations

from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    if not values:
        raise ValueError("the median of nothing")
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def significant(value: float) -> str:
    """Three digits, with thousands separated: 0.0123, 4.56, 78.9, 123, 45,600."""
    if value >= 100:
        digits = 3 - len(str(int(value)))
        return f"{round(value, digits):,.0f}"
    return f"{value:.3g}" if value < 0.1 else f"{value:#.3g}".rstrip(".")


def ratio(peer: float, ours: float) -> str:
    """How many times longer the peer takes."""
    return f"{peer / ours:.1f}" if peer < 100 * ours else f"{peer / ours:.0f}"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned for people who read the text: the first left, the others right."""
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row of {len(row)} cells under a header of {len(header)}")
    widths = [max(3, *(len(row[i]) for row in (header, *rows))) for i in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        aligned = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths))
        ]
        return "| " + " | ".join(aligned) + " |\n"

    rule = [("-" * width) if i == 0 else "-" * (width - 1) + ":" for i, width in enumerate(widths)]
    return line(header) + line(rule) + "".join(line(row) for row in rows)
