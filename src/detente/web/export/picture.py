"""A picture of the page as an SVG file of its own: colours and outlines inside it, on white."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup

from detente.brief import maps
from detente.web.pages import ASSETS, BRIEF_ASSETS

CHARTED = re.compile(
    r"\.(?:chart|p[12]-(?:fill|band|line|text)|land|loss|gain|still|rest|unsure|hatch|truce|dashed|whisker)"
)
FONTS = "Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"


@cache
def chart_style() -> str:
    """The rules of the stylesheets that pictures use, in the colours of light paper."""
    text = (BRIEF_ASSETS / "style.css").read_text("utf-8") + (ASSETS / "web.css").read_text("utf-8")
    light = re.search(r":root\{(.*?)\}", text, flags=re.S)
    assert light is not None
    colours = dict(re.findall(r"--([\w-]+):([^;]+)", light[1]))
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    rules = []
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain):
        kept = [s.strip() for s in selectors.split(",") if CHARTED.match(s.strip())]
        if kept:
            rules.append(f"{','.join(kept)}{{{body}}}")
    styled = re.sub(r"var\(--([\w-]+)\)", lambda m: colours.get(m[1], "currentColor"), "".join(rules))
    return re.sub(r"font:([\d.]+px) [^;}]+", lambda m: f"font:{m[1]} {FONTS}", styled)


def standalone(picture: Markup, scale: float = 1.0) -> bytes:
    """The SVG as a file: what the page's stylesheet and outlines give it is put inside."""
    text = str(picture)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)
    assert box is not None
    width, height = float(box[1]) * scale, float(box[2]) * scale
    outlines = ""
    if 'href="#o' in text:
        inside = re.search(r"<defs>.*</defs>", str(maps.shapes()), flags=re.S)
        outlines = inside[0] if inside else ""
    paper = f'<rect width="{box[1]}" height="{box[2]}" fill="#fff"/>'
    style = f"<style>{chart_style()}</style>"
    head, rest = text.split(">", 1)
    sized = f'{head} width="{width:g}" height="{height:g}">'
    return f"{sized}{style}{outlines}{paper}{rest}".encode()
