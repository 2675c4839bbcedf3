"""The verbs and nouns that the rules go by, in classes. One word may stand in several.

A class is a set of lemmas; `VERBS` is all of them. Nouns are patterns over words.
"""

from __future__ import annotations

import re


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


# What is said.
SAY = word_set(
    "term describe label brand express voice convey lodge point say state tell note add explain write post declare announce remark comment stress "
    "emphasize emphasise reiterate report signal indicate"
    " suggest argue insist claim maintain assert contend confirm acknowledge admit concede "
    "disclose reveal hint quote underline underscore"
    " boast brag opine recount aver profess proclaim highlight observe repeat respond reply inform brief tweet recall conclude publish vow "
    "pledge promise warn caution affirm"
)
THINK = word_set(
    "believe think expect forecast predict estimate project reckon see anticipate foresee "
    "calculate doubt judge consider view assess fear"
)
CLAIM = word_set("claim insist assert maintain contend allege boast brag aver profess")
DENY = word_set("dispute deny dismiss refute rebut repudiate disavow rubbish debunk")
REJECT = word_set("reject refuse decline oppose resist spurn rebuff")
ACCUSE = word_set(
    "accuse blame condemn denounce charge criticize criticise slam decry lambast fault lament protest deplore"
)
WRONG = word_set(
    "violate breach renege undermine discriminate coerce bully flout dump abuse cheat "
    "manipulate steal exploit circumvent backtrack sabotage politicise politicize weaponise "
    "weaponize smear"
)
DEMAND = word_set("demand urge ask press push request call appeal implore want exhort pressure insist invite")
THREATEN = word_set("threaten warn vow caution")
STANCE = word_set("rule welcome oppose regret applaud resist")
SPEAKING_VERBS = STANCE | SAY | THINK | CLAIM | DENY | REJECT | ACCUSE | DEMAND | THREATEN
"""Verbs whose subject speaks."""
HOPE = word_set("hope wish want seek desire aspire look")

