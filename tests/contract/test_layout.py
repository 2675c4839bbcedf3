"""House rules that a machine can check."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "detente"
MODULES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_modules_stay_short_and_documented(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 500
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or not text.strip()
    public = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and not _inner(tree, node)
    ]
    assert not public, f"no docstring: {public}"


def _inner(tree: ast.Module, wanted: ast.AST) -> bool:
    """Whether a definition stands inside a function."""
    return any(
        wanted in ast.walk(node) and node is not wanted
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_the_shipped_package_is_small():
    shipped = [
        p for p in SOURCE.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".index"
    ]
    assert sum(p.stat().st_size for p in shipped) < 20e6
    world = SOURCE / "worlds" / "icio2022"
    assert sum(p.stat().st_size for p in world.rglob("*") if p.is_file()) < 5e6


def test_a_solve_never_loads_jax():
    """JAX takes over a second to load: only gradients and batches on an accelerator ask for it."""
    code = (
        "import sys, detente.economy.solve, detente.economy.replicate, detente.brief, detente.cli.economy;"
        "sys.exit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
