"""Nothing that lies ahead is told as done or in force, in whatever words it is put; what has happened is.

Sentences are made from a small grammar: who, what, and some hundred and twenty ways to say that it is not so.
"""

from __future__ import annotations

import pytest
from tests.support.reading import read_text

from detente.reading.grade import EVENTS
from detente.reading.scheme import HOLDS

SIDES = ["China", "The United States", "The European Commission", "The commerce ministry", "President Trump",
         "Canada's finance minister", "Ottawa"]  # fmt: skip
STEPS = [  # what is done: "impose", "imposing", "imposes", "imposed", and the rest of it
    (("impose", "imposing", "imposes", "imposed"), "a 25% tariff on Chinese steel"),
    (("lift", "lifting", "lifts", "lifted"), "its ban on Australian beef"),
    (("suspend", "suspending", "suspends", "suspended"), "the additional duties on soybeans for 90 days"),
    (("sign", "signing", "signs", "signed"), "a trade agreement with India"),
    (("hold", "holding", "holds", "held"), "talks with Chinese officials in Geneva"),
    (("raise", "raising", "raises", "raised"), "duties on American goods to 25%"),
    (("file", "filing", "files", "filed"), "a complaint at the World Trade Organization over the duties"),
    (("restrict", "restricting", "restricts", "restricted"), "exports of rare earths to the United States"),
    (("extend", "extending", "extends", "extended"), "the truce by six months"),
    (("add", "adding", "adds", "added"), "20 American firms to its entity list"),
]  # fmt: skip
TO_DO = """will {do} | would {do} | may {do} | might {do} | could {do} | should {do} | must {do}
will not {do} | will soon {do} | is to {do} | is due to {do} | is set to {do}
is expected to {do} | is likely to {do} | is poised to {do} | is preparing to {do} | was to {do}
was going to {do} | was about to {do} | had been due to {do} | had been expected to {do}
was to have {done} | plans to {do} | intends to {do} | aims to {do} | seeks to {do}
hopes to {do} | wants to {do} | needs to {do} | looks to {do} | vowed to {do} | pledged to {do}
has promised to {do} | has threatened to {do} | has offered to {do} | has decided to {do}
has agreed in principle to {do} | has yet to {do} | failed to {do} | refused to {do}
declined to {do} | is ready to {do} | is willing to {do} | is scheduled to {do} on 1 July
is studying whether to {do} | is about to {do} | is on track to {do}
has instructed officials to {do} | has ordered ministers to {do}
told its trade minister to {do} | is seeking to {do} | has asked parliament for powers to {do}
has drafted a plan to {do} | has proposed to {do} | is under pressure to {do}
has the power to {do} | has set a deadline to {do} | has no plans to {do} | stands ready to {do}
has until July 9 to {do} | reserves the right to {do} | has started work on a law to {do}
announced plans to {do} | announced that it would {do} | has signalled that it will {do}
has not ruled out a move to {do} | is reported to be about to {do} | had planned to {do}
is considering {doing} | is weighing {doing} | is mulling {doing} | has proposed {doing}
has threatened {doing} | suggested {doing} | is thinking about {doing}
has not ruled out {doing} | favours {doing} | is planning on {doing} | is close to {doing}
has talked of {doing} | recommended {doing} | is in favour of {doing} | called for {doing}
is on the verge of {doing} | is looking at {doing}
will start {doing} | plans to stop {doing} | {does} next Monday | {does} on 1 July
{does} next month | might have {done} already"""
WHOLE = """If talks fail, {who} will {do}. | Unless a deal is reached by Friday, {who} will {do}.
Should talks fail, {who} would {do}. | {who} would have {done} had the talks failed.
Had talks failed, {who} would have {done}. | It is unclear whether {who} will {do}.
Once parliament approves, {who} will {do}. | Under the bill, {who} would {do}.
A bill before parliament would let {who} {do}. | Analysts expect {who} to {do}.
Lawmakers urged {who} to {do}. | A senior official said {who} was preparing to {do}.
Reuters reported that {who} was considering a plan to {do}. | {who}: "We will {do}."
The deadline for {who} to {do} is 9 July. | No one knows when {who} will {do}.
{who} to {do}, sources say. | There is a chance that {who} will {do}.
{who} to {do} next month. | The plan is for {who} to {do}.
Pressure is growing on {who} to {do}. | Business groups fear that {who} will {do}.
From 1 July {who} {does}. | When {who} {does}, prices will rise.
Before {who} {does}, it must notify the WTO. | After {who} {does}, prices will rise.
Until {who} {does}, nothing will change. | {who}'s plan to {do} was criticised by farmers.
{who}'s threat to {do} rattled markets. | The idea of {who} {doing} was floated by an adviser.
Imagine that {who} {does}. | Markets priced in a 60% chance that {who} would {do}.
Whether {who} {does} depends on the court. | In exchange, {who} is to {do}.
The proposal that {who} {do} has few friends. | It is time that {who} {done}.
Rumours that {who} had {done} were false. | Under the plan, {who} {does}.
By July {who} will have {done}."""
FIXED = """Duties of 25% on Chinese steel are to be imposed.
Duties of 25% on Chinese steel would be imposed from July.
Duties of 25% on Chinese steel had been due to take effect.
Duties of 25% on Chinese steel were to take effect last week.
A 25% tariff on Chinese goods is on the table.
A threatened 25% tariff on Chinese goods has unsettled markets.
The president's threat of a 50% tariff on European goods stands.
The bill imposes a 25% tariff on Chinese goods.
The draft regulation bans exports of gallium to the United States.
Lawmakers introduced a bill to ban imports of Russian gas.
The plan: China lifts its ban, the United States cuts its tariffs.
The deal, if signed, cuts tariffs on Chinese goods to 15%.
The tariff on Chinese goods rises to 50% at midnight on Sunday.
The two sides meet in Geneva on Saturday.
Chinese and American officials meet in Geneva next week.
Talks between China and the United States resume on Monday.
Talks between China and the United States were due to resume last Monday.
A meeting between Xi and Trump has been pencilled in for June.
The court is to rule on the tariffs in November.
Toyota is considering moving production from China because of the tariffs.
Stocks are expected to fall on Monday after the tariff news.
The tariffs must be lifted, China's ministry said. | China asked that the tariffs be lifted.
China is expected to have lifted its ban by June.
Lift the tariffs, China's ministry told Washington.
The president said tariffs on Chinese goods go up to 60% in June.
The order, to be signed on Friday, raises tariffs on Chinese goods to 60%.
US to impose 25% tariff on Indian goods from 1 August.
Brussels has tabled a ban on Russian gas. | Brussels wants a ban on Russian gas."""
SETTING = "The tariff dispute between China and the United States goes on.\n\n"


