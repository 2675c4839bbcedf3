"""Words of our own find the entry that they are about, or none where no entry tells it."""

# One case a line.
# ruff: noqa: E501

from __future__ import annotations

from datetime import date

import pytest

from detente.reading.article import Article
from detente.reading.headlines import Headlines
from detente.reading.link import Linker
from detente.reading.scheme import Act
from detente.record.files import load_record

# act, modality, topic, words, by, on, day, rates (percent, role) -> entry, effect (None: any)
ON_RECORD = [
    ("measure", "in_force", "cut", "The United States cut its tariffs on Chinese goods from 145% to 30%", "USA", "CHN", "2025-06-04", [(145, 'before'), (30, 'after')], "measure-us-ieepa-reciprocal-duty-china", "confirms"),
    ("measure", "in_force", "lower", "China lowered its duties on American goods from 125% to 10%", "CHN", "USA", "2025-05-14", [(125, 'before'), (10, 'after')], "measure-china-duty-all-us-goods", "confirms"),
    ("measure", "in_force", "", "Washington now charges 145% on Chinese imports", "USA", "CHN", "2025-04-12", [(145, 'level')], "measure-us-ieepa-reciprocal-duty-china", "confirms"),
    ("measure", "in_force", "", "China still charges 125% on American goods", "CHN", "USA", "2025-06-06", [(125, 'level')], "measure-china-duty-all-us-goods", "contradicts"),
    ("measure", "done", "remove", "Washington removed its fentanyl tariff on Chinese goods on Monday", "USA", "CHN", "2025-06-02", [], "measure-us-ieepa-fentanyl-duty-china", "ends"),
    ("measure", "in_force", "halve", "Trump halved the fentanyl duty on China to 10 percent", "USA", "CHN", "2025-11-11", [(10, 'after')], "measure-us-ieepa-fentanyl-duty-china", "confirms"),
    ("measure", "done", "lift", "China lifted its export controls on rare earths and magnets", "CHN", "USA", "2025-06-02", [], "measure-china-rare-earth-licensing-april", "ends"),
    ("measure", "in_force", "", "Beijing requires licences for exports of seven rare earths", "CHN", None, "2025-04-20", [], "measure-china-rare-earth-licensing-april", "confirms"),
    ("measure", "in_force", "", "Beijing put new controls on lithium batteries and graphite anodes", "CHN", None, "2025-10-10", [], "measure-china-battery-controls-october", "contradicts"),
    ("measure", "in_force", "", "The Commerce Department warned that using Huawei's Ascend chips breaks American export rules", "USA", "CHN", "2025-05-14", [], "measure-us-huawei-chip-guidance", "confirms"),
    ("measure", "in_force", "", "Washington told designers of chip software to stop selling to China without a licence", "USA", "CHN", "2025-05-29", [], "measure-us-chip-design-software-control", "confirms"),
    ("measure", "in_force", "", "American ethane may be shipped to China only with a licence", "USA", "CHN", "2025-06-01", [], "measure-us-ethane-licence-requirement", "confirms"),
    ("measure", "done", "scrap", "The United States scrapped its port fees on Chinese ships", "USA", "CHN", "2026-01-05", [], "measure-us-port-fees", None),
    ("measure", "in_force", "", "China put special port fees on American vessels", "CHN", "USA", "2025-10-14", [], "measure-china-port-fees", "confirms"),
    ("measure", "in_force", "", "Small parcels from China lost their duty-free entry", "USA", "CHN", "2025-05-03", [], "measure-us-de-minimis-china", "confirms"),
    ("measure", "done", "", "China opened an antitrust probe into Qualcomm", "CHN", "USA", "2025-10-11", [], "measure-china-qualcomm-antitrust-probe", "confirms"),
    ("measure", "in_force", "", "Beijing banned exports of Nexperia chips made in China", "CHN", None, "2025-10-06", [], "measure-china-nexperia-export-ban", "confirms"),
    ("measure", "in_force", "", "China told airlines not to take deliveries of Boeing jets", "CHN", "USA", "2025-04-16", [], "measure-china-boeing-deliveries-halt", "confirms"),
    ("measure", "in_force", "", "China put a 15% duty on American chicken, wheat, corn and cotton", "CHN", "USA", "2025-03-10", [(15, 'level')], "measure-china-duty-us-farm-goods-15", "confirms"),
    ("measure", "in_force", "", "China added 10% to duties on American soybeans, pork and dairy", "CHN", "USA", "2025-03-05", [(10, 'change')], "measure-china-duty-us-farm-goods-10", "confirms"),
    ("measure", "in_force", "", "The US doubled steel tariffs to 50%", "USA", None, "2025-06-05", [(50, 'after')], "measure-us-section-232-steel", None),
    ("talk", "done", "", "President Trump and President Xi talked on the phone for 90 minutes on Thursday", "USA", "CHN", "2025-06-05", [], "talk-trump-xi-june-call", "confirms"),
    ("talk", "done", "", "Bessent and Greer sat down with He Lifeng in Geneva at the weekend", "USA", "CHN", "2025-05-10", [], "talk-geneva-round", "confirms"),
    ("talk", "done", "", "Negotiators met in London for a second round", "USA", "CHN", "2025-06-10", [], "talk-london-round", "confirms"),
    ("talk", "done", "", "Vice Foreign Minister Ma Zhaoxu and Deputy Secretary Landau held a call", "CHN", "USA", "2025-05-22", [], "talk-ma-landau-call", "confirms"),
    ("talk", "done", "", "Wang Yi received ambassador Perdue in Beijing", "CHN", "USA", "2025-06-03", [], "talk-wang-yi-perdue-meeting", "confirms"),
    ("talk", "done", "", "JPMorgan's Jamie Dimon met Vice Premier He Lifeng", "CHN", None, "2025-05-23", [], "talk-he-dimon-meeting", "updates"),
    ("agreement", "done", "", "In Geneva the two sides signed a joint statement and paused most duties for 90 days", "USA", "CHN", "2025-05-12", [], "agreement-geneva-joint-statement", "confirms"),
    ("suspension", "in_force", "", "Both sides suspended most tariffs for 90 days at the Geneva talks", "USA", "CHN", "2025-05-20", [], "agreement-geneva-joint-statement", "updates"),
    ("agreement", "done", "", "Negotiators agreed in London on a framework to carry out the Geneva consensus", "USA", "CHN", "2025-06-11", [], "agreement-london-framework", "updates"),
    ("ruling", "done", "", "A US trade court ruled that the emergency law does not allow the tariffs", "USA", None, "2025-05-28", [], "ruling-cit-ieepa-duties", "confirms"),
    ("ruling", "done", "", "The Supreme Court struck down the emergency tariffs", "USA", None, "2026-02-20", [], "ruling-scotus-ieepa-duties", "confirms"),
    ("threat", "threatened", "", "Trump said he would add a 100% tariff on Chinese goods from 1 November", "USA", "CHN", "2025-10-10", [(100, 'level')], "threat-us-hundred-percent", "confirms"),
    ("threat", "threatened", "", "Trump threatened 200% duties if China does not ship magnets", "USA", "CHN", "2025-08-25", [(200, 'level')], "threat-us-magnets-two-hundred-percent", "confirms"),
    ("accusation", "done", "", "Trump said China had totally violated its agreement with us", "USA", "CHN", "2025-05-30", [], "claim-trump-china-violated-geneva", "confirms"),
    ("accusation", "done", "", "China's commerce ministry said Washington had seriously violated the Geneva consensus", "CHN", "USA", "2025-06-02", [], "claim-mofcom-us-breached-geneva", "confirms"),
    ("denial", "done", "", "The commerce ministry said reports of progress in trade talks were groundless", "CHN", "USA", "2025-04-24", [], "denial-mofcom-groundless-talks", "confirms"),
    ("claim", "done", "", "Trump said talks with China were active", "USA", "CHN", "2025-04-24", [], "claim-trump-talks-with-china-active", "confirms"),
    ("precondition", "conditional", "", "Beijing wants staff-level meetings before the leaders meet", "CHN", "USA", "2025-04-25", [], "precondition-china-staff-level-meetings-first", "confirms"),
    ("precondition", "conditional", "cut", "China says the United States must move first and cut its tariffs before talks", "CHN", "USA", "2025-04-26", [], "precondition-china-us-moves-first", "confirms"),
    ("demand", "wished", "", "Washington wants China to stop the export of fentanyl precursors", "USA", "CHN", "2025-05-26", [], "demand-us-stop-fentanyl-precursors", "confirms"),
    ("market_move", "done", "", "The S&P 500 had its worst day since April after the 100% threat", "USA", None, "2025-10-10", [], "market-move-sp500-hundred-percent-threat", "confirms"),
    ("company_move", "done", "", "Apple is moving iPhones for the American market from China to India", None, None, "2025-05-02", [], "company-move-apple-iphones-to-india", "confirms"),
    ("measure", "in_force", "", "The Trump administration put Chinese firms on its Entity List", "USA", "CHN", "2025-03-26", [], "measure-us-entity-list-additions", "confirms"),
    ("measure", "in_force", "", "Washington made Nvidia seek a licence to sell its H20 chip in China", "USA", "CHN", "2025-04-17", [], "measure-us-h20-licence-requirement", "confirms"),
    ("measure", "in_force", "cut", "Beijing cut the number of American films it lets in", "CHN", "USA", "2025-04-11", [], "measure-china-film-imports-cut", "confirms"),
    ("measure", "in_force", "", "China sanctioned five American units of the shipbuilder Hanwha", "CHN", "USA", "2025-10-14", [], "measure-china-hanwha-sanctions", "confirms"),
    ("measure", "in_force", "", "Mexico raised tariffs to as much as 50% on goods from Asian countries without a trade deal", "MEX", None, "2025-12-12", [(50, 'cap')], "measure-mexico-duties-on-asian-goods", None),
    ("measure", "in_force", "", "The United States charges India an extra 25% over its purchases of Russian oil", "USA", "IND", "2025-08-28", [(25, 'level')], "measure-us-ieepa-oil-duty-india", "confirms"),
    ("measure", "in_force", "", "The 10% surcharge under Section 122 applies to all countries", "USA", None, "2026-03-01", [(10, 'level')], "measure-us-section-122-surcharge", "confirms"),
    ("measure", "done", "drop", "Washington dropped its licence requirement for chip design software", "USA", "CHN", "2025-07-03", [], "measure-us-chip-design-software-control", None),
    ("talk", "done", "", "Officials of the two countries held a third round in Stockholm", "USA", "CHN", "2025-07-28", [], "talk-stockholm-round", "confirms"),
    ("talk", "done", "", "Presidents Trump and Xi met in Busan, South Korea", "USA", "CHN", "2025-10-30", [], "talk-busan-summit", "confirms"),
    ("talk", "done", "", "Secretary Rubio and Foreign Minister Wang Yi had a first call", "USA", "CHN", "2025-01-24", [], "talk-rubio-wang-yi-january-call", "confirms"),
    ("talk", "planned", "", "The leaders are to meet at the APEC summit in Shenzhen", "USA", "CHN", "2026-11-18", [], "talk-shenzhen-apec-meeting", "confirms"),
    ("agreement", "done", "", "Both sides extended their truce by ninety days after Stockholm", "USA", "CHN", "2025-08-11", [], "agreement-stockholm-extension", "confirms"),
    ("agreement", "done", "", "A framework on TikTok came out of the Madrid talks", "USA", "CHN", "2025-09-15", [], "agreement-madrid-tiktok-framework", "confirms"),
    ("ruling", "done", "", "The appeals court for the Federal Circuit let the tariffs stay while it hears the appeal", "USA", None, "2025-06-10", [], "ruling-cafc-stay-ieepa-duties", "confirms"),
    ("threat", "threatened", "", "China said it would fight to the end and answer with countermeasures", "CHN", "USA", "2025-04-08", [], "threat-china-fight-to-the-end", "confirms"),
    ("threat", "threatened", "", "Trump said he may stop buying cooking oil from China because it buys no soybeans", "USA", "CHN", "2025-10-14", [], "threat-us-cooking-oil", "confirms"),
    ("claim", "done", "", "Bessent said the 100 percent tariff was off the table", "USA", "CHN", "2025-10-26", [], "claim-bessent-hundred-percent-is-off", "confirms"),
    ("denial", "done", "", "China's foreign ministry said the two presidents had not spoken lately", "CHN", "USA", "2025-04-28", [], "denial-mfa-no-leaders-call", "confirms"),
    ("demand", "wished", "", "Trump asked China to buy four times as many American soybeans", "USA", "CHN", "2025-08-10", [], "demand-trump-quadruple-soybean-orders", "confirms"),
    ("precondition", "conditional", "", "China will not talk while it is humiliated in public", "CHN", "USA", "2025-04-25", [], "precondition-china-no-public-humiliation", "confirms"),
    ("company_move", "done", "", "Walmart told investors that it has to put up prices", "USA", None, "2025-05-15", [], "company-move-walmart-price-warning", "confirms"),
    ("market_move", "done", "", "American shares jumped by almost a tenth when Trump paused duties for all but China", "USA", None, "2025-04-09", [], "market-move-us-stocks-jump-on-pause", "confirms"),
]  # fmt: skip