# What is done between sides.
MEET = word_set(
    "meet speak talk discuss negotiate confer sit visit host phone exchange consult convene "
    "reconvene gather greet receive telephone travel fly"
)
HOLD = word_set(
    "hold have conduct resume start begin continue restart conclude end finish open launch "
    "complete schedule plan arrange hail wrap attend join chair reopen"
)
AGREE = word_set(
    "agree sign reach strike conclude clinch seal ratify initial finalise finalize approve "
    "endorse accept adopt ink settle"
)
IMPOSE = word_set(
    "impose levy slap introduce place put apply enact raise increase hike double triple "
    "quadruple lift set charge implement adopt"
    " extend expand widen tighten enforce activate collect add restrict ban prohibit bar "
    "block blacklist curb limit cap halt sanction"
    " stop order require revoke withdraw cancel target hit list designate launch open "
    "initiate start file lodge investigate probe"
    " appeal issue publish announce sign unveil remove scrap abolish repeal cut lower reduce "
    "slash drop eliminate ease relax loosen exempt"
    " waive grant subsidise subsidize approve restore reinstate reimpose renew replace trim "
    "halve end rescind terminate tax penalise penalize"
    " detain seize freeze retaliate notify formalise formalize earmark disburse release "
    "allocate withhold suspend seize fine reclassify"
    " amend adjust triple strip deny refuse bring complain challenge request seek enter take "
    "come go kick remain stay apply face expire lapse"
)
SUSPEND = word_set(
    "suspend pause freeze delay postpone defer shelve stay halt extend prolong hold call "
    "cancel push waive stop interrupt abandon adjourn"
)
COMMIT = word_set("agree commit pledge promise undertake")
PLAN = word_set(
    "plan intend aim prepare propose decide schedule expect mean slate set promise pledge "
    "vow arrange consider weigh mull explore study examine review draft "
    "contemplate"
)
CONSIDER = word_set("consider weigh mull explore study examine contemplate ponder debate discuss float")
RULE = word_set(
    "hear enjoin put rule find strike uphold order dismiss overturn hold decide conclude affirm reverse "
    "grant deny vacate invalidate stay side annul quash reject declare determine award block "
    "throw remand"
)
# Markets, firms and people at home.
MOVE = word_set(
    "leap give rise fall drop gain lose jump slump surge climb slide tumble plunge sink rally rebound "
    "weaken strengthen ease advance soar slip edge decline"
    " retreat hit close trade dip plummet firm shed add recover end finish settle open swing crash spike"
)
FIRM = word_set(
    "spend shelve stockpile put hire ask send bring begin fire rent shift move relocate cut halt raise lay stockpile build delay pull suspend close shut "
    "source reroute divert switch cancel pass absorb buy sell"
    " withdraw expand invest open postpone idle scale step front-load reduce stop start ship "
    "hold pause resume book seek look diversify exit leave"
    " scrap furlough announce plan warn increase redirect order turn place rush hoard trim"
)
PRESSURE = word_set(
    "urge call press lobby protest demand warn complain petition ask plead march rally "
    "appeal write oppose criticise criticize vote want push block suffer struggle lose feel "
    "slam attack blast grill assail face hurt hit strike beg demonstrate object condemn approve pass reject"
)
OTHER = word_set(
    "strike hit fight react follow rip prepare retain pay enjoin vacate throw arrive leave spend roll hire cheer applaud regret disappoint want reflect escape fit own sit serve offset"
    " exceed amount total earn cost remind complain believe learn read hear watch wait deserve matter belong exist occur happen emerge prevail"
    " fade persist loom linger differ vary equal represent reveal prompt trigger spark force enable encourage persuade convince assure thank"
    " congratulate honour admire enjoy love hate trust forget remember realise realize understand teach study train test join unite split divide"
    " settle wipe sweep carry haul load unload deliver drive ride walk sail land dock anchor store save invest borrow lend owe tell clear cross"
    " reach touch handle manage operate govern elect appoint resign retire replace succeed win beat defeat lose miss avoid escape evade dodge"
    " contribute donate fund finance sponsor guarantee insure protect shield shelter expose endanger harm damage devastate destroy ruin wreck"
    " repair fix solve resolve handle mark unmark date sign seal stamp print type record register enrol apply qualify certify"
    " originate derive stem result depend rely lean"
) | word_set(
    "make give go come get know be have do take leave keep let become remain show need help "
    "allow prevent face prove cause follow lead turn mark bring send"
    " work create use mean try fail continue begin appear seem become contain cover affect "
    "include apply expire lapse last run collapse break stall resume"
    " progress proceed compromise back support welcome praise stand favour favor prefer "
    "reserve respect uphold safeguard defend protect violate honor honour implement"
    " comply fulfil fulfill buy purchase import export supply restrain return depend hinge "
    "rest withdraw stick concede yield budge bend bow cave give"
    " share express convey voice describe label brand dub term characterise characterize cite point highlight"
    " pare erase spend terminate escalate de-escalate retaliate match counter answer react reopen reach end drive spur "
    "weigh push draw fuel "
    "lash pencil impress hammer thrash iron brandish dangle slate earmark issue renew reaffirm shave dent crimp bite ruin squeeze cripple "
    "lead tie link phase usher knock tip slam attack blast grill assail bankrupt idle levy recommend undercut foresee offset swing rebuild overcome"
)
VERBS = (
    SAY | THINK | CLAIM | DENY | REJECT | ACCUSE | WRONG | DEMAND | THREATEN | HOPE | MEET | HOLD | AGREE | IMPOSE | SUSPEND | COMMIT | PLAN
    | CONSIDER | RULE | MOVE | FIRM | PRESSURE | OTHER
) - {"be", "do"}  # fmt: skip


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.I)


