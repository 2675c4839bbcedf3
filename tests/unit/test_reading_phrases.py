"""Acts told by nouns, set phrases, conditions and the passive: one case or more for each family of rules."""

from __future__ import annotations

import pytest
from tests.support.reading import acts_in

from detente.reading.verbs import forms_of, known_forms

REST = " The tariff dispute between China and the United States goes on. Exporters count the duties."
TOLD = {
    "noun": [
        ("suspension", "planned", "The suspension of the retaliatory duties was announced by Brussels."),
        ("suspension", "agreed", "Washington has agreed to a 90-day pause in the higher tariffs on Mexico."),
        ("agreement", "done", "The signing of a trade pact between India and Britain took place in London."),
        ("measure", "in_force", "Washington has brought in a 30% tariff on South African goods."),
    ],
    "demand": [
        (
            "demand",
            "wished",
            "There were fresh calls from Beijing for the United States to scrap the tariffs.",
        ),
        ("demand", "wished", "Washington is insisting on full access for American beef."),
        ("demand", "wished", "The United States has sought a commitment from Japan to buy more rice."),
        ("demand", "wished", "Tokyo reiterated its request that its cars be exempted from the tariffs."),
    ],
    "precondition": [
        (
            "precondition",
            "conditional",
            "Brussels said it would open talks only after Washington withdrew the duty.",
        ),
        (
            "precondition",
            "conditional",
            "Before any meeting takes place, Canberra must lift the ban, Beijing said.",
        ),
        (
            "precondition",
            "conditional",
            "New Delhi has made the end of the levy a precondition for signing the pact.",
        ),
        (
            "precondition",
            "conditional",
            "Ottawa will not return to the table unless Washington drops its duties, the minister said.",
        ),
    ],
    "set phrase": [
        ("accusation", "done", "China hit out at the United States over its chip curbs."),
        (
            "threat",
            "threatened",
            "Beijing put the United States on notice that it will take countermeasures.",
        ),
        ("talk", "planned", "A meeting between Xi and Trump is pencilled in for October."),
        ("agreement", "agreed", "London and Washington have come to terms on steel."),
        ("ruling", "done", "A WTO panel came down on the side of Australia in the wine dispute."),
        ("position", "opinion", "Germany backs the Commission's plan for a tougher answer to the tariffs."),
        ("domestic_pressure", "done", "Thousands of farmers took to the streets against the trade deal."),
    ],
    "more phrases": [
        (
            "precondition",
            "conditional",
            "Talks cannot resume before the sanctions are dropped, Beijing stressed.",
        ),
        ("demand", "wished", "Brussels expects Washington to honour the 15% ceiling."),
        ("demand", "wished", "Brussels wants the car duty cut to zero."),
        ("threat", "threatened", "Trump warned of 100% tariffs on countries that join BRICS."),
        ("threat", "conditional", "Countries that tax American firms will face tariffs, Trump said."),
        ("position", "opinion", "Hungary is against the new sanctions on Russia."),
        ("suspension", "in_force", "Delhi has kept in abeyance the duties on American almonds."),
        ("measure", "planned", "The duty will come down to 15%, the White House said."),
        ("agreement", "agreed", "Indonesia and the EU have wrapped up a trade agreement."),
        ("talk", "planned", "Trade commissioner Sefcovic travels to Washington on Monday for tariff talks."),
    ],
    "statement": [
        ("claim", "done", "Trump said Europe had caved on the digital tax."),
        ("denial", "done", "Beijing insisted that it had not asked for the call."),
        ("demand", "wished", "The onus is on Washington to lift the duties, the Brazilian minister said."),
        ("claim", "done", "The White House maintained that China is paying for the tariffs."),
        ("denial", "done", "There has been no such call, a Chinese foreign ministry spokesman said."),
        (
            "domestic_pressure",
            "in_force",
            "Growers in Iowa say the soybean boycott by China is ruining them.",
        ),
        (
            "assessment",
            "forecast",
            "The tariffs are likely to shave half a point off Mexican growth, BBVA reckons.",
        ),
    ],
    "firms and markets": [
        (
            "company_move",
            "done",
            "Orders for soybeans were switched to Brazil by Chinese crushers after the levy.",
        ),
        (
            "company_move",
            "done",
            "Chinese refiners have stopped buying American crude since the duties rose.",
        ),
        ("market_move", "done", "Tariff fears sent copper to a record high."),
    ],
}
AHEAD = [
    "Officials hope the ban is lifted by spring.",
    "Beijing says the licences are granted when Washington keeps its side of the deal.",
    "The Senate has passed a bill that imposes sanctions on buyers of Russian oil.",
    "Had the tariffs taken effect, prices would have risen.",
    "The plan is that Beijing restores soybean purchases and Washington removes the fentanyl duty.",
    "Ottawa offers to drop the tax to restart the trade talks.",
    "Under the proposal, tariffs on American cars are cut to zero.",
    "China lifts its ban once the United States removes the chip curbs.",
    "The ministry has recommended that a duty of 12% be imposed on Chinese steel.",
    "Once ratified, the agreement cuts tariffs on Scotch whisky to 75%.",
    "Toyota is looking at raising prices because of the tariffs.",
    "Moody's sees little chance of a deal before the tariffs start.",
    "Tokyo is in no hurry to sign a deal, the prime minister said.",
]
CASES = [(family, *case) for family, cases in TOLD.items() for case in cases]


@pytest.mark.parametrize(("family", "act", "modality", "sentence"), CASES)
def test_an_act_told_without_a_plain_verb(family, act, modality, sentence):
    assert (act, modality) in acts_in(sentence + REST), family


@pytest.mark.parametrize("sentence", AHEAD)
def test_what_lies_ahead_never_holds(sentence):
    assert not [
        a for a, modality in acts_in(sentence + REST) if modality in ("done", "in_force") and a != "claim"
    ]


def test_no_deal_in_a_condition_is_no_denial():
    found = acts_in("If no deal is reached by 9 July, the duty will go up to 50%, Trump wrote." + REST)
    assert "denial" not in [act for act, _ in found]
    assert any(act == "threat" for act, _ in found)


@pytest.mark.parametrize(
    ("lemma", "past"),
    [("bar", "barred"), ("defer", "deferred"), ("wrap", "wrapped"), ("forecast", "forecast")],
)
def test_forms_of_verbs_that_double_or_stay(lemma, past):
    assert forms_of(lemma)[past] == "past"
    assert known_forms()[past][0] == lemma


def test_a_deal_with_a_day_of_its_own_is_an_agreement():
    """ "A May 12 agreement to lower" tells one; "no agreement to lower" and "a new deal to lower" do not."""
    told = "Talks between the U.S. and China stalled after a May 12 agreement to lower tariffs for 90 days."
    assert ("agreement", "agreed") in acts_in(told + REST)
    for words in ("no agreement to lower tariffs", "a hope of a new deal to lower tariffs"):
        found = acts_in(f"The U.S. and China said there was {words}." + REST)
        assert not [m for act, m in found if act == "agreement" and m in ("agreed", "done", "in_force")]
