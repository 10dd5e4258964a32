"""The comparison as Markdown: for each section a table of times and ratios, then the settings of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from contenders import Measurement, Setting
from tables import markdown, median, ratio, significant
from work import SECTIONS, Work


@dataclass(frozen=True)
class Section:
    title: str
    first_column: str
    shown: Callable[[Work, float], str]  # seconds in the unit of the title


def milliseconds(work: Work, seconds: float) -> str:
    return significant(1e3 * seconds)


def microseconds(work: Work, seconds: float) -> str:
    return significant(1e6 * seconds)


HEADINGS = {
    "sgd": Section("Training 784-64-87-72-10 with SGD: ms per epoch", "batch", milliseconds),
    "adam": Section("Training 784-64-87-72-10 with Adam: ms per epoch", "batch", milliseconds),
    "wide": Section("Training 784-2048-2048-10 with SGD, 10,240 rows: ms per epoch", "batch", milliseconds),
    "table": Section("Training 7-64-64-1 with Adam, 392 rows: ms in all", "batch", milliseconds),
    "prediction": Section("Predicting with 784-64-87-72-10: microseconds, median", "at once", microseconds),
}


@dataclass(frozen=True)
class Report:
    facts: Sequence[str]
    ours: Sequence[str]  # on one thread, then on all
    peers: Sequence[str]
    works: Sequence[Work]
    settings: Mapping[tuple[str, Work], Setting]
    results: Mapping[tuple[str, Work], Sequence[Measurement]]

    def peers_of(self, works: Sequence[Work]) -> list[str]:
        """The peers that do any of these: not every one trains."""
        return [peer for peer in self.peers if any((peer, work) in self.results for work in works)]

    def seconds(self, name: str, work: Work) -> float:
        return median([measurement.seconds for measurement in self.results[name, work]])

    def markdown(self) -> str:
        text = "# mlp and others, side by side\n\n" + "".join(f"- {fact}\n" for fact in self.facts)
        for section in SECTIONS:
            works = [work for work in self.works if work.section == section]
            if works:
                text += self.section(HEADINGS[section], works)
        return text

    def section(self, section: Section, works: Sequence[Work]) -> str:
        peers = self.peers_of(works)
        header = [
            section.first_column,
            *self.ours,
            *map(short, peers),
            *(f"{short(p)} / mlp" for p in peers),
        ]
        rows = [self.row(section, work, peers) for work in works]
        settings = [self.setting_row(work, peers) for work in works]
        return (
            f"\n## {section.title}\n\n"
            + markdown(header, rows)
            + "\nTimes longer than mlp: on one thread, on all. What each ran with, and "
            + "the least it scored on the test rows:\n\n"
            + markdown([section.first_column, *self.ours, *map(short, peers)], settings)
        )

    def row(self, section: Section, work: Work, peers: Sequence[str]) -> list[str]:
        times = [section.shown(work, self.seconds(name, work)) for name in (*self.ours, *peers)]
        ratios = [
            " / ".join(ratio(self.seconds(peer, work), self.seconds(name, work)) for name in self.ours)
            for peer in peers
        ]
        return [work.name, *times, *ratios]

    def setting_row(self, work: Work, peers: Sequence[str]) -> list[str]:
        return [work.name, *(self.setting(name, work) for name in (*self.ours, *peers))]

    def setting(self, name: str, work: Work) -> str:
        done = self.results[name, work]
        setting = self.settings.get((name, work), Setting(done[0].threads))
        scores = [measurement.score for measurement in done if measurement.score is not None]
        return f"{setting}; {min(scores):.4f}" if scores else str(setting)

    def measurements(self) -> list[dict]:
        """All measurements."""
        return [
            {
                "contender": name,
                "section": work.section,
                "work": work.name,
                "setting": self.setting(name, work),
            }
            | {"seconds": [m.seconds for m in done], "scores": [m.score for m in done]}
            for (name, work), done in self.results.items()
        ]


def short(peer: str) -> str:
    """'PyTorch 2.1 (AVX512)': 'PyTorch'."""
    return peer.split(" ")[0]