# the same, about no entry
NEW = [
    ("measure", "done", "", "China opened a dumping probe into American sorghum", "CHN", "USA", "2025-06-02", []),
    ("measure", "in_force", "", "The United States banned imports of Chinese seafood", "USA", "CHN", "2025-06-02", []),
    ("measure", "in_force", "", "China put a duty of 22% on American toys", "CHN", "USA", "2025-06-02", [(22, 'level')]),
    ("measure", "in_force", "", "Brazil raised its duty on Chinese cars to 35%", "BRA", "CHN", "2025-06-02", [(35, 'after')]),
    ("talk", "done", "", "China's transport minister met his American counterpart in Lima on Friday", "CHN", "USA", "2025-07-04", []),
    ("talk", "done", "", "Lutnick and Wang Wentao spoke by video about cotton", "USA", "CHN", "2025-07-04", []),
    ("threat", "threatened", "", "China threatened to stop buying American wheat", "CHN", "USA", "2025-07-04", []),
    ("ruling", "done", "", "A WTO panel ruled against American solar safeguards", "USA", "CHN", "2025-07-04", []),
    ("demand", "wished", "", "China asked the United States to return a seized ship", "CHN", "USA", "2025-07-04", []),
    ("agreement", "done", "", "The two countries signed an accord on pandas", "USA", "CHN", "2025-07-04", []),
    ("claim", "done", "", "Trump said China would build ten factories in Ohio", "USA", "CHN", "2025-07-04", []),
    ("denial", "done", "", "Beijing denied that it had hacked the port of Seattle", "CHN", "USA", "2025-07-04", []),
    ("company_move", "done", "", "A German toolmaker shifted its lathe plant from Suzhou to Vietnam", None, None, "2025-07-04", []),
    ("measure", "in_force", "", "China put a duty of 30% on Canadian peas", "CHN", "CAN", "2025-06-02", [(30, 'level')]),
    ("measure", "in_force", "", "Washington imposed visa limits on Chinese journalists", "USA", "CHN", "2025-06-20", []),
    ("measure", "in_force", "", "Beijing suspended imports of American lobster", "CHN", "USA", "2025-06-20", []),
    ("talk", "done", "", "The two defence ministers spoke by video link", "USA", "CHN", "2025-09-09", []),
    ("talk", "done", "", "A Chinese delegation of mayors visited Chicago", "CHN", "USA", "2025-07-14", []),
    ("agreement", "done", "", "China and Pakistan signed a rail agreement", "CHN", "PAK", "2025-07-14", []),
    ("ruling", "done", "", "A court in Delaware fined a Chinese drone maker", "USA", "CHN", "2025-07-14", []),
    ("claim", "done", "", "Lutnick said exports of cherries to China had doubled", "USA", "CHN", "2025-07-14", []),
    ("accusation", "done", "", "Beijing accused Washington of spying on its weather balloons", "CHN", "USA", "2025-07-14", []),
    ("demand", "wished", "", "The United States asked China to free a jailed banker", "USA", "CHN", "2025-07-14", []),
    ("threat", "threatened", "", "Washington threatened to delist Chinese companies", "USA", "CHN", "2025-07-14", []),
    ("market_move", "done", "", "Shares in Chinese water utilities rose", "CHN", None, "2025-07-14", []),
    ("domestic_pressure", "wished", "", "American pear growers asked for relief from Chinese competition", "USA", None, "2025-07-14", []),
]  # fmt: skip


