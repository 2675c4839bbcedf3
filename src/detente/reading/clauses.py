"""Clauses of a sentence: each verb with its subject, its complement, what governs it, and its condition."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from detente.reading.actors import Actor, ActorFinder
from detente.reading.lexicon import SAY, SPEAKING_VERBS, word_set
from detente.reading.passages import Sentence
from detente.reading.verbs import Token, Verb, find_verbs, tokens


@dataclass
class Clause:
    """A verb and what belongs to it.

    Attributes:
        verb: the verb group.
        subject: (start, end) of the words before it that are its subject; may be inherited.
        complement: (start, end) of the words after it, to the clause's end.
        actors: the actors in the subject, in order.
        governor: the clause whose verb governs this one ("agreed" of "agreed to lift"), if any.
        objects: actors in the complement.
    """

    verb: Verb
    subject: tuple[int, int]
    complement: tuple[int, int]
    actors: list[Actor] = field(default_factory=list)
    governor: Clause | None = None
    objects: list[Actor] = field(default_factory=list)
    parsed: Parsed | None = None

    @property
    def rest(self) -> str:
        """The words after the verb."""
        assert self.parsed is not None
        return self.parsed.text[self.complement[0] : self.complement[1]]

    @property
    def front(self) -> str:
        """The words of the subject."""
        assert self.parsed is not None
        return self.parsed.text[self.subject[0] : self.subject[1]]

    @property
    def chain(self) -> list[Clause]:
        """The governing clauses, nearest first."""
        found, clause = [], self.governor
        while clause is not None and clause not in found:
            found.append(clause)
            clause = clause.governor
        return found


@dataclass
class Parsed:
    """A sentence with its tokens, clauses, actors and quotations."""

    text: str
    sentence: Sentence
    tokens: list[Token]
    clauses: list[Clause]
    actors: list[Actor]
    quotes: list[tuple[int, int]]

    def quoted(self, at: int) -> bool:
        """Whether a point lies inside quotation marks."""
        return any(start <= at < end for start, end in self.quotes)


_HARD = re.compile(r"^[;:—–“”\"]$")
_SUBORDINATE = word_set(
    "that which who whom whose where when while whereas because if unless until although though "
    "whether after before since as once so but than what how why wherein lest despite provided"
)
_PREPOSITIONS = word_set(
    "of with to by from on for against in between at among after over about into under during "
    "toward towards through across like via within without alongside than"
)


def parse(text: str, sentence: Sentence, finder: ActorFinder) -> Parsed:
    """The clauses of one sentence."""
    toks = tokens(text, sentence.start, sentence.end)
    verbs = find_verbs(toks)
    actors = sorted(
        finder.within(sentence.start, sentence.end) + finder.pronouns(sentence.start, sentence.end),
        key=lambda a: a.start,
    )
    verbs = [
        v
        for n, v in enumerate(verbs)
        if not (v.lemma == "have" and any(o.start <= v.at < o.at for o in verbs[n + 1 :]))
    ]
    verbs = [v for v in verbs if not any(a.start <= v.at < a.end for a in actors if a.kind != "pronoun")]
    parsed = Parsed(text, sentence, toks, [], actors, _quotes(text, sentence))
    previous: list[Clause] = []
    for n in range(len(verbs)):
        clause = _clause(parsed, verbs, n, previous)
        previous.append(clause)
    parsed.clauses = previous
    return parsed


def _quotes(text: str, sentence: Sentence) -> list[tuple[int, int]]:
    found = [
        m.span() for m in re.finditer(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)", text[sentence.start : sentence.end])
    ]
    return [(sentence.start + a, sentence.start + b) for a, b in found]


def _clause(parsed: Parsed, verbs: list[Verb], n: int, previous: list[Clause]) -> Clause:
    verb = verbs[n]
    if previous and _reduced(parsed, previous[-1].verb, verb):
        # "a visit set for August has been put off": the first is a participle, the second has its subject
        before = previous[-1]
        before.verb = replace(before.verb, form="participle", passive=True)
        whole = [
            c for c in previous[:-1] if c.verb.finite and (c.verb.start < c.verb.at or c.verb.form == "s")
        ]
        start = _subject_start(parsed, verb, whole)
        clause = Clause(verb, (start, verb.start), _complement(parsed, verbs, n), parsed=parsed)
        clause.actors = _subjects(parsed, start, before.verb.start) or before.actors
        clause.objects = [a for a in parsed.actors if clause.complement[0] <= a.start < clause.complement[1]]
        return clause
    clause = Clause(verb, (verb.start, verb.start), _complement(parsed, verbs, n), parsed=parsed)
    clause.governor = _governor(parsed, verb, previous)
    start = _subject_start(parsed, verb, previous)
    subject = (start, verb.start)
    clause.actors = _subjects(parsed, *subject)
    clause.subject = subject
    words = parsed.text[subject[0] : subject[1]]
    bare = not re.search(
        r"\w{2}",
        re.sub(
            r"\b(?:and|but|or|then|also|which|who|that|to|later|yet|so|while|after|before|when|if)\b",
            "",
            words,
        ),
    )
    if clause.governor is not None and (verb.infinitive or bare):
        object_control = clause.governor.verb.lemma in _OBJECT_CONTROL and clause.governor.objects
        reach = [a for a in (clause.governor.objects if object_control else []) if a.end <= verb.start]
        clause.actors = [reach[-1]] if reach else clause.governor.actors
        clause.subject = clause.governor.subject
    elif re.match(r"\W*(?:which|who|that)\b", words) and not clause.actors:
        before = [a for a in parsed.actors if a.end <= subject[0]]
        clause.actors = before[-1:]
        clause.subject = (max(parsed.sentence.start, subject[0] - 60), verb.start)
    elif bare and previous:
        finite = [c for c in previous if c.verb.finite] or previous
        main = [c for c in finite if not _adverbial(parsed, c)] or finite
        speaking = [c for c in previous if c.verb.lemma in SPEAKING_VERBS and c.actors]
        if verb.lemma in SPEAKING_VERBS and speaking:
            main = speaking
        clause.actors, clause.subject = main[-1].actors, main[-1].subject
    elif bare:
        comma = parsed.text.find(",", parsed.sentence.start, verb.start)
        clause.subject = (parsed.sentence.start, comma if comma > 0 else verb.start)
        clause.actors = _subjects(parsed, *clause.subject)
    _same_speaker(parsed, clause, previous)
    clause.objects = [a for a in parsed.actors if clause.complement[0] <= a.start < clause.complement[1]]
    return clause


def _same_speaker(parsed: Parsed, clause: Clause, previous: list[Clause]) -> None:
    """ "Rio said it had begun", "China told Japan that it will": the pronoun is the speaker."""
    lead = parsed.text[parsed.sentence.start : clause.verb.start]
    if not previous or previous[-1].verb.lemma not in SAY:
        return
    said = re.escape(parsed.text[previous[-1].verb.at : previous[-1].verb.end])
    if re.search(rf"(?:\bthat|\b{said})\s+(?:it|he|she|they|we)\s*$", lead):
        clause.actors = previous[-1].actors
        if not clause.actors:
            clause.subject = previous[-1].subject


def _adverbial(parsed: Parsed, clause: Clause) -> bool:
    """Whether a clause hangs on another by "before", "which" and the like."""
    lead = parsed.text[max(parsed.sentence.start, clause.subject[0] - 12) : clause.subject[0]] + " "
    own = parsed.text[clause.subject[0] : clause.subject[0] + 8]
    words = r"(?:before|after|while|when|as|if|since|until|because|although|though|whereas|which|who|whom|where|unless|once)"
    return bool(re.search(rf"\b{words}\s+$", lead) or re.match(rf"\s*{words}\b", own))


def _reduced(parsed: Parsed, earlier: Verb, verb: Verb) -> bool:
    """Whether an earlier bare past was a participle, since this finite verb has no other subject."""
    if earlier.form != "past" or earlier.start != earlier.at or not verb.finite or verb.start <= earlier.end:
        return False
    between = parsed.text[earlier.end : verb.start]
    joined = r"[,;:—–“”\"]|\b(?:and|but|or|that|which|who|as|while|if|when|because|after|before|what|how|it|he|she|they|we)\b"
    if re.search(joined, between):
        return False
    return (
        re.match(
            r"\s*(?:for|on|in|by|at|from|under|last|this|against|with|to|between|during|over)\b", between
        )
        is not None
    )


_OBJECT_CONTROL = word_set(
    "urge ask press push request call appeal want order require tell allow force invite pressure "
    "expect instruct implore persuade"
)


def _complement(parsed: Parsed, verbs: list[Verb], n: int) -> tuple[int, int]:
    """From the verb to the next clause with a subject of its own, or the sentence's end."""
    verb = verbs[n]
    end = parsed.sentence.end
    for token in parsed.tokens:
        if token.start >= verb.end and token.text in (";", "—", "–") and token.start - verb.end > 2:
            end = token.start
            break
    for other in verbs[n + 1 :]:
        if other.finite:
            end = min(end, max(verb.end, _clause_edge(parsed, other, verb.end)))
            break
    return verb.end, end


