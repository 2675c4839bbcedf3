"""`--figure FILE.svg`: the picture of an answer, and its numbers beside it as FILE.json; both or neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

FIGURE = click.option(
    "--figure", metavar="FILE.svg", help="Write the picture, and its numbers beside it as FILE.json."
)


def require_figure(given: str | None) -> Path | None:
    """The file, refused before any work is done where it cannot be.

    Raises:
        InvalidOption: not an SVG file's name.
        CannotWrite: it cannot be written.
    """
    if given is None:
        return None
    from detente.core.errors import InvalidOption
    from detente.core.results import require_writable

    path = Path(given).expanduser()
    if path.suffix != ".svg":
        raise InvalidOption(
            given, where="--figure", why="a picture is written as SVG", instead="a name that ends in .svg"
        )
    require_writable(path)
    require_writable(path.with_suffix(".json"))
    return path


def write_figure(
    path: Path, picture: str, name: str, data: Mapping[str, Any], query: Mapping[str, Any]
) -> None:
    """The picture and its twin, whole or not at all."""
    from detente.core.results import envelope, to_json, write_together

    twin = envelope(name, query, data, provenance={"model": data.get("model")})
    write_together({path: picture, path.with_suffix(".json"): to_json(twin) + "\n"})
    click.echo(f"figure: {path} and {path.with_suffix('.json').name}", err=True)


def draw_curves(
    path: Path, sides: Sequence[str], setting: Any, answer: Mapping[str, Any], progress: Any
) -> None:
    """Reaction curves, with the wars of the answer where it is of the same two uniform duties."""
    from detente.analysis.curves import reaction_curves
    from detente.brief.strategy_charts import reaction_picture

    both = "equilibria" in answer["data"]
    data = reaction_curves(sides, setting, progress, only=None if both else sides[0])
    wars = []
    for war in answer["data"].get("equilibria", ()):
        rates = [list(war["sides"][side]["rates_percent"].values()) for side in sides]
        alike = setting.grain == "uniform" and setting.against and set(setting.against) == set(sides)
        if alike and all(len(one) == 1 for one in rates) and war["certified"]:
            wars.append([rates[0][0], rates[1][0]])
    data["wars_percent"] = wars
    write_figure(path, reaction_picture(data, wars), "reaction-curves", data, answer["query"])


def draw_ladder(
    path: Path, sides: Sequence[str], setting: Any, answer: Mapping[str, Any], progress: Any
) -> None:
    """The ladder of retaliation of two sides."""
    from detente.analysis.curves import escalation_ladder
    from detente.brief.strategy_charts import ladder_picture

    data = escalation_ladder(sides, setting, progress)
    write_figure(path, ladder_picture(data), "escalation-ladder", data, answer["query"])
