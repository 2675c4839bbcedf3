"""Verb groups: "has not yet agreed to lift" as one lemma with its tense, voice, negation and what governs it.

There is no parser and no model here. A lexicon of the verbs that matter gives the forms; the auxiliaries to
their left give tense and modality; a verb before "to" governs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from detente.reading.lexicon import SPEAKING_VERBS, word_set

IRREGULAR: dict[str, tuple[str, str]] = {
    "say": ("said", "said"), "tell": ("told", "told"), "meet": ("met", "met"), "speak": ("spoke", "spoken"),
    "hold": ("held", "held"), "have": ("had", "had"), "take": ("took", "taken"), "put": ("put", "put"), "cut": ("cut", "cut"),
    "hit": ("hit", "hit"), "set": ("set", "set"), "let": ("let", "let"), "strike": ("struck", "struck"), "rise": ("rose", "risen"),
    "fall": ("fell", "fallen"), "begin": ("began", "begun"), "come": ("came", "come"), "go": ("went", "gone"),
    "give": ("gave", "given"), "make": ("made", "made"), "find": ("found", "found"), "bring": ("brought", "brought"),
    "sit": ("sat", "sat"), "see": ("saw", "seen"), "think": ("thought", "thought"), "withdraw": ("withdrew", "withdrawn"),
    "seek": ("sought", "sought"), "win": ("won", "won"), "lose": ("lost", "lost"), "sell": ("sold", "sold"), "buy": ("bought", "bought"),
    "freeze": ("froze", "frozen"), "break": ("broke", "broken"), "keep": ("kept", "kept"), "build": ("built", "built"),
    "leave": ("left", "left"), "send": ("sent", "sent"), "write": ("wrote", "written"), "draw": ("drew", "drawn"), "fly": ("flew", "flown"),
    "shrink": ("shrank", "shrunk"), "sink": ("sank", "sunk"), "slide": ("slid", "slid"), "stand": ("stood", "stood"), "run": ("ran", "run"),
    "uphold": ("upheld", "upheld"), "withhold": ("withheld", "withheld"), "feel": ("felt", "felt"), "get": ("got", "got"),
    "lay": ("laid", "laid"), "pay": ("paid", "paid"), "show": ("showed", "shown"), "spread": ("spread", "spread"), "stick": ("stuck", "stuck"),
    "undertake": ("undertook", "undertaken"), "know": ("knew", "known"), "shut": ("shut", "shut"),
    "spend": ("spent", "spent"), "lend": ("lent", "lent"), "throw": ("threw", "thrown"), "forget": ("forgot", "forgotten"),
    "teach": ("taught", "taught"), "drive": ("drove", "driven"), "ride": ("rode", "ridden"), "beat": ("beat", "beaten"), "hear": ("heard", "heard"),
    "read": ("read", "read"), "learn": ("learned", "learned"), "fight": ("fought", "fought"), "deal": ("dealt", "dealt"), "grow": ("grew", "grown"),
    "forbid": ("forbade", "forbidden"), "choose": ("chose", "chosen"), "steal": ("stole", "stolen"), "cost": ("cost", "cost"), "mean": ("meant", "meant"),
    "leap": ("leapt", "leapt"), "become": ("became", "become"), "hurt": ("hurt", "hurt"), "bind": ("bound", "bound"), "forgo": ("forwent", "forgone"),
    "foresee": ("foresaw", "foreseen"), "forecast": ("forecast", "forecast"), "split": ("split", "split"), "swing": ("swung", "swung"),
    "offset": ("offset", "offset"), "rebuild": ("rebuilt", "rebuilt"), "lead": ("led", "led"), "sweep": ("swept", "swept"), "bend": ("bent", "bent"), "overcome": ("overcame", "overcome"), "bid": ("bid", "bid"),
}  # fmt: skip
"""Lemma -> past and participle, where they are not regular."""

DOUBLED = word_set(
    "ban plan stop drop slip cap step trim slap ship jam plug rebut commit refer scrap swap chat wrap bar rip defer confer "
    "prefer occur beg spur admit permit fit dub pin pen deter incur submit omit transfer compel propel expel slam"
)
_BRITISH = frozenset(
    [
        "travel",
        "cancel",
        "signal",
        "label",
        "fuel",
        "initial",
        "counsel",
        "pencil",
        "level",
        "model",
        "quarrel",
        "total",
    ]
)
"""Verbs that double their l in British spelling."""
_DOUBLED_ING = word_set("cut put hit set let get sit begin win run shut")

_ADVERBS = (
    "not n't n’t never no longer yet still also already now again recently temporarily "
    "immediately formally officially reportedly publicly"
    " explicitly repeatedly jointly briefly effectively allegedly apparently likely unlikely "
    "soon then just later first further fully both all only"
    " even actually initially previously quietly swiftly simultaneously unilaterally sharply "
    "firmly strongly categorically flatly finally"
    " subsequently separately eventually currently once always largely partially partly "
    "indefinitely ultimately instead thus therefore"
    " individually probably possibly directly openly clearly simply gradually slowly "
    "steadily bluntly provisionally unanimously tentatively"
    " verbally mutually today yesterday meanwhile since therefore often long hereby ever even so almost nearly"
)
_BE = word_set("is are was were be been being am 's ’s 're ’re")
_HAVE = word_set("has have had having 've ’ve")
MODALS = {
    "will": "will", "'ll": "will", "’ll": "will", "shall": "will", "wo": "will", "would": "would", "'d": "would", "’d": "would",
    "may": "may", "might": "may", "could": "could", "can": "can", "cannot": "can", "ca": "can", "must": "must", "should": "should",
    "need": "must", "ought": "should",
}  # fmt: skip
_STRONG = _BE | _HAVE | frozenset(MODALS) | word_set("to do does did")
_AUXILIARIES = _STRONG | word_set(_ADVERBS)
_NEGATIONS = word_set("not n't n’t never no cannot")
_TOKEN = re.compile(
    (
        r"(?:U\.S\.|U\.K\.|E\.U\.)|\w+(?=n['’]t\b)|n['’]t\b|['’](?:ll|d|re|ve|s|m)\b"
        r"|\w+(?:[-’'](?!s\b|ll\b|re\b|ve\b|d\b|t\b)\w+)*|[^\w\s]"
    ),
    re.I,
)


@dataclass(frozen=True)
class Token:
    """A word or mark, with its span in the text."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Verb:
    """A verb group.

    Attributes:
        start, end: span from the first auxiliary to the verb itself.
        at: start of the main verb itself.
        lemma: of the main verb.
        form: base, s, past, participle (of the passive or perfect), ing.
        modal: will, would, may, could, can, must, should, or "".
        perfect, passive, progressive, negated, infinitive: as the auxiliaries say.
    """

    start: int
    end: int
    at: int
    lemma: str
    form: str
    modal: str = ""
    perfect: bool = False
    passive: bool = False
    progressive: bool = False
    negated: bool = False
    infinitive: bool = False

    @property
    def finite(self) -> bool:
        """Whether it carries a clause of its own."""
        if self.infinitive:
            return False
        return (
            bool(self.modal)
            or self.perfect
            or self.passive
            or self.progressive
            or self.form in ("past", "s", "base")
        )


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words and marks of a span."""
    return [Token(m.start(), m.end(), m[0]) for m in _TOKEN.finditer(text, start, end)]


def forms_of(lemma: str) -> dict[str, str]:
    """Each form of a verb -> base, s, past, participle or ing."""
    stem = lemma + lemma[-1] if lemma in DOUBLED else lemma
    if lemma.endswith("e"):
        past, ing = lemma + "d", (lemma if lemma.endswith("ee") else lemma[:-1]) + "ing"
    elif re.search(r"[^aeiou]y$", lemma):
        past, ing = lemma[:-1] + "ied", lemma + "ing"
    else:
        past, ing = stem + "ed", stem + "ing"
    if lemma in _DOUBLED_ING:
        ing = lemma + lemma[-1] + "ing"
    third = lemma + ("es" if re.search(r"(?:s|sh|ch|x|z|o)$", lemma) else "s")
    if re.search(r"[^aeiou]y$", lemma):
        third = lemma[:-1] + "ies"
    past, participle = IRREGULAR.get(lemma, (past, past))
    if lemma == "have":
        third = "has"
    if lemma in _BRITISH:
        return {
            ing: "ing",
            third: "s",
            lemma: "base",
            lemma + "led": "past",
            lemma + "ling": "ing",
            past: "past",
        }
    return {ing: "ing", third: "s", lemma: "base", participle: "participle", past: "past"}


@cache
def known_forms() -> dict[str, tuple[str, str]]:
    """Every form of every verb the rules know -> (lemma, form)."""
    from detente.reading.lexicon import VERBS

    known: dict[str, tuple[str, str]] = {}
    for lemma in sorted(VERBS):
        for form, name in forms_of(lemma).items():
            if form not in known or name == "past":
                known[form] = (lemma, name)
    return known


_DETERMINERS = re.compile(
    r"^(?:the|a|an|its|their|his|her|our|this|that|these|those|any|no|some|of|first|second"
    r"|third|new|further|more|fresh|latest|trade|phone|tariff"
    r"|export|import|price|court|such|last|next|each|another|temporary|recent|current|planned"
    r"|proposed|punitive|steep|two|three|four|five"
    r"|high-level|face-to-face|retaliatory|additional|interim|total|partial|full|\d+-day|\d+"
    r"|['’]s|official|without|for|every|early|initial|all|most|many|nearly|both|those|certain|other)$",
    re.I,
)
_ALSO_NOUNS = word_set(
    "call talk claim demand threat ban halt pause freeze cut rise fall hike cap curb increase "
    "decrease drop cost deal visit offer plan order request"
    " control limit move report review release delay target sanction charge tax strike block "
    "support export import forecast estimate fear hope need"
    " press push question answer contact gain jump slump surge share trade embargo probe "
    "protest purchase response return result set start stay step stop"
    " urge vote work list look note place price promise pledge rate dispute challenge appeal "
    "attack blame concern resume rule signal shift spike slide"
    " address approach change process measure notice permit exempt waiver impact ship "
    "benefit comment fine file hit study brief concession stockpile bid"
    " aim force lift view value ease tie advance lower close levy raise seek abuse alarm "
    "boost produce reject remark suspect dump record quarrel warrant"
    " issue progress compromise work cause talk effect practise side point supply back last shelve turn book rush cover shut experience trade phone brand term label freeze slap roll "
    "cover spur tariff quota suspension host face post counter"
)


def find_verbs(toks: list[Token]) -> list[Verb]:
    """The verb groups in a run of tokens, in order."""
    known = known_forms()
    found: list[Verb] = []
    for n, token in enumerate(toks):
        if token.text.lower() in _COPULAS and _is_copula(toks, n, known):
            first, aux = _auxiliaries(toks, n)
            found.append(
                _group(toks, n, first, "be", "past" if token.text.lower() in ("was", "were") else "s", aux)
            )
            continue
        hit = known.get(token.text.lower())
        if hit is None:
            continue
        lemma, form = hit
        first, aux = _auxiliaries(toks, n)
        if _is_noun(toks, n, first, lemma, form, aux):
            continue
        opens = n == 0 or toks[n - 1].text in ("“", '"', "•", "-", "🔹", ":", "‘", ".")
        if token.text[0].isupper() and not opens and not aux:
            continue  # part of a name or title
        found.append(_group(toks, n, first, lemma, form, aux))
    return found


_COPULAS = frozenset(["is", "are", "was", "were", "be", "been"])


def _is_copula(toks: list[Token], n: int, known: dict[str, tuple[str, str]]) -> bool:
    """Whether a form of "be" stands for itself, with no verb after it that it helps."""
    k = n + 1
    while k < len(toks) and toks[k].text.lower() in _AUXILIARIES and toks[k].text.lower() != "to":
        if toks[k].text.lower() in _STRONG:
            return False
        k += 1
    if k >= len(toks):
        return True
    if toks[k].text.lower() == "to":  # "is likely to" governs
        return toks[k - 1].text.lower() in ("likely", "unlikely")
    form = known.get(toks[k].text.lower(), ("", ""))[1]
    return form not in ("past", "participle", "ing") or toks[k].text.lower() in ("set",)


def _auxiliaries(toks: list[Token], n: int) -> tuple[int, list[str]]:
    """Index of the group's first word, and the auxiliaries and adverbs before the verb, nearest first."""
    first, aux = n, []
    while first > 0 and toks[first - 1].text.lower() in _AUXILIARIES:
        word = toks[first - 1].text.lower()
        if word in ("’s", "'s") and not _contracted(toks, first - 1):
            break
        aux.append(word)
        first -= 1
    while aux and aux[-1] not in _STRONG and aux[-1] not in _NEGATIONS:
        aux.pop()
        first += 1
    if aux and aux[-1] == "no":
        aux.pop()
        first += 1
    return first, aux