def _clause_edge(parsed: Parsed, verb: Verb, floor: int) -> int:
    """Where the clause of a later verb begins: the boundary nearest before its subject."""
    edge = None
    for token in parsed.tokens:
        if token.start < floor:
            continue
        if token.start >= verb.start:
            break
        word = token.text.lower()
        if word in _SUBORDINATE or word in (",", "and", "or", ";", ":", "—", "–"):
            edge = token.start
    return edge if edge is not None else verb.start


def _subject_start(parsed: Parsed, verb: Verb, previous: list[Clause]) -> int:
    """Start of the words that may be the subject of a verb."""
    floor = parsed.sentence.start
    earlier = [c.verb for c in previous if c.verb.end <= verb.start]
    if earlier:
        floor = earlier[-1].end
    start = floor
    crossed = [t for t in parsed.tokens if floor <= t.start < verb.start]
    for k, token in enumerate(crossed):
        word = token.text.lower()
        if _HARD.match(word) or (word in _SUBORDINATE and not _preposition_here(parsed, crossed, k, verb)):
            start = token.end if _HARD.match(word) else token.start
            if word in (
                "that",
                "while",
                "after",
                "before",
                "because",
                "if",
                "as",
                "when",
                "although",
                "though",
                "since",
                "but",
                "whereas",
                "until",
                "unless",
                "so",
                "whether",
                "once",
                "where",
            ):
                start = token.end
            if (
                word in ("that", "where")
                and k == 0
                and not any(a for a in parsed.actors if token.end <= a.start < verb.start)
            ):
                start = token.start
        elif word in ("and", "or") and earlier and _coordinates_clauses(parsed, earlier[-1], token, verb):
            start = token.end
        elif (
            word == ","
            and earlier
            and k + 1 < len(crossed)
            and crossed[k + 1].text.lower() not in ("and", "but", "who", "which")
        ):
            rest = parsed.text[token.end : verb.start]
            if re.search(r"\w{2}", rest):
                start = token.end
    return start


