"""Worlds that cannot be: one clear error each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente.core.errors import InvalidWorld
from detente.economy.identities import accounts
from detente.economy.synthetic import synthetic_world


@pytest.mark.parametrize(
    ("critical", "word"),
    [({"nowhere": 0.5}, "nowhere"), ({"S01": -0.1}, "zero or more"), ({"S01": float("nan")}, "nan")],
)
def test_critical_inputs_are_sectors_with_an_elasticity(critical, word):
    world = replace(synthetic_world(4, 3), critical_inputs=critical)
    with pytest.raises(InvalidWorld, match=word):
        accounts(world)
