"""Estimate the scorer's weights from the tuned gold and the labelled passages.

    python -m detente.reading.fitting            write the table anew
    python -m detente.reading.fitting --folds 5  grade it across folds by dispute instead

One penalised logistic regression an act: minimise sum over sentences of w log(1 + exp(-s (x.b + c))) + L2/2 |b|^2, with
s = 1 where the sentence tells the act and -1 where not, x the cues as zeros and ones. One more tells whether a whole
text has any act, and one a modality, over the events of the gold. The estimate has one minimum and starts at zero, so
it comes out the same every time; only the draw of folds has a seed.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from detente.reading.acts import acts_of, read_sentences
from detente.reading.context import context_of
from detente.reading.cues import cues_of_text
from detente.reading.dates import with_dateline
from detente.reading.filling import SAID, SCORED, clause_for, modality_cues
from detente.reading.gold import SHIPPED_GOLD, GoldItem, read_gold
from detente.reading.grade import grade
from detente.reading.labelled import read_labelled
from detente.reading.passages import split_passages
from detente.reading.propose import proposal
from detente.reading.scheme import ACTS
from detente.reading.scorer import BIAS, TEXT, WEIGHTS, Weights
from detente.reading.when import Stamps

Numbers = npt.NDArray[np.float64]
PENALTY = 3.0
TEXT_PENALTY = 4.0
MODALITY_PENALTY = 3.0
FEWEST_TEXTS = 3
"""A cue counts when at least so many texts show it."""
OPTIONAL_WEIGHT = 0.3
SMALLEST = 0.05
"""A weight nearer to zero is left out of the table."""


@dataclass
class Example:
    """One sentence: its cues, the acts it tells, those it may be said to tell, and those that count neither way.

    Attributes:
        events: of each event it tells, what it shows of the modality, and which modalities are right.
    """

    text: str
    cues: set[str]
    told: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)
    events: list[tuple[set[str], set[str]]] = field(default_factory=list)


def examples_of(items: Iterable[GoldItem]) -> Iterator[Example]:
    """The sentences of gold texts with their acts."""
    for item in items:
        article = with_dateline(item.article(), None)
        sentences, _ = split_passages(article)
        context = context_of(article)
        for read in read_sentences(context, sentences, Stamps(context)):
            start, end = read.parsed.sentence.start, read.parsed.sentence.end
            example = Example(item.id, read.cues)
            for act in item.acts:
                if not any(
                    2 * (min(b, end) - max(a, start)) >= min(b - a, end - start) for a, b in act.spans
                ):
                    continue
                (example.optional if act.optional else example.told).add(act.act)
                example.open |= act.acts - {act.act}
                if act.act not in SAID:
                    clause = clause_for(act.act, read.parsed)
                    shown = modality_cues(act.act, read.parsed, clause, read.cues, context)
                    example.events.append((shown, act.modalities(act.act)))
            yield example


def fitted(gold: list[Example], labelled: Iterable[Example] = ()) -> Weights:
    """Weights estimated from sentences, those of modalities, and from the gold alone those of whole texts.

    Labelled passages are too short, and too full of acts, to show what a whole text looks like.
    """
    examples = [*gold, *labelled]
    found: dict[str, dict[str, float]] = {BIAS: {}}
    cues, shown = _table([e.cues for e in examples], [e.text for e in examples])
    for act in ACTS:
        told = np.array([float(act in e.told or act in e.optional) for e in examples])
        weight = np.array(
            [
                1.0 if act in e.told else OPTIONAL_WEIGHT if act in e.optional else float(act not in e.open)
                for e in examples
            ]
        )
        _fill(found, act, cues, _logistic(shown, told, weight, PENALTY))
    texts: dict[str, list[Example]] = {}
    for example in gold:
        texts.setdefault(example.text, []).append(example)
    cues, shown = _table([cues_of_text([e.cues for e in of]) for of in texts.values()], list(texts))
    told = np.array([float(any(e.told or e.optional for e in of)) for of in texts.values()])
    _fill(found, TEXT, cues, _logistic(shown, told, np.ones(len(texts)), TEXT_PENALTY))
    events = [(e.text, *event) for e in examples for event in e.events]
    cues, shown = _table([cues for _, cues, _ in events], [text for text, _, _ in events])
    for modality, name in SCORED.items():
        right = np.array([float(modality in good) for _, _, good in events])
        weight = np.array([1.0 / len(good) if modality in good else 1.0 for _, _, good in events])
        _fill(found, name, cues, _logistic(shown, right, weight, MODALITY_PENALTY))
    return found


def _table(shown: list[set[str]], names: list[str]) -> tuple[list[str], csr_matrix]:
    """The cues that enough texts show, and which row shows which."""
    texts: dict[str, set[str]] = {}
    for cues, name in zip(shown, names, strict=True):
        for cue in cues:
            texts.setdefault(cue, set()).add(name)
    kept = sorted(cue for cue, of in texts.items() if len(of) >= FEWEST_TEXTS)
    place = {cue: n for n, cue in enumerate(kept)}
    cells = [(n, place[cue]) for n, cues in enumerate(shown) for cue in sorted(cues) if cue in place]
    rows, columns = np.array(cells).T
    return kept, csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(shown), len(kept)))


def _fill(found: dict[str, dict[str, float]], name: str, cues: list[str], estimate: Numbers) -> None:
    found[BIAS][name] = float(estimate[-1])
    for cue, value in zip(cues, estimate[:-1], strict=True):
        if abs(value) >= SMALLEST:
            found.setdefault(cue, {})[name] = float(value)


def _logistic(shown: csr_matrix, told: Numbers, weight: Numbers, penalty: float) -> Numbers:
    across = shown.T.tocsr()

    def _loss(beta: Numbers) -> tuple[float, Numbers]:
        score = shown @ beta[:-1] + beta[-1]
        pull = weight * (1 / (1 + np.exp(-score)) - told)
        loss = (weight * (np.logaddexp(0, score) - told * score)).sum() + penalty / 2 * (beta[:-1] ** 2).sum()
        return float(loss), np.append(across @ pull + penalty * beta[:-1], pull.sum())

    start = np.zeros(len(across.indptr))
    return minimize(_loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x


def write(table: Weights, path: Path = WEIGHTS) -> None:
    """Write the table, cue by cue."""
    lines = ["# cue, then name:weight of each act; written by python -m detente.reading.fitting"]
    for cue, by_act in sorted(table.items()):
        lines.append(f"{cue}\t{' '.join(f'{act}:{value:.2f}' for act, value in sorted(by_act.items()))}")
    path.write_text("\n".join(lines) + "\n", "utf-8")


def folds_of(items: list[GoldItem], count: int, seed: int) -> list[int]:
    """The fold of each text; the texts of one dispute stay together."""
    keys = [item.dispute if item.dispute != "none" else item.id for item in items]
    drawn = sorted(set(keys))
    random.Random(seed).shuffle(drawn)
    return [drawn.index(key) % count for key in keys]


def across_folds(
    items: list[GoldItem], labelled: list[GoldItem], count: int, seed: int
) -> dict[str, list[dict[str, object]]]:
    """Proposals for each text by a table fitted on the other folds; labelled passages go with their dispute."""
    every = [*items, *labelled]
    place = dict(zip((item.id for item in every), folds_of(every, count, seed), strict=True))
    gold, more = list(examples_of(items)), list(examples_of(labelled))
    found: dict[str, list[dict[str, object]]] = {}
    for number in range(count):
        table = fitted(
            [e for e in gold if place[e.text] != number], [e for e in more if place[e.text] != number]
        )
        for item in items:
            if place[item.id] == number:
                article = with_dateline(item.article(), None)
                sentences, _ = split_passages(article)
                acts = acts_of(context_of(article), sentences, table)
                found[item.id] = [proposal(act, article) for act in acts]
    return found


def main() -> None:
    """Fit on the shipped tuned gold and labelled passages and write the table; or grade across folds."""
    options = argparse.ArgumentParser(
        description="Estimate the scorer's weights, or grade them across folds."
    )
    options.add_argument("--folds", type=int, default=0)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    items = read_gold(SHIPPED_GOLD / "tuned")
    labelled = read_labelled()
    if given.folds:
        tally = grade(items, across_folds(items, labelled, given.folds, given.seed))
        print(tally.acts.as_dict(), f"false in texts without an act: {tally.false_in_empty}")
        return
    table = fitted(list(examples_of(items)), examples_of(labelled))
    write(table)
    print(f"{len(items)} texts, {len(labelled)} labelled passages, {len(table)} cues")


if __name__ == "__main__":
    main()
