"""Models by name."""

from __future__ import annotations

from detente.core.errors import UnknownName
from detente.economy.models.base import Model
from detente.economy.models.final_goods import ARMINGTON, KRUGMAN
from detente.economy.models.input_output import INPUT_OUTPUT, SPECIFIC_FACTORS
from detente.economy.models.labour_supply import LABOUR_SUPPLY
from detente.economy.models.structural_gravity import STRUCTURAL_GRAVITY

MODELS: dict[str, Model] = {
    "input-output": INPUT_OUTPUT,
    "specific-factors": SPECIFIC_FACTORS,
    **{model.name: model for model in (ARMINGTON, KRUGMAN, LABOUR_SUPPLY, STRUCTURAL_GRAVITY)},
}


def model_named(model: Model | str) -> Model:
    """The model itself, or the one of this name.

    Raises:
        UnknownName: no model carries the name.
    """
    if not isinstance(model, str):
        return model
    if model not in MODELS:
        raise UnknownName(f"model {model!r}", why="no such model", instead=f"one of {', '.join(MODELS)}")
    return MODELS[model]
