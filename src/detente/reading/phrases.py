"""Turns of phrase by which the words of a side are known as a denial, a threat, a demand and so on."""

from __future__ import annotations

import re

from detente.reading.lexicon import DEAL, MEASURE, TALK_CORE
from detente.reading.passages import DISPUTE

TOPIC = re.compile(
    (
        rf"{DISPUTE.pattern}|{MEASURE.pattern}|{TALK_CORE.pattern}|{DEAL.pattern}|\b(?:decoupl\w+"
        rf"|supply chains?|market access|trade|economy|growth|GDP|Beijing|Washington|Brussels"
        rf"|fentanyl|chips?|market|rivals?|side|partners?)\b"
    ),
    re.I,
)

UNTRUE = re.compile(
    r"(?<![Ii]f )(?<![Uu]nless )(?<![Ss]hould )\b(?:has never|have never|had never|(?:have|has|had|did) not (?:consult\w*|negotiat\w*|promis\w*|agree\w*|offer\w*|call\w*|tell|told|said|say|broken|break|violat\w*|receiv\w*|ma[dk]e|held|hold|dump\w*)|(?:do|does) not dump|no plans|groundless|baseless|unfounded|untrue|false|fake news|not true|no (?:factual "
    r")?basis|no truth|fabricat\w+|misleading|nonsense|pure fiction|not (?:been )?(?:any|in) "
    r"(?:talks|negotiations|contact|consultations)"
    r"|no (?:such )?(?:talks?|negotiations?|consultations?|call|contact|conversation|meeting"
    r"|agreement|deal|promise|commitment|discussions?)s? (?:is|are|was|were|has|have|had|on"
    r"|between|with|took|taking|under)"
    r"|(?:have|has|had) not (?:ask|request|sought|initiat|approach|contact)\w*|(?:is|are|was|were) (?:all |outright |pure )?lies(?! (?:in|with|at))"
    r"|incorrect|inaccurate|not (?:correct|accurate|the case|engaged in)|(?:pure|sheer|total|complete) (?:invention|fantasy|fiction)|no such (?:thing|offer|request|call|deal|talks|promise|plan)|did not happen|(?:simply|just|never) (?:did not|didn['’]t) (?:happen|occur|take place)|wide of the mark|far from the truth|invented|made up"
    r"|(?:knows?|knew) of no|not aware of|never (?:agreed|promised|took place|happened|made"
    r"|said|held|gave|offered|discussed)|did not (?:take place|happen|agree|promise|discuss"
    r"|ask|call)|there (?:is|was|were|are|had been|have been|has been) no (?:talks?|negotiations?|call"
    r"|deal|agreement|such|consultations?|contact|discussions?|plan))\b",
    re.I,
)

RED_LINE = re.compile(
    r"\b(?:(?:will|would|shall) not sacrifice|(?:remain|are|is|stay)s? (?:fully )?protected|protected by law|closed as a subject|like a wall|off limits|untouchable|red lines?|non-?negotiable|not negotiable|not (?:up )?for (?:negotiation|sale"
    r"|discussion)|(?:not|never|nor (?:is|are)) (?:be )?(?:on|off) the table|off the table"
    r"|out of bounds|ring-?fenced|(?:not|never) (?:put|place|offer|bring)\b.{0,40}\b(?:up for (?:discussion|negotiation|sale|debate)|on the table)"
    r"|(?:not|never) (?:a )?part of (?:any|the|these|a) (?:negotiat\w+|talks|deal)|not (?:open|subject) to (?:negotiation|discussion|debate)"
    r"|not on the (?:negotiating )?table|(?:will|would) never (?:accept|give|compromise|trade|allow"
    r"|surrender|yield|bargain|agree|open|concede|be)|no (?:compromises?|concessions?) on"
    r"|cannot be (?:traded|bargained|compromised|negotiated)"
    r"|(?:will|would) not (?:trade away|compromise on|bargain|give up|sacrifice|be a "
    r"bargaining chip|be traded|accept any)|bargaining chips?|never be (?:traded|up for|part "
    r"of)|under no circumstances|cannot accept|are not for sale|is not for sale|sacrosanct)\b",
    re.I,
)