@pytest.fixture(scope="module")
def linker():
    return Linker(load_record("us-china"))


def linked(linker, act, modality, topic, words, by, on, day, rates):
    found = Act(act, modality, (0, len(words)), evidence=[(0, len(words))], topic=topic)
    proposal = {
        "actors": [{"name": "", "role": role, "country": c} for role, c in (("by", by), ("on", on)) if c],
        "amounts": [{"value": value, "unit": "percent", "role": role} for value, role in rates],
        "date": day,
        "unsure": [],
    }
    linker.link(found, proposal, Article(file="a", text=words, published=date.fromisoformat(day)))
    return proposal


@pytest.mark.parametrize("case", ON_RECORD, ids=lambda case: case[3][:40])
def test_words_of_our_own_find_their_entry(linker, case):
    *given, entry, effect = case
    found = linked(linker, *given)["effect"]
    assert found["entry"] == entry
    assert effect in (None, found["kind"])


@pytest.mark.parametrize("case", NEW, ids=lambda case: case[3][:40])
def test_what_no_entry_tells_is_new(linker, case):
    assert linked(linker, *case)["effect"] == {"kind": "new", "entry": None}


def test_an_article_behind_the_law_is_told_what_holds(linker):
    given = ("measure", "in_force", "", "China still charges 125% on American goods", "CHN", "USA")
    notes = linked(linker, *given, "2025-06-06", [(125, "level")])["unsure"]
    assert any("behind the law" in note and "10 percent" in note for note in notes)
    notes = linked(linker, *given, "2025-05-01", [(125, "level")])["unsure"]
    assert not any("behind the law" in note for note in notes)


def test_headline_rates_are_sums_of_layers():
    headlines = Headlines(load_record("us-china"))
    told = headlines.told("USA", "CHN", before_percent={145}, after_percent={30}, day=date(2025, 6, 5))
    assert told is not None
    assert told.day == date(2025, 5, 14)
    assert (told.before_percent, told.after_percent) == (145, 30)
    assert headlines.told("USA", "CHN", before_percent={144}, after_percent={30}, day=None) is None
    assert headlines.told("USA", "BRA", before_percent=set(), after_percent={30}, day=None) is None
