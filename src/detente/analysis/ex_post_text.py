"""The economic track record as Markdown.

    python -m detente.analysis.ex_post_text docs/ex-post.md DATA

makes the page; DATA is the folder of raw data that holds the world of 2017.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

HEAD = """\
<!-- Made by `python -m detente.analysis.ex_post_text docs/ex-post.md DATA`; a test keeps it so. -->
# The duties of 2018-19: what the economy says, and what was measured

The duties of the record on the day named go through the economy; the facts were measured afterwards by
others. Nothing is fitted to them. Misses are shown with the reason. `detente ex-post` prints the same.
"""


def markdown(data: dict[str, Any], level: str = "##") -> str:
    """One world's answer as a section."""
    way = (
        "Its base day lies after the duties, so they are taken off and the effect is read backwards; trade "
        "had already moved away from the goods under duty."
        if data["read_backwards"]
        else "The duties are added to those before the war."
    )
    columns = ["fact", "theirs", "ours, central", *data["variants"][1:], "verdict"]
    rows = [
        [
            f"{row['fact']} ({row['unit']}; duties of {row['duties_on']})",
            row["theirs_words"],
            _number(row["ours"]),
            *(_number(row["variants"].get(name)) for name in data["variants"][1:]),
            row["verdict"] + (" (set by us)" if row["set_by_us"] else ""),
        ]
        for row in data["rows"]
    ]
    reasons = [
        f"- **{row['fact']}**: {row['why']} Source: {row['source']}, <{row['url']}>." for row in data["rows"]
    ]
    failed = [f"- {f['variant']}, duties of {f['duties_on']}: {f['message']}" for f in data["not_solved"]]
    lines = [
        f"{level} World {data['world']}, flows of {data['flow_year']}",
        way,
        "\n".join("| " + " | ".join(line) + " |" for line in [columns, ["---"] * len(columns), *rows]),
        f"{level}# Why they differ",
        "\n".join(reasons),
    ]
    if failed:
        lines += [f"{level}# Not solved", "\n".join(failed)]
    return "\n\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "not solved" if value is None else f"{value + 0.0:.2f}".replace("-0.00", "0.00")


def page(data_dir: Path) -> str:
    """The page: the world of 2017 first, then the shipped one without its reasons again."""
    from detente.analysis.ex_post import ex_post
    from detente.record.files import load_record

    record = load_record("us-china")
    first, second = ex_post(record, data_dir), ex_post(record, None)
    short = markdown(second)
    return HEAD + "\n" + markdown(first) + "\n" + short[: short.index("### Why they differ")].rstrip() + "\n"


def main(target: str, data: str) -> None:
    """Write the page."""
    from detente.core.results import write_together

    write_together({Path(target): page(Path(data))})


if __name__ == "__main__":
    main(*sys.argv[1:3])