def _split(grammar: str) -> list[str]:
    return [form.strip() for line in grammar.splitlines() for form in line.split(" | ")]


def _filled(form: str) -> list[str]:
    found = []
    for number, ((do, doing, does, done), rest) in enumerate(STEPS):
        who = SIDES[(number + len(form)) % len(SIDES)]
        words = {
            "who": who,
            "do": f"{do} {rest}",
            "doing": f"{doing} {rest}",
            "does": f"{does} {rest}",
            "done": f"{done} {rest}",
        }
        found.append(form.format(**words))
    return found


def holding(sentence: str) -> list[tuple[str, str]]:
    """The events that a sentence is read to tell as done or in force."""
    proposals = read_text(SETTING + sentence, "2025-05-14").proposals
    return [
        (p["act"], p["modality"])
        for p in proposals
        if p["act"] in EVENTS and p["modality"] in HOLDS and p["evidence"][0]["start"] >= len(SETTING)
    ]


@pytest.mark.parametrize("form", [f"{{who}} {form}." for form in _split(TO_DO)] + _split(WHOLE))
def test_what_lies_ahead_never_holds(form):
    assert {s: found for s in _filled(form) if (found := holding(s))} == {}


@pytest.mark.parametrize("sentence", _split(FIXED))
def test_what_lies_ahead_in_other_words(sentence):
    assert holding(sentence) == []


@pytest.mark.parametrize(
    "form", ["{who} {done} on Monday.", "{who} has {done}.", "On Monday {who} {done}, officials said."]
)
def test_what_has_happened_holds(form):
    read = [s for s in _filled(form) if holding(s)]
    assert len(read) >= len(STEPS) - 2
