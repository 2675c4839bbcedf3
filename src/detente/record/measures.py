"""Measures: acts of policy with legal force, their goods and their life; and the powers they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from detente.core.days import parse_moment
from detente.record.parts import (
    HS,
    DateText,
    Entry,
    Id,
    OneOrMore,
    Part,
    Party,
    Positive,
    PositiveWhole,
    Rate,
    Share,
)


class Instrument(StrEnum):
    """What a measure does."""

    IMPORT_DUTY = "import_duty"
    EXPORT_CONTROL = "export_control"
    USE_CONTROL = "use_control"
    EXPORT_TAX = "export_tax"
    ENTITY_RESTRICTION = "entity_restriction"
    INVESTMENT_SCREENING = "investment_screening"
    VISA_RESTRICTION = "visa_restriction"
    PORT_FEE = "port_fee"
    DE_MINIMIS = "de_minimis"
    PURCHASE_COMMITMENT = "purchase_commitment"
    IMPORT_BAN = "import_ban"
    OTHER = "other"


class Status(StrEnum):
    """The state of a measure. Only `in_force` enters a policy."""

    THREATENED = "threatened"
    INVESTIGATED = "investigated"
    PROPOSED = "proposed"
    ANNOUNCED = "announced"
    AGREED = "agreed"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    STAYED = "stayed"
    STRUCK_DOWN = "struck_down"
    REVOKED = "revoked"
    CEASED = "ceased"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class GoodsScope(Part):
    """Goods by HS. Exactly one of all_goods, hs or list; exemptions are separate.

    Attributes:
        all_goods: every good of the origins.
        hs: prefixes of 2 to 10 digits (a chapter is two digits).
        list_file: file under the dispute's `lists/` folder: column `hs`, optional `rate_percent`.
        where_list: optional filter, column -> value, on the list file's rows.
        words: scope as the text has it, where no HS list can hold it.
        content: what the rate falls on: full_value, or metal_content (then `content_share`).
        content_share: share of customs value that the duty falls on, with its source in notes.
        metal: whose content pays; duties on the content of different metals stand side by side.
    """

    all_goods: bool = False
    hs: tuple[HS, ...] = ()
    list_file: str | None = None
    where_list: dict[str, str] = field(default_factory=dict)
    words: str = ""
    content: Literal["full_value", "metal_content"] = "full_value"
    content_share: Share | None = None
    metal: str = ""

    def __post_init__(self) -> None:
        ways = sum((self.all_goods, bool(self.hs), self.list_file is not None))
        if ways > 1 or (ways == 0 and not self.words):
            raise ValueError("give exactly one of all_goods, hs, list_file (or words where no list exists)")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Exemption(Part):
    """Goods taken out of a measure for a time. Backdated effect: `since` before `known`."""

    hs: tuple[HS, ...] = ()
    list_file: str | None = None
    where_list: dict[str, str] = field(default_factory=dict)
    since: DateText
    until: DateText | None = None
    known: DateText | None = None
    cause: Id | None = None
    basis: Literal["by_law", "on_application"] = "by_law"
    why: str = ""

    def __post_init__(self) -> None:
        if bool(self.hs) == (self.list_file is not None):
            raise ValueError("give exactly one of hs or list_file")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Quantity(Part):
    """An amount promised or allowed, with its unit and period."""

    amount: float
    unit: str
    period: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OnExpiry(Part):
    """What the law says follows when a state's time runs out and nobody signs anything."""

    status: Status
    rate_percent: float | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class InTransit(Part):
    """Goods that a new step spares because they were on their way: they meet the step before it.

    Attributes:
        loaded_before: loaded for the last leg before this moment, exclusive.
        entered_before: entered before this moment, exclusive; without it the rule has no last day.
        source: where the rule stands.
    """

    loaded_before: DateText
    entered_before: DateText | None = None
    source: Id | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.entered_before and parse_moment(self.entered_before).at < parse_moment(self.loaded_before).at:
            raise ValueError("entered_before lies before loaded_before")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class State(Part):
    """One stretch of a measure's life.

    Four days: announced, in_law (signed or published), effective (bites), known (public; the day
    of announcement where not given). An effective day before the known one is backdated.

    Attributes:
        status: what it is in this stretch.
        scope: goods in this stretch, where they differ from the measure's.
        rate_percent: applied ad valorem rate; with a list that carries rates, leave it out.
        specific_rate: a rate that is not ad valorem, in words (a port fee per ton).
        quantity: for a purchase commitment or quota.
        effective: start, inclusive, in the imposing party's zone unless one is written.
        expires: scheduled end, exclusive; without it the state is open.
        on_expiry: the legal consequence of a lapse.
        suspended_points: part of the rate suspended (it snaps back on a lapse).
        removed_points: part taken away (it does not).
        verb: the legal verb where the effect turns on it, with the original (e.g. "suspend 暂停").
        cause: id of the entry or source that brought this state about.
        voided_from: for struck_down: the measure is void from this moment; what was paid is refundable.
        still_collected: the stretch owes nothing, yet customs goes on with the state before (struck down).
        in_transit: goods on their way that this step spares.
        withdrawn: when this state was called off before it took effect.
    """

    status: Status
    scope: GoodsScope | None = None
    rate_percent: Rate | None = None
    specific_rate: str = ""
    quantity: Quantity | None = None
    announced: DateText | None = None
    in_law: DateText | None = None
    effective: DateText
    known: DateText | None = None
    expires: DateText | None = None
    on_expiry: OnExpiry | None = None
    suspended_points: Positive | None = None
    removed_points: Positive | None = None
    verb: str = ""
    cause: Id | None = None
    voided_from: DateText | None = None
    still_collected: bool = False
    in_transit: InTransit | None = None
    withdrawn: DateText | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.still_collected and self.status is Status.IN_FORCE:
            raise ValueError("still_collected is for a stretch that owes nothing; this one is in force")
        if self.expires and self.on_expiry is None:
            raise ValueError("a state that expires must say on_expiry: what the law says then")
        if self.expires and parse_moment(self.expires).at <= parse_moment(self.effective).at:
            raise ValueError("expires is not after effective")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Stacking(Part):
    """How a duty adds up with others on one line.

    Attributes:
        group: within a group only one layer is paid on a line: the one of lowest `priority`.
        priority: rank inside the group; 1 wins.
        yields_to: groups whose goods this duty does not fall on.
    """

    group: str | None = None
    priority: int = 1
    yields_to: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Preference(Part):
    """Goods that are free of a duty when they qualify under a trade agreement and claim it.

    Attributes:
        agreement: its name, e.g. USMCA.
        since: first moment from which a claim frees goods; the measure's start where not given.
        cause: id of the entry or source that says so.
    """

    agreement: str
    since: DateText | None = None
    cause: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Measure(Entry):
    """An act of policy with legal or administrative force, its scope and its life.

    Attributes:
        imposing: whose law it is.
        targets: origins (duties) or destinations (export controls); ["ALL"] is everyone.
        except_targets: taken out of ALL.
        authority: the statute or power, as people name it ("IEEPA (fentanyl)", "Section 301").
        layer: short name of the layer in tables; measures of one layer must not overlap.
        states: its life, in order.
        in_economy: whether its duty enters a Policy; false with a reason in notes (no list, no data).
        preference: a trade agreement under which goods that claim it do not pay this duty. No code tells
            which do, so such a duty enters no Policy; rates and averages count both kinds of goods.
        general_inside: whether the rate holds the general duty, so that only the rest is added to it. A
            Policy takes the rate whole: it stands for origins whose goods pay no general duty.
    """

    kind: Literal["measure"]
    imposing: Party
    targets: Annotated[tuple[Party, ...], OneOrMore]
    except_targets: tuple[Party, ...] = ()
    instrument: Instrument
    authority: str
    layer: str
    scope: GoodsScope
    exemptions: tuple[Exemption, ...] = ()
    stacking: Stacking = field(default_factory=Stacking)
    states: Annotated[tuple[State, ...], OneOrMore]
    in_economy: bool = True
    preference: Preference | None = None
    general_inside: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.instrument is Instrument.IMPORT_DUTY and self.in_economy:
            for number, state in enumerate(self.states):
                if (
                    state.status is Status.IN_FORCE
                    and state.rate_percent is None
                    and not self.scope.list_file
                ):
                    raise ValueError(f"states[{number}] is in force but has no rate_percent")


