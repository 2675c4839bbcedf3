"""Split a sector of a world into parts by shares, so that merging the parts gives the world back.

For a sector s with parts p (the last one is what is left of s), importer n, exporter i, users u (the sectors
and final spending):

    flows         X_nip = w_nip X_nis,                     sum_p w_nip = 1
    duties        t_nip = t_nis r_nip / sum_q w_niq r_niq,  so that sum_p t_nip X_nip = t_nis X_nis
    absorption    A_np  = sum_i X_nip (1 + t_nip)
    making        Y_ip  = sum_n X_nip; value added and inputs of s go to its parts in proportion to Y_ip,
                  inputs tilted by stated weights
    use           G_npu = the table nearest in relative entropy to G_nsu (A_np / A_ns) v_npu with rows A_np
                  and columns G_nsu, v the stated intensity of a user's buying

The last two tables are found by scaling rows and columns. Every total of the parent stays. With the same
shares w for all exporters, equal trade elasticities and equal shocks on the parts, a solve with Cobb-Douglas
cost gives what the world gives unsplit: then all parts have the parent's supplier shares, hence its price.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detente.core.errors import InvalidWorld, LabelMismatch
from detente.economy.identities import accounts
from detente.economy.sources.biproportional import balance
from detente.economy.world import World
from detente.policy import LineSet, Weights

FINAL = "final"
"""Label of final spending among the users of a sector."""

OTHERS = "others"
"""Label that stands for all users not named."""

SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Part:
    """One part of a sector.

    Attributes:
        share: of the parent's flow before duty, in [0, 1]: a number, one for each exporter [N], or
            [importer, exporter]. None for the part that gets what the others leave.
        duty_weight: duty of the part relative to that of the others on the same flow: a number or
            [importer, exporter].
        users: user (a sector, `final`, or `others`) -> how intensely it buys this part, relative to its
            buying of the parent; users not named have `others`, default 1.
        inputs: input (a sector) -> weight of that input in making this part, relative to the parent.
        theta: trade elasticity in every set; None for the parent's.
        elasticity: of substitution between this input and everything else in its users' cost; None for
            Cobb-Douglas.
        hs: HS codes (of 2 to 10 digits) of the part's goods, for HS weights.
    """

    share: float | np.ndarray | None = None
    duty_weight: float | np.ndarray = 1.0
    users: Mapping[str, float] = field(default_factory=dict)
    inputs: Mapping[str, float] = field(default_factory=dict)
    theta: float | None = None
    elasticity: float | None = None
    hs: tuple[str, ...] = ()


def split_sector(world: World, sector: str, parts: Mapping[str, Part]) -> World:
    """The world with one sector split; the parts stand where it stood, in the order given.

    Args:
        world: what to split.
        sector: the parent's label.
        parts: label -> part. One may have no share and takes what the others leave; it may carry the parent's
            label. If none does and the shares do not add up to one, what is left keeps the parent's label.

    Raises:
        LabelMismatch: no such sector, a part's label is taken, or a user or input is unknown.
        InvalidWorld: shares that are negative, not finite or add up to more than one (or less, with no part
            left to take the rest), or users that cannot take up what is sold to them.
    """
    if sector not in world.sectors:
        raise LabelMismatch(
            f"no sector {sector!r}", why=f"the world has {', '.join(world.sectors)}", instead="one of these"
        )
    s = world.sectors.index(sector)
    labels, members, share = _shares(world, sector, parts)
    taken = sorted((set(labels) - {sector}) & set(world.sectors))
    if taken:
        raise LabelMismatch(
            f"part {', '.join(taken)}", why="the world has a sector of this label", instead="another label"
        )
    _check_names(world, parts)
    books = accounts(world)
    flow = world.flows[:, :, s, None] * share
    duty = _duties(world, s, members, share)
    made = flow.sum(axis=0)
    old_users = (*world.sectors, FINAL)
    spent = np.concatenate(
        [
            books.input_share * books.sales[:, None, :],
            (books.final_share * books.income[:, None])[:, :, None],
        ],
        axis=2,
    )
    making = _making(world, s, members, spent[:, :, s], books.value_added_share[:, s], made)
    # The parent's column becomes one for each part, then its row.
    columns = np.concatenate([spent[:, :, :s], making, spent[:, :, s + 1 :]], axis=2)
    users = (*old_users[:s], *labels, *old_users[s + 1 :])
    bought = _use(world, s, members, labels, users, columns[:, s], (flow * (1 + duty)).sum(axis=1))
    table = np.concatenate([columns[:, :s], bought, columns[:, s + 1 :]], axis=1)
    value_added = _spread(books.value_added_share, s, len(labels))
    sales = np.concatenate([books.sales[:, :s], made, books.sales[:, s + 1 :]], axis=1)
    sold = np.where(sales > 0, sales, 1.0)
    idle = _idle_inputs(books.input_share, s, share)
    input_share = np.where((sales > 0)[:, None, :], table[:, :, :-1] / sold[:, None, :], idle)
    critical = {
        label: part.elasticity
        for label, part in zip(labels, members, strict=True)
        if part.elasticity is not None
    }
    kept = {key: value for key, value in world.critical_inputs.items() if key != sector}
    if sector in world.critical_inputs:
        kept |= dict.fromkeys(labels, world.critical_inputs[sector])
    ratio = world.customs_ratio
    return replace(
        world,
        name=f"{world.name} split",
        sectors=(*world.sectors[:s], *labels, *world.sectors[s + 1 :]),
        services=tuple(label for old in world.services for label in (labels if old == sector else (old,))),
        flows=np.concatenate([world.flows[:, :, :s], flow, world.flows[:, :, s + 1 :]], axis=2),
        duty=np.concatenate([world.duty[:, :, :s], duty, world.duty[:, :, s + 1 :]], axis=2),
        value_added_share=value_added,
        input_share=input_share,
        final_share=table[:, :, -1] / table[:, :, -1].sum(axis=1, keepdims=True),
        elasticities={
            key: np.concatenate([theta[:s], _thetas(theta[s], members), theta[s + 1 :]])
            for key, theta in world.elasticities.items()
        },
        customs_ratio=None if ratio is None else _spread(ratio, s, len(labels)),
        critical_inputs=kept | critical,
        provenance={
            **world.provenance,
            "steps": [*world.provenance.get("steps", []), f"{sector} split into {', '.join(labels)}"],
        },
    )


def split_weights(
    weights: Weights, sector: str, parts: Mapping[str, Part], sectors: Sequence[str]
) -> Weights:
    """HS weights of the split world: the parent's lines go to the part whose codes hold them.

    Args:
        weights: of the world before.
        sector: the parent's label.
        parts: as given to `split_sector`; a line that no part claims goes to the one with the parent's
            label or without codes.
        sectors: labels of the split world.
    """
    s = weights.sectors.index(sector)
    labels = sectors[s : s + len(sectors) - len(weights.sectors) + 1]
    rest = next((n for n, label in enumerate(labels) if label not in parts or not parts[label].hs), None)
    goods = [label for j, label in enumerate(weights.sectors) if j in weights.goods and label != sector]
    goods += labels if s in weights.goods else []
    lines = {}
    for importer, old in weights.lines.items():
        moved = np.where(old.sector > s, old.sector + len(labels) - 1, old.sector)
        claimed = np.full(len(old.codes), s + (0 if rest is None else rest))
        for n, label in enumerate(labels):
            if label in parts and parts[label].hs:
                claimed[holds(old.codes, parts[label].hs)] = s + n
        sector_of = np.where(old.sector == s, claimed, moved)
        lines[importer] = LineSet(
            importer, old.codes, sector_of, old.value_musd, old.year, old.basis, old.proxy
        )
    places = tuple(j for j, label in enumerate(sectors) if label in goods)
    return Weights(weights.economies, tuple(sectors), places, lines)


def _check_names(world: World, parts: Mapping[str, Part]) -> None:
    known = {*world.sectors, *parts, FINAL, OTHERS}
    for label, part in parts.items():
        strangers = [f"user {user}" for user in part.users if user not in known]
        strangers += [f"input {name}" for name in part.inputs if name not in world.sectors]
        if strangers:
            raise LabelMismatch(
                f"{', '.join(strangers)} of part {label}",
                why="the world has no such sector",
                instead=f"of {', '.join(world.sectors)}; final; others",
            )


def holds(codes: Sequence[str], prefixes: Sequence[str]) -> np.ndarray:
    """Which codes begin with one of the prefixes [code]."""
    return np.array([code.startswith(tuple(prefixes)) for code in codes], dtype=bool)


def _shares(
    world: World, sector: str, parts: Mapping[str, Part]
) -> tuple[tuple[str, ...], list[Part], np.ndarray]:
    """Labels, parts and shares [importer, exporter, part], the rest last where there is one to add."""
    n = len(world.economies)
    labels, members = list(parts), list(parts.values())
    shares: list[np.ndarray | None] = []
    for label, part in parts.items():
        if part.share is None:
            shares.append(None)
            continue
        value = np.broadcast_to(np.asarray(part.share, dtype=np.float64), (n, n))
        if not (np.isfinite(value).all() and value.min() >= 0 and value.max() <= 1 + SHARE_TOLERANCE):
            row, column = np.argwhere(~((value >= 0) & (value <= 1 + SHARE_TOLERANCE)))[0]
            raise InvalidWorld(
                f"share {value[row, column]} of {label} in what {world.economies[row]} buys from "
                f"{world.economies[column]}",
                why="a share of a flow lies between 0 and 1",
                instead="shares as fractions, not percent",
            )
        shares.append(value)
    open_ones = [place for place, value in enumerate(shares) if value is None]
    if len(open_ones) > 1:
        raise InvalidWorld(
            f"parts {', '.join(labels[place] for place in open_ones)} without a share",
            why="only one can take what the others leave",
            instead="a share for all but one",
        )
    total = np.sum([value for value in shares if value is not None], axis=0) + np.zeros((n, n))
    left = 1.0 - total
    if left.min() < -SHARE_TOLERANCE:
        row, column = np.unravel_index(int(left.argmin()), left.shape)
        raise InvalidWorld(
            f"shares of {sector} add up to {total[row, column]:.6f} where {world.economies[row]} buys from "
            f"{world.economies[column]}",
            why="the parts of a flow are the flow",
            instead="shares that add up to at most one",
        )
    left = np.maximum(left, 0.0)
    if open_ones:
        shares[open_ones[0]] = left
    elif left.max() > SHARE_TOLERANCE:
        if sector in parts:
            raise InvalidWorld(
                f"shares of {sector} add up to {total.min():.6f}",
                why="no part is left to take the rest",
                instead="shares that add up to one, or one part without a share",
            )
        labels.append(sector)
        members.append(Part())
        shares.append(left)
    stacked = np.stack([value for value in shares if value is not None], axis=2)
    return tuple(labels), members, stacked / stacked.sum(axis=2, keepdims=True)


def _duties(world: World, s: int, members: Sequence[Part], share: np.ndarray) -> np.ndarray:
    """Duties of the parts with the parent's revenue [importer, exporter, part]."""
    n = len(world.economies)
    weight = np.stack([np.broadcast_to(np.asarray(p.duty_weight, float), (n, n)) for p in members], axis=2)
    if not (np.isfinite(weight).all() and weight.min() >= 0):
        raise InvalidWorld("a duty weight that is negative or not finite", why="duties are not", instead="1")
    mean = (weight * share).sum(axis=2)
    parent = world.duty[:, :, s]
    # Where nothing is traded, or only parts without trade bear a duty, all bear the parent's.
    mean = np.where(world.flows[:, :, s] > 0, mean, 0.0)
    relative = np.where(mean[:, :, None] > 0, weight / np.where(mean > 0, mean, 1.0)[:, :, None], 1.0)
    return parent[:, :, None] * relative


