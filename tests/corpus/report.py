"""Sums of many outcomes, most frequent causes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from corpus.judge import Outcome


@dataclass
class Report:
    """What became of a set of files."""

    outcomes: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Count one more file; its cells are no longer needed."""
        self.outcomes.append(outcome)

    @property
    def n_truth(self) -> int:
        return sum(o.n_truth for o in self.outcomes)

    @property
    def accuracy(self) -> float:
        """Return the share of all true cells of the files that were stored rightly."""
        return sum(o.n_right for o in self.outcomes) / max(1, self.n_truth)

    @property
    def accuracy_of_read(self) -> float:
        """Return the same share over the columns that were read."""
        return sum(o.n_right for o in self.outcomes) / max(1, self.n_truth - sum(o.n_left_out for o in self.outcomes))

    @property
    def n_misread(self) -> int:
        return sum(sum(o.misreads.values()) for o in self.outcomes)

    @property
    def most_choices(self) -> int:
        return max((len(o.asked) for o in self.outcomes), default=0)

    def misread(self) -> list[str]:
        """Return the files with silent misreads and what was taken for what."""
        return [f"{o.name}: {what} ({n})" for o in self.outcomes for what, n in o.misreads.most_common(3)]

    def text(self, title: str) -> str:
        """Return the report."""
        asked = Counter(len(o.asked) for o in self.outcomes)
        mean = sum(k * n for k, n in asked.items()) / max(1, len(self.outcomes))
        n_wrong = sum(sum(o.wrong.values()) for o in self.outcomes)
        n_stopped = sum(bool(o.stopped) and not o.table.may_stop for o in self.outcomes)
        n_files = sum(bool(o.misreads) for o in self.outcomes)
        lines = [
            f"# {title}: {len(self.outcomes)} files, {self.n_truth} true cells",
            f"accuracy {self.accuracy:.4%} of all cells, {self.accuracy_of_read:.4%} in columns that were read",
            f"silent misreads: {self.n_misread} cells in {n_files} files",
            f"wrong but asked or warned: {n_wrong} cells",
            f"choices: most {self.most_choices}, mean {mean:.2f}, by number {dict(sorted(asked.items()))}",
            f"stopped, no choice answers: {n_stopped} files",
        ]
        self._section(lines, "Silent misreads by mutation: what", lambda o: o.misreads)
        self._section(lines, "Wrong though asked or warned", lambda o: o.wrong)
        self._section(lines, "Cells without their value, by mutation", lambda o: o.lost)
        self._section(lines, "Stopped files (codes)", _stopped)
        self._section(lines, "Rows rejected by reason", lambda o: o.rejects if not o.table.may_stop else Counter())
        self._section(lines, "Asked about (keys)", lambda o: Counter(o.asked), many=30)
        self._section(lines, "Choices that leave the truth out", lambda o: Counter(o.no_true_choice))
        too_many = [f"- {o.name}: {len(o.asked)}: {', '.join(o.asked)}" for o in self.outcomes if len(o.asked) > 3]
        lines += ["", "## More than three choices", *too_many[:25]]
        return "\n".join(lines)

    def _section(self, lines: list[str], title: str, of: Callable[[Outcome], Counter[str]], many: int = 45) -> None:
        counted: Counter[tuple[str, str]] = Counter()
        example: dict[tuple[str, str], str] = {}
        for one in self.outcomes:
            for what, n in of(one).items():
                key = (one.table.mutation.split(".")[0], what)
                counted[key] += n
                example.setdefault(key, f"{one.table.name}.{one.table.kind}")
        lines += ["", f"## {title}"]
        lines += [f"- {n} × {key[0]}: {key[1]}  [{example[key]}]" for key, n in counted.most_common(many)]


def _stopped(one: Outcome) -> Counter[str]:
    return Counter() if one.table.may_stop else Counter(dict.fromkeys(one.stopped, 1))