DUTY = (
    r"(?:digital(?: services)?|carbon|border|export|import|services|entry|port) tax(?:es)?|tariffs?|dut(?:y|ies)|lev(?:y|ies)|surcharges?|surtax(?:es)?|tax(?:es)? on|port fees?"
    r"|fees?|rates?|tariff rates?|excise|countermeasures?"
    r"|counter-?tariffs?"
)
CURB = (
    r"(?:export |import |trade |entry |investment |travel |licen[cs]ing |chip |technology "
    r")?(?:bans?|curbs?|controls?|restrictions?|embargo(?:es)?|limits?|prohibitions?"
    r"|sanctions?|blacklists?|moratorium|barriers?|licen[cs](?:es?|ing)(?: (?:rules?"
    r"|requirements?|regime))?|quotas?|caps?|measures?|rules?"
    r"|safeguards?|penalt(?:y|ies)|subsid(?:y|ies)|exemptions?|exclusions?|waivers?|de "
    r"minimis|entity list|list|blockade|boycott|permits?"
    r"|inspections?|checks|visas?|orders?|(?:export|trade) approvals|port charges|price "
    r"undertakings?|minimum (?:import )?prices?|floor price|regulations?|tender)"
)
MEASURE = _pattern(rf"{DUTY}|{CURB}")
DUTIES = _pattern(DUTY)
GOODS = _pattern(
    r"suppl(?:y|ies)|exports?|imports?|shipments?|sales|purchases?|goods|products?|steel|alumini?um|chips?"
    r"|semiconductors?|rare earths?|minerals|soybeans?|beef|pork|barley|wine"
    r"|coal|timber|lumber|cars?|vehicles|autos?|EVs|dairy|wheat|grain|canola|rice|seafood"
    r"|fish|apples|steel|textiles|solar|gallium|germanium|graphite|oil|gas|licen[cs]es"
    r"|software|equipment|technology|magnets|parcels|companies|firms|entities|flights"
    r"|crude|LNG|ethane|propane|coffee|cocoa|tea|tyres|tires|batter(?:y|ies)|phones|toys|furniture|footwear|shoes|garments|fruit|nuts|almonds|spirits|vodka|champagne"
    r"|paper|pulp|plastics|chemicals|tungsten|antimony|cobalt|lithium|manganese|sorghum|corn|maize|hides|flowers|shrimps?|tuna|salmon|honey|olives?|cheese|eggs"
    r"|turbines|aircraft|jets|planes|tractors|bikes|bicycles|pickups|trucks|cranes|drones"
    r"|tomatoes|avocados|cherries|bananas|sugar|cotton|brandy|cognac|whisk(?:e)?y"
    r"|poultry|lobsters?|lamb|lentils|chickpeas|onions|palm oil|copper|nickel|ore"
    r"|fertili[sz]ers?|potash|uranium|pharmaceuticals|drugs|machinery|photoresists?"
)
LEGAL_STEP = _pattern(
    r"investigations?|probes?|anti-?dumping|countervailing|anti-?subsidy|complaints?|appeals?"
    r"|cases?|disputes?|consultations|proceedings|inquir(?:y|ies)"
    r"|reviews?|petitions?|lawsuits?|suits?"
)
TALK = _pattern(
    r"talks?|meetings?|calls?|phone calls?|telephone (?:calls?|conversations?)|video ?calls?"
    r"|conversations?|negotiations?|rounds?|consultations?|discussions?|summits?|dialogues?"
    r"|sessions?|videoconferences?"
    r"|visits?|letters?|contacts?|mechanism|delegations?|lunch|dinner|hotline|video "
    r"conference|exchanges? of views"
)
TALK_CORE = _pattern(
    r"talks|meetings?|calls?|phone calls?|negotiations?|round(?: of (?:talks|negotiations"
    r"|consultations))?|consultations?|discussions?|summits?|conversations?|dialogue"
    r"|sessions?|letters?|visits?"
)
DEAL = _pattern(
    r"agreements?|deals?|accords?|truces?|pacts?|frameworks?|joint statements?|memorand(?:um"
    r"|a)(?: of understanding)?|understandings?|consensus|treat(?:y|ies)|settlements?"
    r"|ceasefire|compromise|roadmap|terms|protocols?|arrangements?|undertakings?|communiqu[eé]|package"
)
PAUSE = _pattern(
    r"pause|truce|suspension|moratorium|freeze|standstill|deadline|reprieve|grace period|delay|ceasefire"
)
MARKET = _pattern(
    r"Wall Street|stocks?|shares?|index|indices|futures|equities|yields?|bonds?|treasur(?:y|ies)|yuan"
    r"|renminbi|yen|euro|dollar|won|peso|rupee|real|loonie|pound|currency|oil|crude|brent"
    r"|gold|copper|soybeans?"
    r"|prices?|Dow|S&P(?: 500)?|Nasdaq|Hang Seng|Nikkei|DAX|FTSE|CSI ?300|Kospi|Sensex"
    r"|premiums?|freight rates?|spot|contracts?|markets?|benchmark|ringgit|baht|lira|rouble"
    r"|ruble|krone|franc"
)
FIRMS = _pattern(
    r"works|press shop|brand|carriers?|brewery|breweries|shipyards?|tanneries|yard|compan(?:y|ies)|firms?|manufacturers?|makers?|carmakers?|automakers?|chipmakers?"
    r"|suppliers?|retailers?|importers?|exporters?|producers?|factor(?:y|ies)|plants?|brands?"
    r"|mills?|shipping line|airline|miner"
    r"|brewers?|distillers?|wineries|processors?|smelters?|refiners?|traders?|buyers?"
    r"|shippers?|group|steelmakers?|chief executive|smelter|foundry|supermarkets?"
    r"|wholesalers?|packers?|crushers?|assemblers?|foundries|labels|vintners|roasters|bottlers|publishers|shipowners|forwarders|utilities|airlines|fabs|dealers?|dealerships?|growers|start-?ups?|conglomerates?|giants?"
)
HOME = _pattern(
    r"opposition|builders?|bosses|my group|trade body|farm lobby|farmers?|\w*growers?|unions?|industry (?:groups?|bod(?:y|ies)|associations?)|associations?"
    r"|federations?|chambers?(?: of commerce)?|retailers|consumers?|households|voters?"
    r"|lawmakers|senators|congress|parliament|senate"
    r"|workers|lobby|lobbies|coalition|business(?:es)?(?: groups?)?|shoppers|producers"
    r"|winemakers|fishermen|ranchers|mayors?|governors?|premiers?|opposition|small firms"
    r"|manufacturers|steelworkers|dockers|councils?"
    r"|assembly|cooperatives?|guild|legislators?|MPs|councillors|sawmills?|truckers|bakers|brewers|importers"
)
EXPERTS = _pattern(
    r"critics?|analysts?|economists?|experts?|observers?|scholars?|academics?|researchers?"
    r"|strategists?|professors?|fellow|think ?tank|bank|institute|institution|university"
    r"|consultan(?:t|cy|ts)|IMF|OECD|UNCTAD|World Bank|lawyers?|law firm"
    r"|partner|director|head of|research|economics|capital|securities|watchers|centre|center"
    r"|foundation|historians?|rating agency|brokers?|brokerage|group"
)
COURT = _pattern(
    r"courts?|judges?|Federal Circuit|panels?|tribunals?|justices?|appellate body|arbitrators?|arbiters?"
    r"|bench|magistrates?|circuit"
)
FORWARD = re.compile(
    (
        r"\b(?:will|would|may|might|could|likely|unlikely|expects?|expected|forecasts?|predicts?"
        r"|risks?|outlook|next|by (?:the )?end|set to|going to|eventually|soon|remains? to"
        r"|inevitable|probably|chance)\b"
    ),
    re.I,
)
