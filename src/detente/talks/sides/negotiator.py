"""A negotiator: small parts put together. A part looks at a view and answers one question; it has no memory.

concede   what share of its best gain does it ask for today
accept    does it take the package on the table
offer     which package does it put on the table
contact   whom does it ask for a meeting, how does it answer
leave     does it break talks off
clocks    does it extend what runs out
press     what does it threaten, carry out, answer or raise
signal    what does it say in public
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from detente.talks.game import Package
from detente.talks.moves import Move, MoveKind
from detente.talks.rules import may_sign, refusal
from detente.talks.sides.view import View

Concede = Callable[[View], float]
Accept = Callable[[View, Package, float], bool]
Choose = Callable[[View, float], Package | None]
Part = Callable[[View], list[Move]]


@dataclass(frozen=True)
class Negotiator:
    """A side's way to negotiate.

    Attributes:
        name: what it is called on the command line.
        title: what it does, in a line.
        concede, accept, offer, leave, contact, clocks, press, signal: its parts.
    """

    name: str
    title: str
    concede: Concede
    accept: Accept
    offer: Choose
    leave: Callable[[View], bool]
    contact: Part
    clocks: Part
    press: Part
    signal: Part

    def moves(self, view: View) -> list[Move]:
        """What it does on a day outside a meeting."""
        moves = [*self.contact(view), *self.clocks(view), *self.press(view), *self.signal(view)]
        return [self._with_word(view, m) if m.kind is MoveKind.EMISSARY else m for m in moves]

    def _with_word(self, view: View, move: Move) -> Move:
        """An envoy carries the offer that it would make at the table, where it has none there."""
        if not view.game.channels[move.what].deniable or view.side in view.state.offers:
            return move
        wanted = self.offer(view, self.concede(view))
        if wanted is None or wanted.kind == "extension":
            return move
        carried = replace(move, package=wanted.key)
        return move if refusal(view.game, view.state, carried) else carried

    def at_the_table(self, view: View) -> Move | None:
        """What it does when it has the word in a meeting: leave, accept, offer, or nothing new."""
        if self.leave(view):
            return Move(MoveKind.WALK_OUT, view.side)
        asked = self.concede(view)
        offer = view.state.offers.get(view.other)
        if view.state.agreed:
            return self._close(view, offer.package if offer else "")
        if offer is not None:
            package = view.game.package(offer.package)
            open_ = view.side not in package.crosses and not view.state.settled & package.options.keys()
            if open_ and self.accept(view, package, asked):
                return Move(MoveKind.ACCEPT, view.side)
        wanted = self.offer(view, asked)
        standing = view.state.offers.get(view.side)
        repeats = standing is not None and (wanted is None or standing.package == wanted.key)
        if wanted is None or repeats:
            # With nothing new to say and a clock near, time is what is left to agree on.
            wanted = view.extension if view.clock_presses else None
        if wanted is None or (standing is not None and standing.package == wanted.key):
            return None
        return Move(MoveKind.OFFER, view.side, wanted.key)

    def _close(self, view: View, offered: str) -> Move | None:
        """What ministers agreed goes before those who may sign."""
        session = view.session
        agreed = view.game.package(view.state.agreed)
        if session is None or not may_sign(view.game, view.state, session, agreed):
            return None
        if offered == agreed.key:
            return Move(MoveKind.ACCEPT, view.side)
        return None if view.side in view.state.offers else Move(MoveKind.OFFER, view.side, agreed.key)
