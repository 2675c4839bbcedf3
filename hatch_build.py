"""Build hook: makes the index of each shipped dispute, so that an installed record answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RecordIndex(BuildHookInterface):
    """Reads and checks every shipped dispute; a record that does not validate stops the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the indexes and take them into the wheel."""
        source = Path(self.root) / "src"
        sys.path.insert(0, str(source))
        from detente.record.files import SHIPPED, shipped_disputes, write_index

        for name in shipped_disputes():
            index = write_index(SHIPPED / name)
            build_data["artifacts"].append(str(index.relative_to(self.root)))
