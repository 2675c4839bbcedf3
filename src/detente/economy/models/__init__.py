"""Equilibrium models: named unknown blocks and a residual over an array namespace passed in."""

from detente.economy.models.base import Block, Levers, Model
from detente.economy.models.input_output import INPUT_OUTPUT, InputOutput
from detente.economy.models.labour_supply import LABOUR_SUPPLY, LabourSupply
from detente.economy.models.registry import model_named

__all__ = [
    "INPUT_OUTPUT",
    "LABOUR_SUPPLY",
    "Block",
    "InputOutput",
    "LabourSupply",
    "Levers",
    "Model",
    "model_named",
]
