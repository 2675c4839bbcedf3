"""What a reproduction gives back, and where its data lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from detente.core.errors import MissingData


@dataclass
class Computed:
    """Numbers of one case.

    Attributes:
        numbers: (experiment, region, quantity) -> number, None where a solve failed.
        certificates: experiment -> what was proved, as JSON objects.
        notes: experiment -> what a reader must know of it.
    """

    numbers: dict[tuple[str, str, str], float | None] = field(default_factory=dict)
    certificates: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


SHIPPED = Path(__file__).resolve().parent.parent.parent / "cases"


def shipped_file(case: Mapping[str, Any]) -> Path:
    """The data file of a case that the package holds."""
    return SHIPPED / case["data"]["shipped"]


def data_file(case: Mapping[str, Any], data_dir: Path | None, name: str | None = None) -> Path:
    """A data file of a case in the folder of raw data.

    Args:
        case: the case file.
        data_dir: folder of raw data.
        name: a file of the case's folder; None for the one file of the case.

    Raises:
        MissingData: it is not there.
    """
    data = case["data"]
    relative = data["file"] if name is None else f"{data['folder']}/{name}"
    path = None if data_dir is None else data_dir / relative
    if path is None or not path.is_file():
        raise MissingData(
            f"{relative} is not in the data folder",
            where=case["case"],
            why=f"the case needs it; it comes from {data['from']}",
            instead=data["get"],
        )
    return path
