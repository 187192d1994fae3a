"""The Pulumi project in whose folder a rehearsal runs, and the files that configure its stacks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import attrs
import yaml

from pulumi_trtc.rehearse.failure import CannotRehearse

_SUFFIXES = (".yaml", ".yml", ".json")


@attrs.frozen
class Project:
    """A folder with a Pulumi.yaml.

    Attributes:
        settings: Where the stacks' files are.
        suffix: Of these files.
    """

    folder: Path
    name: str
    settings: Path
    suffix: str

    @classmethod
    def around(cls, folder: Path) -> Project:
        """The project that the CLI finds from a folder: there, or above.

        Raises:
            CannotRehearse: There is none, or its file is no project.
        """
        for place in (folder, *folder.parents):
            for suffix in _SUFFIXES:
                if (file := place / f"Pulumi{suffix}").is_file():
                    return cls._read(file)
        raise CannotRehearse("there is no Pulumi.yaml here or above; run this in the project's folder")

    @classmethod
    def _read(cls, file: Path) -> Project:
        try:
            found = yaml.safe_load(file.read_text())
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            found = None
        if not isinstance(found, dict) or not isinstance(found.get("name"), str):
            raise CannotRehearse(f"{file.name}: is no Pulumi project")
        settings = file.parent / str(found.get("stackConfigDir") or "")
        return cls(file.parent, found["name"], settings, file.suffix)

    def file_of(self, stack: str) -> Path:
        """The file that configures a stack; it need not be there."""
        return self.settings / f"Pulumi.{stack}{self.suffix}"

    def stacks(self) -> Sequence[str]:
        """The stacks that have such a file."""
        names = (path.name for path in self.settings.glob(f"Pulumi.*{self.suffix}") if path.is_file())
        return sorted(name.removeprefix("Pulumi.").removesuffix(self.suffix) for name in names)
