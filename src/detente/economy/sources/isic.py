"""ISIC Revision 4 codes as input-output tables write them, and the sector of `icio2022` they fall in.

"C10T12" (OECD), "C10-C12" (WIOD), "A01_02" and "H49" all begin with a section and a division; the division
decides. Codes that are not of this kind have no sector here, and the reader of a table says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from detente.economy.sources.labels import SECTORS, SERVICES

_CODE = re.compile(r"^([A-U])(?:[_-]?(\d{1,2}))?")
_SERVICE_SECTIONS = frozenset("DEFGHIJKLMNOPQRSTU")
_FIRST_DIVISIONS = {"A": 1, "B": 5, "C": 10}
_BY_DIVISION = {
    division: label
    for label in SECTORS
    if label != SERVICES
    for first, last in [[int(number) for number in (re.findall(r"\d{2}", label) * 2)[:2]]]
    for division in range(first, max(first, last) + 1)
}


def shipped_sector(code: str) -> str | None:
    """The sector of `icio2022` that a code falls in; None where the code is not ISIC.

    A code of several divisions goes where its first one goes.
    """
    match = _CODE.match(code)
    if not match:
        return None
    section, digits = match.group(1), match.group(2)
    if section in _SERVICE_SECTIONS:
        return SERVICES if digits is None or int(digits) >= 35 else None
    division = int(digits[:2]) if digits else _FIRST_DIVISIONS[section]
    return _BY_DIVISION.get(division)


def services_among(sectors: Sequence[str]) -> tuple[str, ...]:
    """The labels that are services, utilities or construction by their ISIC section."""
    return tuple(code for code in sectors if shipped_sector(code) == SERVICES)


def theta_from(shipped: Mapping[str, float], sectors: Sequence[str]) -> np.ndarray | None:
    """Theta of each sector from those of `icio2022` [J]; None where a code is not ISIC."""
    found = [shipped_sector(code) for code in sectors]
    known = [label for label in found if label is not None]
    if len(known) < len(found):
        return None
    return np.array([shipped[label] for label in known])