BEFORE_TALK = re.compile(
    r"\b(?:only if|conditions for|cannot be signed|(?:no|cannot|can['’]t|won['’]t|never|not (?:\w+ ){0,3}?|refus\w+ (?:to )?|rul(?:ed|es|ing) out) ?(?:\w+ "
    r"){0,3}?(?:talks?|negotiat\w+|deal|agreement|meet(?:ing)?|call|signature|sign|summit"
    r"|dialogue|table|round|contacts?)\b[^.]{0,60}\b(?:until|unless|before|without|as long as|while)"
    r"|(?:talks|negotiations|deal|agreement|signing|dialogue|meeting|round|summit) (?:cannot|can['’]t|will not|won['’]t|could not|would not|(?:is|are) not)\b[^.]{0,60}\b(?:until|unless|before|without|as long as|while)"
    r"|(?:talks?|negotiat\w+|deal|agreement|meeting|sign|dialogue|summit|come to the table|round|signing|signature"
    r"|call)\b[^.]{0,50}\b(?:only (?:if|when|after|once)|must (?:wait|await)|must (?:first|be preceded)|(?:hinge"
    r"|depend|rest)s? on|conditional on|as a condition|would require)"
    r"|(?:only (?:if|when|after|once)|until|unless|before|once|(?:as|so) long as"
    r"|first)\b[^.]{0,80}\b(?:talks?|negotiat\w+|deal|agreement|dialogue|table|summit|sign)"
    r"|(?:unless|until|as long as|without)\b[^.]{0,80}nothing to (?:talk about|discuss|negotiate|sign)"
    r"|pre-?conditions?|prerequisites?|(?:on|with) (?:the )?condition|condition for (?:talks"
    r"|any|a)|must (?:first|come first)|needs? to (?:\w+ ){0,6}first|have to (?:\w+ "
    r"){0,6}first|first step)\b",
    re.I,
)

FIRST_MUST = re.compile(
    r"\b(?:before (?:any|the|a|new|further|more|resuming|restarting|signing)?\b ?(?:\w+ ){0,2}?(?:talks?|negotiat\w+|deal|agreement|meeting|summit|round|dialogue|signing|contacts?)\b"
    r"[^.]{0,60}\b(?:must|needs? to|ha(?:s|ve) to)"
    r"|(?:must|needs? to|ha(?:s|ve) to)\b[^.]{0,80}\b(?:before|for) (?:any|the|a|new|further|more) ?(?:\w+ ){0,2}?(?:talks?|negotiat\w+|deal|agreement|meeting|summit|round|dialogue|signing|contacts?)"
    r"|must be preceded by)\b",
    re.I,
)
"""What the other side must do before there are talks or a deal."""

THREAT = re.compile(
    r"\b(?:(?:will|would|shall|['’]ll|going to|prepared to|ready to|forced to|have to|has to"
    r"|reserves? the right to|right to|obliged to|not hesitate to|able to|vow\w* to|pledg\w+ "
    r"to|threaten\w* (?:to|with)|could|may|might) (?:\w+ly )?(?:retaliate|respond|hit back"
    r"|strike back|fight (?:back|to the end)|counter|answer|react|take (?:\w+ "
    r"){0,4}?(?:countermeasures|measures|action|steps)|impose|raise|double|slap|levy|pay"
    r"|open an?|launch an?|file|start an?|(?:use|deploy|trigger|activate|invoke) (?:its |the |our |all )?(?:[\w-]+ ){0,3}(?:tools?|instruments?|bazooka|powers|clause|safeguards?|countermeasures)"
    r"|restrict|cut off|cut|suspend|ban|block|halt|stop|punish|face|walk away|pull out|target"
    r"|put|hit|close|withdraw|add|introduce|lose|bring|tax|defend|act|match|reinstate"
    r"|escalate|end|scrap|terminate|blacklist|limit|charge)"
    r"|(?:will|would|shall) be (?:charged|hit|slapped|punished|met with|subject to|answered|made to pay)|(?:remains?|is|are) (?:still )?(?:an option|under consideration)|no (?:choice|option|alternative) but to (?!accept|leave|withdraw|pay)"
    r"|(?:will|would) (?:go up|rise|jump|climb|increase) (?:to|by)"
    r"|countermeasures|retaliat\w+|consequences|(?:all|every|any|necessary|resolute|firm"
    r"|forceful) (?:necessary |\w+ )?(?:measures|options?|means)|all options|pay (?:a|the) "
    r"(?:heavy |high )?price|face (?:\w+ ){0,3}?(?:tariffs?|dut|lev|sanction|ban|surcharge)"
    r"|in kind|fight to the end|won['’]t hesitate|will not stand (?:by|idly)|not sit (?:by"
    r"|idly))\b",
    re.I,
)