def _making(
    world: World,
    s: int,
    members: Sequence[Part],
    spent: np.ndarray,
    value_added_share: np.ndarray,
    made: np.ndarray,
) -> np.ndarray:
    """What each part spends on each input [N, k, part]: the parent's spending, tilted."""
    weight = np.ones((len(world.sectors), len(members)))
    for place, part in enumerate(members):
        for label, value in part.inputs.items():
            weight[world.sectors.index(label), place] = _positive(value, f"input {label}")
    output = made.sum(axis=1)
    share = made / np.where(output > 0, output, 1.0)[:, None]
    start = spent[:, :, None] * share[:, None, :] * weight[None]
    if (weight == 1).all():
        return start
    rows = spent
    columns = rows.sum(axis=1, keepdims=True) * share
    return _scaled(world, start, rows, columns)


def _use(
    world: World,
    s: int,
    members: Sequence[Part],
    labels: Sequence[str],
    users: Sequence[str],
    spent: np.ndarray,
    absorbed: np.ndarray,
) -> np.ndarray:
    """What each user spends on each part [N, part, user].

    Args:
        spent: what each user spends on the parent [N, user].
        absorbed: of each part, with duty [N, part].
    """
    weight = np.ones((len(members), len(users)))
    for place, part in enumerate(members):
        others = _positive(part.users.get(OTHERS, 1.0), "others")
        parent = part.users.get(world.sectors[s], others)
        for column, user in enumerate(users):
            value = part.users.get(user, parent if user in labels else others)
            weight[place, column] = _positive(value, f"user {user}")
    total = absorbed.sum(axis=1)
    share = absorbed / np.where(total > 0, total, 1.0)[:, None]
    # A world whose accounts are off keeps its gap: shares come from the table, spending from the world.
    start = spent[:, None, :] * share[:, :, None] * weight[None]
    table = _scaled(world, start, share * spent.sum(axis=1, keepdims=True), spent)
    return table


