"""What each kind of long question takes: checked when it is asked, and read again where it is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from detente.analysis.bargains import OUTSIDE
from detente.core.errors import InvalidOption
from detente.economy.models.registry import MODELS
from detente.strategy.bargain import RULES
from detente.strategy.choice import GRAINS
from detente.web.disputes import require_world

SECONDS = 600.0
"""After which a game gives the best it has."""
MOST_RUNS = 20_000
MOST_DAYS = 3650


def _one_of(names: Sequence[str]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"it is one of {', '.join(names)}")
        return name

    return AfterValidator(check)


Word = Annotated[str, Field(min_length=1, max_length=200)]
Labels = Annotated[list[Word], Field(min_length=1, max_length=100)]
Day = Annotated[str, Field(max_length=40)]
World = Annotated[str, AfterValidator(require_world)]
Rule = Annotated[str, _one_of(RULES)]
Branch = Literal["lapsed", "extended", ""]


class Asked(BaseModel):
    """Base: unknown fields are errors, whole numbers and words are not guessed from each other."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Game(Asked):
    """Sides and what their game is played on; what is left out is as the command has it."""

    sides: Labels
    world: World = "icio2022"
    time_limit_seconds: Annotated[float, Field(gt=0, le=SECONDS)] = SECONDS
    model: Annotated[str, _one_of(tuple(MODELS))] | None = None
    closure: Word | None = None
    revenue_use: Literal["rebated", "government"] | None = None
    elasticities: Word | None = None
    theta_scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    grain: Annotated[str, _one_of(GRAINS)] | None = None
    export_taxes: bool | None = None
    against: Labels | None = None
    sectors: Labels | None = None


class Nash(Game):
    """A trade war: starts of the search, and further checks of what it found."""

    starts: Annotated[int, Field(ge=1, le=20)] = 3
    checks: Annotated[int, Field(ge=1, le=200)] = 20


class Optimal(Game):
    """One side's best response."""

    sides: Annotated[list[Word], Field(min_length=1, max_length=1)]


class Curves(Game):
    """Best replies of two sides."""

    sides: Annotated[list[Word], Field(min_length=2, max_length=2)]


class Bargain(Game):
    """A deal in duties."""

    rule: Rule = "egalitarian"
    outside: Literal["status-quo", "war"] = "status-quo"
    frontier: Annotated[int, Field(ge=0, le=21)] = 0


class OnRecord(Asked):
    """A dispute and its day; without them the first dispute and the last day it was checked to."""

    dispute: Word | None = None
    on: Day | None = None


class Leverage(OnRecord):
    """What each side holds over the other."""

    known_by: Day | None = None
    assume: Branch | None = None


class TermSheet(Leverage):
    """A package both sides would sign; an offer is issue -> option."""

    rule: Rule = "egalitarian"
    outside: Annotated[str, _one_of(OUTSIDE)] = "status-quo"
    offer: dict[Word, Word] | None = None


class Played(Leverage):
    """Plays of talks, one of them told."""

    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 200
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 180
    seed: Annotated[int, Field(ge=0)] = 0
    run: Annotated[int, Field(ge=0)] = 0


class Outlook(OnRecord):
    """Odds; `assume` is a branch or NAME=VALUE."""

    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 2000
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 180
    assume: Annotated[str, Field(max_length=200)] | None = None


QUESTIONS: Mapping[str, type[Asked]] = {
    "nash": Nash,
    "optimal": Optimal,
    "bargain": Bargain,
    "curves": Curves,
    "leverage": Leverage,
    "term-sheet": TermSheet,
    "talks": Played,
    "outlook": Outlook,
}
"""Kind of a job -> what it takes."""

Of = TypeVar("Of", bound=Asked)


def checked(form: type[Of], given: Mapping[str, Any]) -> Of:
    """A question in its form.

    Raises:
        InvalidOption: the first field that is not of it; `where` is its path.
        UnknownName: no such world.
    """
    try:
        return form.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, ("question", *first["loc"])))
        shown = repr(first["input"])[:80]
        raise InvalidOption(
            where if first["type"] == "missing" else f"{where}: {shown}",
            where=where,
            why=first["msg"].removeprefix("Value error, "),
            instead=f"the fields of this kind: {', '.join(form.model_fields)}",
        ) from None