WRONG = re.compile(
    (
        r"\b(?:unwarranted|unreasonable|arbitrary|harassment|interference|violat\w+|breach\w*|reneg\w+|bull(?:y|ies|ying)|coerc\w+|blackmail\w*|unfair\w*"
        r"|illegal\w*|unlawful\w*|unjustif\w+|discriminat\w+|protectionis[mt]|hypocri\w+"
        r"|hegemon\w+|provocat\w+|unilateral(?:ism| bullying)|broke\w* (?:its|the|their|a) \w+"
        r"|rip\w* (?:\w+ ){0,2}off|ripping|cheat\w*|steal\w*|stole\w*|theft|dump(?:s|ed|ing)\b(?! "
        r"(?:dut|probe|invest))|manipulat\w+|abus\w+|wrongful\w*|mistaken|erroneous|wrong "
        r"(?:practice|move|step)|undermin\w+|sabotag\w+|bad faith|double standards|weaponi[sz]\w+|(?:seriously|severely|gravely) (?:harm|damag|hurt|infring|disrupt)\w*|infring\w+"
        r"|flood\w* (?:our|the)|distort\w*|economic (?:war|retaliation|coercion|blackmail)"
        r"|retaliation|smear\w*|slow-(?:walk|roll)\w*|drag\w* its feet|withh[oe]ld\w*|fail\w* to "
        r"(?:honou?r|keep|live|meet|deliver)|not (?:kept|honou?red|lived up|complied|met its)"
        r"|runs? (?:against|counter)|contrary to|contravene\w*|pretext|political(?:ly)? motivated"
        r"|responsible for|to blame|fault|attack on|against (?:WTO|world trade|the) rules"
        r"|stifl\w+|suppress\w*|contain\w* (?:China|our|its))\b"
    ),
    re.I,
)

DEMAND = re.compile(
    r"\b(?:(?:must|should|needs? to|has to|have to|ought to) (?:immediately |at once |first |now |also )?(?:withdraw|lift|remove|stop|end|cease|respect|correct|drop|cancel|scrap|open|cut|reduce|lower|restore|return"
    r"|honou?r|abide|comply|act|make|take|come|show|provide|change|remedy|revoke|refrain|abandon|buy|do more|deliver|listen|roll back|repeal|be (?:lifted|removed|withdrawn|scrapped|opened))"
    r"|(?:we|it|he|she|they|I|side) (?:also |again |strongly )?(?:urge|call on|call upon|call for|demand|ask|request|insist on)s?|calls? (?:on|upon|for)|wants? (?:the |\w+ ){1,4}to\b)",
    re.I,
)

POSITION = re.compile(
    (
        r"\b(?:disappoint\w+|regret\w*|pleased|dismay\w*|no reason|respond to demands|neither side want\w+|unsustainable|ready|readiness|willing(?:ness)?|open to|prepared to|committed to|commitment|door "
        r"(?:is|remains|stays)|door\b.{0,20}\bopen|support\w*|oppos\w+|welcom\w+|stands? (?:by"
        r"|firm|ready|with)|position|stance|firmly|principle\w*|hop(?:e|es|ed|ing)|wants?|wish\w*"
        r"|seeks?|aim\w*|look\w* forward|prefer\w*|in (?:no|any) (?:hurry|rush)|no (?:choice"
        r"|intention|plan|plans|interest|desire|need|rush)|not (?:seek(?:ing)?|want|afraid|intend"
        r"|interested|change|accept|negotiate|bow|yield|back down|budge|rush|be (?:bullied"
        r"|pressured|rushed))|will not|won['’]t|refus\w+|reject\w*|rul\w+ out|under (?:pressure"
        r"|duress)|mutual respect|equal (?:footing|terms)|win-win|dialogue|remain\w* (?:committed"
        r"|open|unchanged|firm)|patien\w+|favou?rs?|against|goal|priority|interests?|safeguard"
        r"|defend|cooperat\w+|consider(?:s|ing)?|review|believes? in|negotiated solution"
        r"|insist\w*)\b"
    ),
    re.I,
)

FACT = re.compile(
    (
        r"\b(?:progress|talks?|negotiat\w+|agreed|agreement|deal|call(?:ed)?|reached out|asked"
        r"|wants?|offered|promised|assured|accepted|conced\w+|gave|made|has|have|had|is|are|was"
        r"|were|will|would|did|do)\b"
    ),
    re.I,
)

