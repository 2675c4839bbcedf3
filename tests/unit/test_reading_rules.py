"""What the rules read, sentence by sentence, and what they must never read."""

from __future__ import annotations

import pytest
from tests.support.reading import read_text

REST = " The tariff dispute between China and the United States goes on."
SENTENCES = [
    ("measure", "in_force", "Mexico has imposed a 15% tariff on Chinese shoes."),
    (
        "measure",
        "planned",
        "Brussels will impose duties of up to 35% on Chinese electric cars from August 4.",
    ),
    ("measure", "done", "Australia lifted its ban on American beef on Thursday."),
    ("measure", "agreed", "Vietnam agreed to cut its tariffs on American cars to zero."),
    ("suspension", "in_force", "China paused its extra 24% duty on American goods for 90 days."),
    ("suspension", "done", "India and Canada postponed their trade talks."),
    ("talk", "done", "Japan's negotiator Ryosei Akazawa met Commerce Secretary Howard Lutnick on Friday."),
    ("talk", "planned", "Negotiators from Seoul and Washington will meet next week."),
    ("agreement", "agreed", "Britain and India have concluded a free trade agreement."),
    (
        "threat",
        "conditional",
        "Trump said he would raise duties on Russian goods to 100% unless Moscow agrees to a truce.",
    ),
    ("threat", "threatened", "Beijing vowed to retaliate against the American tariffs."),
    ("denial", "done", "China's foreign ministry denied that any talks were under way."),
    ("accusation", "done", "Washington accused Vietnam of helping Chinese exporters to dodge tariffs."),
    ("demand", "wished", "Beijing urged Washington to cancel all unilateral tariffs."),
    (
        "precondition",
        "conditional",
        "China said it would return to talks only if the United States lifts its tariffs first.",
    ),
    ("red_line", "opinion", "Canada's supply management system is not on the table, the minister said."),
    ("position", "opinion", "Switzerland said it does not plan to retaliate."),
    ("claim", "done", "Trump said China had agreed to buy more soybeans."),
    ("ruling", "done", "The Supreme Court struck down the emergency tariffs of the United States."),
    ("assessment", "forecast", "Economists expect the tariffs to cut German growth by 0.3 points next year."),
    ("market_move", "done", "Shares in Toyota fell 3% on news of the car tariffs in America."),
    (
        "company_move",
        "in_force",
        "Toymakers are shifting production from China to Vietnam to avoid the duties.",
    ),
    (
        "domestic_pressure",
        "wished",
        "American soybean farmers urged the White House to end the trade war with China.",
    ),
]


@pytest.mark.parametrize(
    ("act", "modality", "sentence"), SENTENCES, ids=[s[0] + "-" + s[1] for s in SENTENCES]
)
def test_a_plain_sentence(act, modality, sentence):
    found = [
        (p["act"], p["modality"])
        for p in read_text(sentence + REST, "2025-07-16").proposals
        if p["evidence"][0]["start"] < len(sentence)
    ]
    assert found == [(act, modality)]


NOT_YET = [
    "The United States will impose a 50% tariff on copper on August 1.",
    "The United States plans to impose a 50% tariff on copper.",
    "The United States is due to raise its tariff on copper to 50%.",
    "The United States agreed to lift its tariff on copper.",
    "The United States may impose a 50% tariff on copper.",
    "The United States could suspend its tariff on copper.",
    "The United States threatened to impose a 50% tariff on copper.",
    "The United States would raise its tariff on copper to 50% if talks fail.",
    "Unless China yields, the United States will raise its tariff on copper to 50%.",
    "Should talks fail, the United States will raise its tariff on copper to 50%.",
    "The United States is considering a 50% tariff on copper from China.",
    "The United States proposed a 50% tariff on copper from China.",
    "China urged the United States to lift its tariff on copper.",
    "Analysts expect the United States to raise its tariff on copper.",
    "The United States refused to lift its tariff on copper from China.",
    "The United States has plans to raise its tariff on copper from China.",
    "The United States wants to raise its tariff on copper from China.",
    "A tariff of 50% on copper from China is to take effect on August 1.",
    "A tariff of 50% on copper from China would take effect on August 1.",
    "The United States has not imposed a tariff on copper from China.",
    "No tariff on copper has been imposed by the United States.",
]


@pytest.mark.parametrize("sentence", NOT_YET)
def test_what_lies_ahead_never_comes_out_as_holding(sentence):
    found = read_text(sentence, "2025-07-16").proposals
    holding = [
        p
        for p in found
        if p["act"] in ("measure", "suspension", "agreement") and p["modality"] in ("done", "in_force")
    ]
    assert holding == []


@pytest.mark.parametrize(
    "text",
    [
        "A tariff is a tax on imports. Suppose Freedonia puts a 20% tariff on hats from Sylvania.",
        "Growers in the valley will meet on Tuesday to talk about shared wind machines.",
        "Add 20% more butter and let the dough rest for 30 minutes.",
    ],
)
def test_a_text_without_an_act(text):
    assert read_text(text, "2025-07-16").proposals == []


def test_an_ambiguous_verb_is_marked():
    text = "Nomura analysts expect Washington to drop more narrow, sector-specific tariffs on China."
    (found,) = read_text(text, "2025-07-16").proposals
    assert found["act"] == "assessment"
    assert "drop" in found["unsure"]


def test_a_repeated_event_is_one_proposal_with_two_pieces_of_evidence():
    text = (
        "China raised its duty on American beef to 22% on Monday.\n\nTraders were surprised.\n\n"
        "On Monday China raised its duty on beef from America to 22%, a step long feared."
    )
    (found,) = [p for p in read_text(text, "2025-07-16").proposals if p["act"] == "measure"]
    assert len(found["evidence"]) == 2
