"""What a package is worth to each side, in percent of its aim.

    u_s(package) = aim_s(economy under its duties and other levers) + sum over options of their own worth

The first part is a certified equilibrium: packages that come to the same policy are solved once, side by
side, and kept in the cache under their content. The second part are sourced ranges for what no model of trade
holds. They are added: what a visa is worth does not turn on a duty, by assumption.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente import __version__
from detente.core.errors import UnsolvableShock
from detente.economy.batch import solve_many
from detente.economy.certificate import NotSolved
from detente.economy.outcome import Outcome
from detente.economy.prepare import Prepared
from detente.policy import Instrument as PolicyInstrument
from detente.policy import Policy, SectorPolicy, Weights
from detente.record.asof import AsOf, state_of
from detente.record.change import change_from_base, lapsed_asof
from detente.record.entries import Instrument, Measure, State, Status
from detente.record.files import Record
from detente.strategy.agenda import Agenda, Option, Package, Step, War
from detente.strategy.aims import Aim, value
from detente.strategy.kept import Kept

Progress = Callable[[str], None]

AT_ONCE = 64
"""Policies between two looks at the clock."""

USD_MILLION = {"usd_million": 1.0, "usd_billion": 1000.0}
"""Units of money, in USD million."""


@dataclass(frozen=True)
class Worth:
    """What something is worth to a side, percent of its aim: low, central, high.

    The range is that of the sourced options; that of the economy is another question (`Payoffs.spread`).
    """

    low: float
    central: float
    high: float

    def __add__(self, other: Worth) -> Worth:
        return Worth(self.low + other.low, self.central + other.central, self.high + other.high)

    def to_dict(self) -> dict[str, float]:
        """For JSON."""
        return {"low_percent": self.low, "central_percent": self.central, "high_percent": self.high}


def policy_of(record: Record, agenda: Agenda, package: Package, economies: tuple[str, ...]) -> Policy:
    """The policy a package puts in force, as a change from the base day, in HS terms.

    Raises:
        UnknownState: a duty's time has run out on the day and nothing is assumed.
    """
    steps = [step for _, step in agenda.steps(package)]
    return policy_after(record, agenda.asof, steps, economies)


def policy_after(
    record: Record, asof: AsOf, steps: Sequence[Step], economies: tuple[str, ...], *, levers: bool = True
) -> Policy:
    """The policy of a day once steps are carried out: the record's duties as changed, and levers if asked."""
    changed = changed_record(record, asof, steps)
    rows = tuple(row for step in steps for row in step.levers) if levers else ()
    return change_from_base(changed, asof, economies) + Policy(rows)


def war_policy(record: Record, asof: AsOf, war: War, economies: tuple[str, ...]) -> Policy:
    """The policy of an escalation."""
    return policy_after(record, asof, war.steps, economies)


def lapse_policy(record: Record, asof: AsOf, economies: tuple[str, ...]) -> Policy | None:
    """The policy once every clock running on the day has run out; None where none runs."""
    lapsed = lapsed_asof(record, asof)
    return None if lapsed is None else change_from_base(record, lapsed, economies)


def changed_record(record: Record, asof: AsOf, steps: Sequence[Step]) -> Record:
    """The record as it would read at the end of the day, had the steps on duties been carried out.

    Goods, exemptions and stacking of each duty stay its own, so that what remains stacks by the law.
    """
    entries = dict(record.entries)
    for step in steps:
        measure = entries.get(step.measure)
        if not isinstance(measure, Measure) or measure.instrument is not Instrument.IMPORT_DUTY:
            continue
        status = {"end": Status.CEASED, "suspend": Status.SUSPENDED}.get(step.change, Status.IN_FORCE)
        if step.change in ("ease", "begin"):
            continue
        day = asof.on.isoformat()
        # Of two states that begin at one moment the later known and the later written governs.
        state = State(
            status=status,
            rate_percent=step.rate_percent,
            effective=day,
            known=day,
            scope=state_of(measure, asof, record.settings.checked_to).scope,
        )
        entries[measure.id] = replace(measure, states=(*_until(measure, day), state))
    return replace(record, entries=entries)


def _until(measure: Measure, day: str) -> tuple[State, ...]:
    """States that begin before the day's end; those later in the same day would otherwise win."""
    return tuple(state for state in measure.states if state.effective[:10] < day)


