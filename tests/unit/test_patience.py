"""Patience in a file of aims: read with its reasons, lowered by slack, refused with file and line."""

import pytest

from detente.core.errors import InvalidGame, InvalidRange
from detente.strategy.aims import read_aims

AIMS = """
CHN:
  terms:
    - {aim: real_income, weight: 1, because: what households can buy}
  patience:
    discount_per_quarter: {low: 0.9, central: 0.95, high: 0.98, unit: share, because: a guess, assumed: true}
    slack:
      - {name: property slump, lost_share: {low: 0, central: 0.1, high: 0.2, unit: share, because: fell,
         sources: [{by: NBS}]}}
"""


def read(tmp_path, text):
    path = tmp_path / "aims.yaml"
    path.write_text(text, encoding="utf-8")
    return read_aims(path, ["USA", "CHN"])


def test_slack_takes_from_the_weight_of_the_next_quarter(tmp_path):
    usa, chn = read(tmp_path, AIMS)
    assert usa.patience is None
    assert chn.patience is not None
    assert chn.patience.factor() == pytest.approx(0.95 * 0.9)
    # The least patient end has little weight and much slack.
    assert chn.patience.factor("low") == pytest.approx(0.9 * 0.8)
    assert chn.patience.factor("high") == pytest.approx(0.98)
    assert chn.to_dict()["patience"]["factor_per_quarter"]["central"] == pytest.approx(0.855)


def test_patience_alone_leaves_the_usual_aim(tmp_path):
    text = AIMS.replace(
        "  terms:\n    - {aim: real_income, weight: 1, because: what households can buy}\n", ""
    )
    assert read(tmp_path, text)[1].terms[0].kind == "real_income"


@pytest.mark.parametrize(
    ("old", "new", "error", "line"),
    [
        ("high: 0.98", "high: 1.0", InvalidRange, 6),
        ("discount_per_quarter", "discount", InvalidGame, 5),
        ("high: 0.2,", "high: 1.2,", InvalidRange, 8),
        ("lost_share", "share", InvalidGame, 7),
    ],
)
def test_what_patience_cannot_be(tmp_path, old, new, error, line):
    with pytest.raises(error) as caught:
        read(tmp_path, AIMS.replace(old, new))
    assert caught.value.where.endswith(f"aims.yaml:{line}")
