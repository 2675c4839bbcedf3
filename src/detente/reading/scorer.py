"""How likely a sentence tells an act, by weighed cues; what the rules find is kept, what the cues show is added.

For each act of the scheme the score is a logistic regression, log(p / (1 - p)) = bias + sum of the weights of the cues
that the sentence shows. The weights stand in `names/weights.tsv`, one line a cue; `python -m detente.reading.fitting`
estimates them anew from the tuned gold. What the rules found counts as a cue. `filling` gives an added act its fields.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from detente.reading.attribution import Frame
from detente.reading.belonging import bare_sentence, with_rest_of_sentence
from detente.reading.clauses import Parsed
from detente.reading.context import Context
from detente.reading.cues import cues_of_text
from detente.reading.filling import SAID, filled
from detente.reading.scheme import ACTS, Act
from detente.reading.when import Stamps

WEIGHTS = Path(__file__).with_name("names") / "weights.tsv"
ADD = 0.3
"""The chance from which an act that no rule found is added to a sentence that has none yet."""
ADD_MORE = 0.5
"""The same, to a sentence that has one: two acts of one sentence are mostly two readings of one."""
STATED = frozenset([*SAID, "domestic_pressure"])
"""Of these one speaker's sentence has one: a second is mostly another reading of it."""
SIDES_SAY = frozenset(SAID) - {"assessment", "claim"}
"""What a side says and an onlooker does not."""
NEEDS = {
    "measure": {"impose", "bar", "ease", "legal_step", "plan", "duty_word", "curb_word", "goods_word"},
    "agreement": {"agree", "deal_word"},
    "ruling": {"court_word", "rule_verb"},
    "threat": {
        "threat",
        "forward",
        "modal=will",
        "modal=would",
        "modal=may",
        "modal=could",
        "modal=might",
        "modal=shall",
    },
    "denial": {"deny", "negated"},
}
"""Of these cues a sentence must show one before such an act is added, however likely the rest makes it."""
TEXT_ADD = 0.6
"""To a text whose chance of telling any act of a dispute is lower nothing is added."""
TEXT_KEEP = 0.3
"""A text whose chance is lower still is left alone, whatever the rules find in it."""
BIAS = "(bias)"
TEXT = "(text)"
"""Stands in the table for "this text tells acts of a dispute", judged by `cues_of_text`."""

Weights = Mapping[str, Mapping[str, float]]
"""Cue -> act -> weight; the bias of each act stands under `BIAS`."""


@dataclass(frozen=True)
class ReadSentence:
    """A sentence as the rules read it.

    Attributes:
        frames: of speech in it.
        carried: frames whose speaker runs on into it.
        before: frames of the last sentence of its paragraph that had any.
        stamps: the day that it stands under.
        acts: what the rules found.
        cues: what it shows.
    """

    parsed: Parsed
    frames: list[Frame]
    carried: list[Frame]
    before: list[Frame]
    stamps: Stamps
    acts: list[Act]
    cues: set[str]


@cache
def weights() -> Weights:
    """The shipped weights."""
    found: dict[str, dict[str, float]] = {}
    for line in WEIGHTS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            cue, by_act = line.split("\t")
            pairs = (pair.rsplit(":", 1) for pair in by_act.split())
            found[cue] = {act: float(weight) for act, weight in pairs}
    return found


def likely(cues: Iterable[str], names: Iterable[str], table: Weights) -> dict[str, float]:
    """The probability of each of some names of the table, given the cues shown."""
    sums = {name: table[BIAS][name] for name in names}
    for cue in sorted(cues):  # in one order, so that the last bits are the same in every process
        for name, weight in table.get(cue, {}).items():
            if name in sums:
                sums[name] += weight
    return {name: 1 / (1 + math.exp(-score)) for name, score in sums.items()}


def weighed(sentences: list[ReadSentence], context: Context, table: Weights | None = None) -> list[Act]:
    """The acts of a text: the rules', and those that the cues show beside them; none in a text of other matters."""
    table = table or weights()
    if not sentences:
        return []
    chance = likely(cues_of_text([s.cues for s in sentences]), [TEXT], table)[TEXT]
    if chance < TEXT_KEEP:
        return []
    found: list[Act] = []
    for sentence in sentences:
        here = [*sentence.acts, *(_added(sentence, table, context) if chance >= TEXT_ADD else ())]
        if not here and found:
            bare_sentence(sentence.parsed, found[-1])
        sentence.stamps.give(here)
        found += here
    return found


def _added(read: ReadSentence, table: Weights, context: Context) -> list[Act]:
    told = {act.act for act in read.acts}
    one_voice = len({frame.speakers[0].name for frame in read.frames if frame.speakers}) < 2
    outside = bool(read.frames) and all(frame.kind in ("expert", "media") for frame in read.frames)
    added: list[Act] = []
    for act, chance in sorted(likely(read.cues, ACTS, table).items(), key=lambda pair: -pair[1]):
        if chance < (ADD_MORE if told else ADD):
            break
        if act in told or (one_voice and act in STATED and told & STATED):
            continue
        if outside and act in SIDES_SAY:
            continue
        if not NEEDS.get(act, read.cues) & read.cues:
            continue
        voices = [read.frames, read.carried, read.before]
        made = filled(act, read.parsed, voices, read.cues, context, table)
        if made is not None:
            told.add(act)
            added.append(made)
    return with_rest_of_sentence(read.parsed, added)