GOOD_NEWS = re.compile(
    (
        r"\b(?:(?:nearly|almost|all but) (?:complete|done|finished|ready)|progress|(?:going|progressing|advancing|moving) (?:well|smoothly|fast)|active|constructive|very good|productive|positive|smooth\w*"
        r"|close to|near(?:ing)?|almost done|on track|breakthrough|candid|in-depth|consensus"
        r"|details|wants to|agreed|assured|promised|asked|called|reached out|offered|accepted"
        r"|eager|desperate|want a deal|very badly)\b"
    ),
    re.I,
)

OTHERS_DEEDS = re.compile(
    r"\b(?:(?:will|would|has|have|had) (?:\w+ly )?(?:buy|bought|invest\w*|open\w*|agree\w*|accept\w*|promis\w*|commit\w*|pay|paid|cut|drop\w*|lift\w*|stop\w*|met|meet|spoken|raise[ds]?|ask\w*|request\w*|beg\w*|offer\w*|be supplied|supply|reduce|increase|purchase|spend|contribute)|wants? (?:to|a deal)|want(?:s)? (?:a|the) deal|reached out|was done|is done|is willing|are willing|off the table|stopped|met|called"
    r"|(?:deal|agreement|pact|talks|accord|framework)(?: with [\w ]{2,25}?)? (?:is|was|are|were|has been|had been) (?:\w+ )?(?:done|finished|complete\w*|ready|close|agreed|dead|over|settled|moving)"
    r"|(?:has|have|had) (?:\w+ )?(?:brought in|raised|taken in|collected|paid|delivered|honou?red|implemented|fulfilled|kept|notified|received)"
    r"|pay(?:s|ing) (?:for )?(?:the|these|those|our) (?:tariffs|duties|levies)"
    r"|(?:has|have|had) been (?:approved|delivered|issued|honou?red|implemented|notified|kept|fulfilled|informed)"
    r"|(?:is|are|was|were) (?:\w+ )?(?:costing|losing|suffering|hurting|benefiting|booming|crumbling|collapsing|paying|desperate|begging))\b",
    re.I,
)

WHOEVER = re.compile(
    r"\W*(?:(?:any(?:one)?|countries|those|nations|firms|companies|whoever|every(?:one)?) .{0,40}?\b(?:that|which|who|\w+ing)\b|whoever|failure to)",
    re.I,
)
"""A threat to all who do a thing is a threat with an if."""

KEPT = re.compile(
    r"\b(?:has|have|had) (?:\w+ly |always )?(?:met|honou?red|fulfilled|implemented|complied with|abided by|lived up to|given (?:\w+ )?assurances)\b"
)
"""A side says that it kept its word."""

ONUS = re.compile(
    r"\b(?:it is|it['’]s) (?:now )?(?:up to|for) (?:the )?[A-Z][\w ]{1,25}? to \w|\bonus (?:is|was|lies|rests) (?:on|with)\b|\bshould be the (?:one|first) to\b"
)
"""The next step is said to be the other side's."""

CALL = re.compile(
    r"\s*(?:its|their|his|her|the|a) (?:[\w-]+ ){0,2}?(?:calls?|demands?|requests?|appeals?) (?:for|that|to|on)\b"
)
"""A call or demand repeated."""

EXPECTED = re.compile(
    r"\s*(?:the )?(?:[A-Z][\w.’'-]+ ){1,3}(?:side )?to (?:honou?r|keep|respect|lift|remove|stick|abide|comply|deliver|drop|meet|live up|act|withdraw|refrain)\b"
)
"""What the other side is expected to do."""

SUFFERS = re.compile(
    r"\b(?:ruin\w*|kill(?:s|ed|ing)|hurt(?:s|ing)?|cost(?:s|ing)? (?:us|them|it|him|her|the|\w+ (?:jobs|sales))|los(?:t|ing) (?:\w+ ){0,3}(?:jobs|sales|markets?|customers|contracts|income|money)"
    r"|struggl\w+|squeez\w+|devastat\w+|crippl\w+|go(?:ing|ne)? (?:bust|under|out of business)|bankrupt\w*|jobs (?:have|had) gone|on the brink|nowhere to (?:sell|go)|bear(?:ing)? the (?:brunt|cost))\b",
    re.I,
)
"""People at home tell their losses."""