def _preposition_here(parsed: Parsed, crossed: list[Token], k: int, verb: Verb) -> bool:
    """ "after", "before", "since", "as" before a noun group that a comma closes are no conjunctions here."""
    if crossed[k].text.lower() not in ("after", "before", "since", "as", "despite", "until", "once"):
        return False
    return any(t.text == "," for t in crossed[k + 1 :])


def _coordinates_clauses(parsed: Parsed, earlier: Verb, token: Token, verb: Verb) -> bool:
    """Whether an "and" joins two clauses rather than two nouns of one subject."""
    from detente.reading.lexicon import SAY, THINK

    between = parsed.text[earlier.end : token.start]
    after = parsed.text[token.end : verb.start]
    if not re.search(r"\w{2}", after):
        return True
    last = list(
        re.finditer(
            r"\b(?:that|which|while|after|before|because|if|when|where|as|whether)\b|[“\"]|,", between
        )
    )
    if last and re.fullmatch(r"\s*(?:[\w’'.-]+\s*){1,4}", between[last[-1].end() :]) and last[-1][0] != ",":
        return False
    if (
        earlier.lemma in SAY | THINK
        and not re.search(r"\b(?:that|to|for|on|in|at)\b", between.strip())
        and len(between.split()) <= 6
    ):
        return False
    return not re.match(r"\s*(?:that|which|who)?\s*(?:the )?[A-Z]\w*(?:[’']s)?\s*$", between)


def _subjects(parsed: Parsed, start: int, end: int) -> list[Actor]:
    """The actors that a subject names: the head and what is joined to it, none after a preposition."""
    inside = [a for a in parsed.actors if start <= a.start and a.end <= end and a.kind != "place"]
    found: list[Actor] = []
    for actor in inside:
        before = re.search(r"([\w’']+|,)\s*(?:the |new |former |new )?$", parsed.text[start : actor.start])
        word = before[1].lower() if before else ""
        if word in _PREPOSITIONS and not found:
            continue
        if found and word in _PREPOSITIONS:
            if word == "of" and found[-1].kind == "group":
                continue
            break
        if parsed.text[actor.end : actor.end + 2] in ("’s", "'s") and not found:
            continue
        found.append(actor)
    if not found:
        found = [a for a in inside if re.search(r"\bwith (?:[\w’']+ ){0,5}$", parsed.text[start : a.start])][
            -1:
        ]
    between = re.search(r"\bbetween\b", parsed.text[start:end])
    if not found and between:
        found = [a for a in inside if a.start >= start + between.end()][:2]
    return found


def _governor(parsed: Parsed, verb: Verb, previous: list[Clause]) -> Clause | None:
    """The verb that governs an infinitive or gerund: the nearest before it, without a clause between."""
    if not previous:
        return None
    last = previous[-1]
    between = parsed.text[last.verb.end : verb.start]
    if verb.infinitive:
        if re.search(r"[;—–]|\b(?:and|but) (?:the )?[A-Z]", between):
            return None
        if re.search(r"\band\s*$|,\s*(?:and )?\s*$", between) and last.verb.infinitive:
            return last.governor
        return last
    if (
        verb.form == "base"
        and not verb.modal
        and re.fullmatch(r"[^.;:—]*\b(?:and|or|,)\s+(?:\w+ly )?", between)
        and last.verb.infinitive
    ):
        return last.governor  # "agreed to lift tariffs and resume exports"
    if verb.form == "ing" and not verb.progressive:
        if re.search(r"\b(?:and|or)\s*$", between) and last.verb.form == "ing" and last.governor is not None:
            return last.governor
        if re.search(r"[;—–]", between) or len(between) > 60:
            return None
        return last
    return None
