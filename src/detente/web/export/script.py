"""A scenario as a Python script that gives the same numbers."""

from __future__ import annotations

import pprint
from collections.abc import Sequence
from typing import Any

from detente.web.export.tables import Named

HEAD = '''"""Scenarios of the workbench, made again with the Python package.

{about}
"""

from datetime import date

from detente.analysis.what_if_day import Question, what_if_on_day
from detente.record.asof import AsOf{assume_import}
from detente.record.files import load_record

'''

ONE = """\
question = Question(
{question}
)
changes = {changes}
answer = what_if_on_day(question, changes)
found = answer["data"]["against_day"]["economies"]
print({name!r}, {{label: found[label]["real_income_percent"] for label in question.parties}})
"""


def script(answers: Sequence[Named], folders: dict[str, Any]) -> bytes:
    """The script.

    Args:
        answers: scenarios and answers.
        folders: disputes that are folders of the user's own, which the script names as such.
    """
    first = answers[0][1]
    query = first["query"]
    about = f"Record {first['provenance']['record_hash']}, world {first['provenance']['world_hash']}."
    assume = query.get("assume")
    parts = [HEAD.format(about=about, assume_import=", Assume" if assume else "")]
    if query["dispute"] is not None:
        name = str(folders.get(query["dispute"], query["dispute"]))
        parts.append(f"record = load_record({name!r})\n")
        parts.append(f"asof = AsOf({_days(query)})\n")
    for name, answer in answers:
        asked = answer["query"]
        fields = ["    record=record,", "    asof=asof,"] if asked["dispute"] else []
        for key in ("start", "model", "closure", "revenue_use", "elasticities", "theta_scale"):
            fields.append(f"    {key}={asked[key]!r},")
        fields.append(f"    world_name={asked['world']!r},")
        changes = pprint.pformat(asked["changes"], sort_dicts=False, width=100)
        parts.append("\n" + ONE.format(question="\n".join(fields), changes=changes, name=name))
    return "".join(parts).encode()


def _days(query: dict[str, Any]) -> str:
    def day(text: str) -> str:
        year, month, number = (int(part) for part in text.split("-"))
        return f"date({year}, {month}, {number})"

    words = f"on={day(query['on'])}"
    if query["known_by"]:
        words += f", known_by={day(query['known_by'])}"
    if query["assume"]:
        words += f", assume=Assume({query['assume']!r})"
    return words