@dataclass
class Payoffs:
    """Worths of an agenda's packages.

    Attributes:
        record, agenda: what is settled.
        prepared: the world and its assumptions.
        aims: of the agenda's sides, in their order.
        weights: of the world, for goods by HS.
        kept: values already solved.
        deadline: `time.monotonic()` after which `of_all` solves no more.
        solved: equilibria solved by this object; `reused` those found in the cache.
    """

    record: Record
    agenda: Agenda
    prepared: Prepared
    aims: Sequence[Aim]
    weights: Weights
    progress: Progress = lambda words: None
    kept: Kept = field(default_factory=Kept)
    deadline: float = np.inf
    solved: int = 0
    reused: int = 0
    worst_residual: float = 0.0
    _keys: dict[tuple[tuple[str, str], ...], bytes] = field(default_factory=dict)
    _policies: dict[bytes, SectorPolicy] = field(default_factory=dict)
    _by_side: dict[tuple[object, ...], SectorPolicy] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._setting = hashlib.sha256(json.dumps(self._about(), sort_keys=True).encode()).digest()

    def _about(self) -> dict[str, object]:
        p = self.prepared
        return {
            "detente": __version__,
            "world": p.world.provenance.get("world_hash") or p.world.name,
            "model": p.model.name,
            "settings_of_model": {
                k: v for k, v in sorted(vars(p.model).items()) if isinstance(v, float | str)
            },
            "closure": p.closure.value,
            "revenue": p.revenue_use.value,
            "elasticities": p.elasticities,
            "theta_scale": p.theta_scale,
            "aims": [aim.to_dict() for aim in self.aims],
        }

    def policy(self, package: Package) -> SectorPolicy:
        """The package's policy on the world's sectors."""
        return self._policies[self._key(package)]

    def _key(self, package: Package) -> bytes:
        economic = [(issue, option) for issue, option in self.agenda.options_of(package) if option.economic]
        names = tuple((issue.id, option.id) for issue, option in economic)
        if names not in self._keys:
            steps = tuple(step for _, option in economic for step in option.steps)
            self._keys[names] = self._known(self._sector_policy(names, steps))
        return self._keys[names]

    def _sector_policy(self, names: tuple[tuple[str, str], ...], steps: tuple[Step, ...]) -> SectorPolicy:
        """The policy of steps, put together from what each side's own steps come to.

        Duties of one side do not turn on what the other does, so that each side's combinations are compiled
        once, not each pair of them.
        """
        economies = self.prepared.world.economies
        levers = tuple(row for step in steps for row in step.levers)
        if any(row.instrument is PolicyInstrument.EXEMPTION_SHARE for row in levers):
            # An exemption cuts the duties of its own table.
            return policy_after(self.record, self.agenda.asof, steps, economies).on(self.weights)
        total = Policy(levers).on(self.weights)
        for side in (*self.agenda.sides, ""):
            own = tuple(step for step in steps if step.by == side and step.change)
            key = (side, *((step.measure, step.change, step.rate_percent) for step in own))
            if key not in self._by_side:
                change = policy_after(self.record, self.agenda.asof, own, economies, levers=False)
                rows = tuple(row for row in change.rows if self._row_of(row.importer) == side)
                self._by_side[key] = Policy(rows).on(self.weights)
            total = total + self._by_side[key]
        return total

    def _row_of(self, importer: str) -> str:
        return importer if importer in self.agenda.sides else ""

    def _known(self, policy: SectorPolicy) -> bytes:
        """The key of a policy's content under this setting."""
        seal = hashlib.sha256(self._setting)
        for array in (
            policy.duty_change, policy.non_tariff_cost, policy.export_tax, policy.production_subsidy
        ):  # fmt: skip
            # Few cells are not zero; rounded, so that the order of adding up does not matter.
            rounded = array.round(12) + 0.0
            where = np.flatnonzero(rounded)
            seal.update(where.tobytes() + rounded.ravel()[where].tobytes() + b"|")
        seal.update(repr(policy.quantities).encode())
        key = seal.digest()
        self._policies.setdefault(key, policy)
        return key

    def economy(self, packages: Sequence[Package]) -> np.ndarray:
        """Aims of the sides in the economy of each package, percent against the base day [package, side].

        Raises:
            UnsolvableShock: a package without a certified equilibrium.
        """
        return self._values([self._key(package) for package in packages])

    def of_policy(self, policy: Policy) -> np.ndarray:
        """Aims of the sides under any policy against the base day, percent [side].

        Raises:
            UnsolvableShock: it has no certified equilibrium.
        """
        return self.of_policies([policy])[0]

    def of_policies(self, policies: Sequence[Policy]) -> np.ndarray:
        """The same for many, solved side by side [policy, side].

        Raises:
            UnsolvableShock: one of them has no certified equilibrium.
        """
        return self.of_sectors([policy.on(self.weights) for policy in policies])

    def of_sectors(self, policies: Sequence[SectorPolicy]) -> np.ndarray:
        """The same for policies on the world's sectors [policy, side]."""
        return self._values([self._known(policy) for policy in policies])

    def under(self, prepared: Prepared) -> Payoffs:
        """The same agenda under other assumptions on the same world."""
        return replace(self, prepared=prepared, _keys={}, _policies={}, _by_side={})

    def _values(self, keys: Sequence[bytes]) -> np.ndarray:
        wanted = list(dict.fromkeys(keys))
        found = self.kept.get(wanted)
        self.reused += len(found)
        missing = [key for key in wanted if key not in found]
        if missing:
            self.progress(f"payoffs: {len(missing)} equilibria")
            taken = solve_many(self.prepared, [self._policies[key] for key in missing], self._take)
            fresh = {}
            for key, one in zip(missing, taken, strict=True):
                if isinstance(one, NotSolved):
                    raise UnsolvableShock(
                        "a package on the table",
                        why=f"it has no certified equilibrium: {one.message}",
                        instead="options with smaller changes, or another model",
                    )
                fresh[key] = one
            self.solved += len(fresh)
            self.kept.put(fresh)
            found = {**found, **fresh}
        self.worst_residual = max([self.worst_residual, *(found[key][-1] for key in wanted)])
        return np.array([found[key][:-1] for key in keys])

    def _take(self, outcome: Outcome) -> list[float]:
        worst = max(outcome.certificate.residuals.values(), default=0.0)
        return [*(float(value(aim, outcome)) for aim in self.aims), worst]

    def beside(self, package: Package) -> dict[str, Worth]:
        """What the package's options are worth by themselves, beside the economy."""
        found = dict.fromkeys(self.agenda.sides, Worth(0.0, 0.0, 0.0))
        for _, option in self.agenda.options_of(package):
            for side in option.worth:
                found[side] = found[side] + self.own(option, side)
        return found

    def own(self, option: Option, side: str) -> Worth:
        """What one option is worth to a side beside the economy, percent of its aim.

        Money of a year is over the side's baseline income: its aims read in percent of real income.
        """
        one = option.worth.get(side)
        if one is None:
            return Worth(0.0, 0.0, 0.0)
        if one.unit != "percent":
            row = self.prepared.world.economies.index(side)
            income = float(self.prepared.baseline.household_income[row])
            one = one.times(100 * USD_MILLION[one.unit] / income, "percent")
        return Worth(one.low, one.central, one.high)

    def worth(self, package: Package) -> dict[str, Worth]:
        """What a package is worth to each side against the base day, percent of its aim."""
        economy = self.economy([package])[0]
        beside = self.beside(package)
        return {
            side: beside[side] + Worth(number, number, number)
            for side, number in zip(self.agenda.sides, map(float, economy), strict=True)
        }

    def gains(self, package: Package) -> dict[str, Worth]:
        """The same against the status quo of the day."""
        quo = self.economy([self.agenda.status_quo])[0]
        return {
            side: one + Worth(-q, -q, -q)
            for (side, one), q in zip(self.worth(package).items(), map(float, quo), strict=True)
        }

    def of_all(self, numbers: np.ndarray) -> np.ndarray:
        """Central worths of many packages by their numbers of options [package, issue] -> [package, side].

        NaN where the deadline came before a package's policy was solved.
        """
        issues = self.agenda.issues
        economic = [at for at, issue in enumerate(issues) if any(o.economic for o in issue.options)]
        # An option without levers comes to the same policy as keeping the issue.
        as_policy = numbers[:, economic].copy()
        for column, at in enumerate(economic):
            plain = [n for n, option in enumerate(issues[at].options) if not option.economic]
            as_policy[np.isin(as_policy[:, column], plain), column] = 0
        distinct, place = np.unique(as_policy, axis=0, return_inverse=True)
        rows = np.zeros((len(distinct), len(issues)), dtype=int)
        rows[:, economic] = distinct
        packages = [self.agenda.at(row) for row in rows]
        solved = np.full((len(rows), len(self.agenda.sides)), np.nan)
        for at in range(0, len(rows), AT_ONCE):
            if time.monotonic() > self.deadline:
                break
            solved[at : at + AT_ONCE] = self.economy(packages[at : at + AT_ONCE])
        values = solved[place.reshape(-1)]
        for at, issue in enumerate(issues):
            beside = np.array([[self.own(o, s).central for s in self.agenda.sides] for o in issue.options])
            if beside.any():
                values = values + beside[numbers[:, at]]
        return values

    def about(self) -> Mapping[str, object]:
        """How much was solved, for JSON."""
        return {
            "distinct_policies": len(set(self._keys.values())),
            "equilibria_solved": self.solved,
            "equilibria_reused": self.reused,
            "worst_residual": self.worst_residual,
        }
