"""Equilibrium models: named unknown blocks and a residual over an array namespace passed in."""

from detente.economy.levers import Levers
from detente.economy.models.base import Block, Model
from detente.economy.models.final_goods import ARMINGTON, KRUGMAN, FinalGoods
from detente.economy.models.input_output import INPUT_OUTPUT, SPECIFIC_FACTORS, InputOutput
from detente.economy.models.labour_supply import LABOUR_SUPPLY, LabourSupply
from detente.economy.models.registry import MODELS, model_named
from detente.economy.models.structural_gravity import STRUCTURAL_GRAVITY, StructuralGravity

__all__ = [
    "ARMINGTON",
    "INPUT_OUTPUT",
    "KRUGMAN",
    "LABOUR_SUPPLY",
    "MODELS",
    "SPECIFIC_FACTORS",
    "STRUCTURAL_GRAVITY",
    "Block",
    "FinalGoods",
    "InputOutput",
    "LabourSupply",
    "Levers",
    "Model",
    "StructuralGravity",
    "model_named",
]