class Usable(StrEnum):
    """Whether a government may use an authority."""

    YES = "yes"
    CONTESTED = "contested"
    NO = "no"


class Risk(StrEnum):
    """Litigation risk of a new use. `low`: upheld or settled use; `high`: a court has ruled against one."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Usability(Part):
    """Whether an authority may be used from a day on, and why.

    Attributes:
        since: first day of this stretch, in the party's zone.
        known: when that was public; `since` where not given.
        for_what: what the answer is about, where it is not every use of the authority.
        cause: entry that brought it about.
    """

    since: DateText
    known: DateText | None = None
    usable: Usable
    litigation_risk: Risk
    why: str
    for_what: str = ""
    cause: Id | None = None


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Authority(Entry):
    """A legal power of a government: what it may do, how far, how fast, how long, and since when.

    Attributes:
        party: whose law it is.
        statute: the act and section, as cited.
        instruments: what may be done under it.
        names: how measures name it; a measure's `authority` begins with one of these.
        reach: goods that one use can fall on: all_goods, group_of_goods, one_product.
        against: whom it can be aimed at: all_partners (all alike), some_partners (chosen ones), firms.
        cap_percent: highest duty the text allows; None is no cap in the text.
        needs: what must come first: finding, investigation, consultation.
        notice_days: least days between a public opening and effect; 0 is at once.
        typical_days: days from opening to effect in practice, where the text sets none.
        duration_days: longest life of one use without the legislature; None is no end in the text.
        renewal: who can prolong a use, and how.
        usable: over time, in order.
    """

    kind: Literal["authority"]
    party: Party
    statute: str
    instruments: Annotated[tuple[Instrument, ...], OneOrMore]
    names: tuple[str, ...] = ()
    against: Literal["all_partners", "some_partners", "firms"]
    scope: str
    reach: Literal["all_goods", "group_of_goods", "one_product"] = "all_goods"
    cap_percent: Rate | None = None
    cap: str = ""
    needs: str = ""
    notice_days: int | None = None
    notice: str = ""
    typical_days: int | None = None
    duration_days: PositiveWhole | None = None
    duration: str = ""
    renewal: str = ""
    usable: Annotated[tuple[Usability, ...], OneOrMore]

    def __post_init__(self) -> None:
        super().__post_init__()
        days = [parse_moment(stretch.since).at for stretch in self.usable]
        if days != sorted(days):
            raise ValueError("usable is not in the order of time")
