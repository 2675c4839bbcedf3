"""Labelled passages: the format, its errors, and that the shipped ones keep to it."""

from pathlib import Path

import pytest

from detente.core.errors import InvalidGold
from detente.reading.fitting import examples_of
from detente.reading.labelled import read_labelled

PASSAGE = """# wire norway-uk 2023-03-09
measure/planned\tOslo will charge 18% on British haddock from 1 April, the ministry said.
accusation/done position/opinion?\t"They flooded the quay," the minister told reporters.

claim/done|agreement/agreed\tLondon had agreed to a ceiling, she said.
-\tFish is sold at auction there.
# opinion none -
-\tNothing is told here.
"""


def _folder(tmp_path: Path, text: str) -> Path:
    (tmp_path / "w.txt").write_text(text, "utf-8")
    return tmp_path


def test_passages_become_texts_with_acts_on_their_sentences(tmp_path: Path) -> None:
    first, second = read_labelled(_folder(tmp_path, PASSAGE))
    assert (first.id, first.style, first.dispute, str(first.published)) == (
        "w-1",
        "wire",
        "norway-uk",
        "2023-03-09",
    )
    assert first.text.count("\n\n") == 1
    told = [(act.act, act.modality, act.optional, first.text[slice(*act.spans[0])][:6]) for act in first.acts]
    assert told == [
        ("measure", "planned", False, "Oslo w"),
        ("accusation", "done", False, '"They '),
        ("position", "opinion", True, '"They '),
        ("claim", "done", False, "London"),
    ]
    assert first.acts[3].acts == {"claim", "agreement"}
    assert second.acts == ()
    assert second.published is None


@pytest.mark.parametrize(
    "text",
    [
        "- no head\n",
        "# wire a-b 2023-03-09\n-no tab\n",
        "# wire a-b\n-\tWords.\n",
        "# wire a-b 2023-03-09\nmeasure\tWords.\n",
        "# wire a-b 2023-03-09\nboast/done\tWords.\n",
        "# wire a-b 2023-03-09\nclaim/likely\tWords.\n",
    ],
)
def test_a_line_that_breaks_the_format_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidGold, match=r"labels") as error:
        read_labelled(_folder(tmp_path, text))
    assert error.value.where.startswith("w.txt:")


def test_shipped_passages_keep_to_the_format_and_their_labels_reach_sentences() -> None:
    items = read_labelled()
    assert items
    given = sum(len(item.acts) for item in items)
    reached = sum(len(e.told) + len(e.optional) for e in examples_of(items))
    assert reached > 0.95 * given
