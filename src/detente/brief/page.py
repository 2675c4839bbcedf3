"""The page: one self-contained HTML file from the brief's JSON."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from detente.brief import charts, choose, formats, leverage, maps, outlook_charts
from detente.brief.figures import Figures, resolve
from detente.core.places import name_of


def render(brief: dict[str, Any]) -> str:
    """The brief as one HTML file: no script, nothing loaded from elsewhere.

    Args:
        brief: the object that `detente brief --json` prints.
    """
    figures = Figures(brief)
    environment = environment_of(figures)
    page = environment.get_template("page.html.j2")
    data = brief["data"]
    return page.render(
        brief=brief,
        data=data,
        query=brief["query"],
        provenance=brief["provenance"],
        parties=data["parties"],
        style=Markup((files("detente.brief") / "assets" / "style.css").read_text(encoding="utf-8")),
        names=data["method"]["sector_names"],
        domain=charts.income_domain(data["costs"], data["parties"]),
        entry_list=lambda: choose.entry_list(data, figures.numbers),
    )


def templates_of(package: str) -> Environment:
    """The templates of a package, with one way to write days, words and names."""
    environment = Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        day=formats.day,
        moment=formats.moment,
        prose=formats.prose,
        words=formats.plain_words,
        sentence=formats.sentence,
        name=name_of,
    )
    return environment


def environment_of(figures: Figures) -> Environment:
    """The templates of a brief over one object."""
    environment = templates_of("detente.brief")
    environment.filters.update(chain=choose.chain_words)
    environment.globals.update(
        n=figures.number,
        span=figures.span,
        unknown=figures.unknown,
        refs=figures.refs,
        at=lambda pointer: resolve(figures.brief, pointer),
        choose=choose,
        charts=charts,
        outlook_charts=outlook_charts,
        leverage=leverage,
        maps=maps,
        DRIVERS=formats.DRIVERS,
        BRANCHES=formats.BRANCHES,
        FORECASTERS=formats.FORECASTERS,
    )
    return environment