def _contracted(toks: list[Token], k: int) -> bool:
    words = ("it", "he", "she", "that", "there", "what", "who", "here", "let", "one")
    return k > 0 and toks[k - 1].text.lower() in words


_PLURAL = r"(?:[^s]s|^(?:we|they|i|you|who|which|that|both|people|and|or|to|n['’]t|not|then|but|,|;|:|“|\"|men|two))$"


def _after_actor(toks: list[Token], first: int, lemma: str) -> bool:
    """ "China side agree": in translated text a bare form may follow the name of a side."""
    before = toks[first - 1].text if first > 0 else ""
    return lemma not in _ALSO_NOUNS and (
        before == "side" or (before[:1].isupper() and before.lower() in _SIDES)
    )


_SIDES = frozenset(
    [
        "china",
        "japan",
        "korea",
        "india",
        "australia",
        "russia",
        "brazil",
        "canada",
        "mexico",
        "washington",
        "beijing",
        "brussels",
        "tokyo",
        "moscow",
    ]
)


def _is_noun(toks: list[Token], n: int, first: int, lemma: str, form: str, aux: list[str]) -> bool:
    """Whether the word is a noun or adjective here: "the ban", "trade talks", "the imposed duties"."""
    before = toks[first - 1].text if first > 0 else ""
    following = toks[n + 1].text.lower() if n + 1 < len(toks) else ""
    strong = [word for word in aux if word in _STRONG]
    if form in ("past", "participle"):
        determined = re.match(
            r"^(?:the|a|an|its|their|these|those|any|no|some|more|other|most|of)$", before, re.I
        )
        return bool(determined) and not strong and lemma not in ("say", "tell")
    if form == "ing":
        return (
            bool(_DETERMINERS.match(before))
            and not strong
            and following in ("of", "on", "between", "with", "in", "at", "", ".", ",")
            and before not in ("of", "for", "without")
        )
    if lemma == "tax" and before.lower() == "services":
        return True
    if form in ("base", "s") and strong and strong[0] in _BE:
        return True  # "are complete"
    plain = not strong and form == "base"
    speaks = lemma in SPEAKING_VERBS and lemma not in _ALSO_NOUNS and n > 0
    if plain and not speaks and not re.search(_PLURAL, before, re.I) and not _after_actor(toks, first, lemma):
        return True
    listed = lemma in (
        "tax",
        "levy",
        "blacklist",
        "ban",
        "cap",
        "charge",
        "cut",
        "freeze",
        "list",
        "pause",
        "curb",
    )
    if plain and listed and n > 0 and following in (".", ",", "", "and", "of", "in", "for", ")", ";"):
        return True
    if (
        form == "s"
        and not strong
        and known_forms().get(before.lower(), ("", ""))[1] == "base"
        and before.islower()
    ):
        return True
    if form == "s" and strong and "to" in strong[:1]:
        return True
    if lemma not in _ALSO_NOUNS:
        return False
    if strong:
        if "to" in strong[:1]:
            return before.lower() in (
                "according",
                "due",
                "prior",
                "response",
                "return",
                "end",
                "halt",
                "stop",
                "answer",
            )
        return strong[0] in _BE | _HAVE
    if _DETERMINERS.match(before):
        return True
    if form == "base":
        if before in ("", "“", '"', "—", "–", "(", ",") and following in (
            "on",
            "of",
            "in",
            "for",
            "with",
            "between",
            "",
        ):
            return True
        return bool(
            re.search(
                (
                    r"(?:al|ic|ive|ous|ary|ern|ese|ish|ian|can|ing|ed)$|^(?:US|EU|U\.S\.|UK|farm"
                    r"|steel|chip|wine|grain|energy|in|on|with|from|by|under|at|as)$"
                ),
                before,
            )
        )
    if re.match(
        (
            r"^(?:in|on|with|for|from|about|against|over|at|by|under|into|between|and|or|said|to"
            r"|as|of|high-level|tariff|trade)$"
        ),
        before,
        re.I,
    ):
        return True
    if re.match(r"^(?:who|which|that|he|she|it|[A-Z].*)$", before) and not re.search(
        r"(?:ese|ish|ian|can|ean|US|EU|U\.S\.)$", before
    ):
        return False
    pair_before = toks[first - 2].text if first > 1 else ""
    compound = re.match(
        r"^(?:tariff|trade|price|export|import|job|phone|rate|interest|tax|spending|production)$", before
    )
    if re.match(r"^(?:the|a|an|its|their|this|that|each|every)$", pair_before, re.I) and not compound:
        return False
    return following in (
        "of",
        "on",
        "in",
        "with",
        "between",
        "to",
        "for",
        ".",
        ",",
        "and",
        "at",
        "by",
        "from",
        "are",
        "were",
        "will",
        "have",
        "had",
        "would",
        "could",
        "is",
        "was",
        "has",
        "may",
        "",
    )