def _scaled(world: World, start: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """`start` scaled to its margins in every economy that has any."""
    result = np.zeros_like(start)
    live = np.flatnonzero(rows.sum(axis=1) > 0)
    if not len(live):
        return result
    try:
        result[live] = balance(start[live], rows[live], columns[live], most=20_000).table
    except InvalidWorld:
        for n in live:  # name the economy
            try:
                balance(start[n : n + 1], rows[n : n + 1], columns[n : n + 1], most=20_000)
            except InvalidWorld as failure:
                raise InvalidWorld(
                    f"the parts of {world.economies[n]} find no users or inputs",
                    where=f"world {world.name}",
                    why=failure.why or failure.what,
                    instead="a positive weight for more users (others: 0.1) or a smaller share",
                ) from None
        raise
    return result


def _idle_inputs(input_share: np.ndarray, s: int, share: np.ndarray) -> np.ndarray:
    """Input shares where nothing is made: the parent's, its own row by the mean share of the parts."""
    parts = share.shape[2]
    columns = np.repeat(input_share, [parts if j == s else 1 for j in range(input_share.shape[2])], axis=2)
    mean = share.mean(axis=(0, 1))
    return np.concatenate(
        [columns[:, :s], columns[:, s : s + 1] * mean[None, :, None], columns[:, s + 1 :]], axis=1
    )


def _spread(array: np.ndarray, s: int, parts: int) -> np.ndarray:
    """The parent's value for each part, along the last axis."""
    return np.repeat(array, [parts if j == s else 1 for j in range(array.shape[-1])], axis=-1)


def _thetas(parent: float, members: Sequence[Part]) -> np.ndarray:
    return np.array([parent if part.theta is None else part.theta for part in members])


def _positive(value: float, what: str) -> float:
    if not (np.isfinite(value) and value >= 0):
        raise InvalidWorld(
            f"weight {value} of {what}", why="a weight is zero or more", instead="for example 1"
        )
    return float(value)
