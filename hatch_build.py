"""Build hook: makes the index of the shipped disputes, so that an installed record answers at once."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RecordIndex(BuildHookInterface):
    """Reads and checks every shipped dispute; a record that does not validate stops the build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the index and take it into the wheel."""
        source = Path(self.root) / "src"
        sys.path.insert(0, str(source))
        from detente.record.files import write_shipped_index

        index = write_shipped_index()
        build_data["artifacts"].append(str(index.relative_to(self.root)))