def _may_be_passive(toks: list[Token], n: int, lemma: str) -> bool:
    """Whether a bare past before "by" may be a participle: "imposed by Washington", not "spoke by phone"."""
    past, participle = IRREGULAR.get(lemma, ("", ""))
    after = toks[n + 2].text.lower() if n + 2 < len(toks) else ""
    measured = re.match(
        r"\d|phone|video|telephone|letter|about|around|more|almost|nearly|up|as|some|half|an?$", after
    )
    return past == participle and measured is None


def _group(toks: list[Token], n: int, first: int, lemma: str, form: str, aux: list[str]) -> Verb:
    nearest = next((word for word in aux if word in _STRONG), "")
    passive = form in ("participle", "past") and nearest in _BE
    if form == "past" and nearest in _BE | _HAVE:
        form = "participle"
    following = toks[n + 1].text.lower() if n + 1 < len(toks) else ""
    reduced = form == "past" and not aux and following == "by" and _may_be_passive(toks, n, lemma)
    if form == "participle" and not nearest and not reduced and lemma not in IRREGULAR:
        form = "past"
    return Verb(
        start=toks[first].start,
        end=toks[n].end,
        at=toks[n].start,
        lemma=lemma,
        form="participle" if reduced else form,
        modal=next((MODALS[word] for word in aux if word in MODALS), ""),
        perfect=any(word in _HAVE for word in aux) and form == "participle",
        passive=passive or reduced,
        progressive=form == "ing" and any(word in _BE for word in aux),
        negated=any(word in _NEGATIONS for word in aux),
        infinitive="to" in aux and not any(word in MODALS for word in aux),
    )
