"""Equilibrium models: named unknown blocks and a residual over an array namespace passed in."""

from detente.economy.models.base import Block, Levers, Model
from detente.economy.models.input_output import INPUT_OUTPUT, InputOutput
from detente.economy.models.registry import model_named

__all__ = ["INPUT_OUTPUT", "Block", "InputOutput", "Levers", "Model", "model_named"]
