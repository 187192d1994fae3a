"""A backend of files that lasts as long as the rehearsal: the real one is not asked to keep anything."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs

from pulumi_trtc.rehearse.children import Children, Done
from pulumi_trtc.rehearse.failure import CannotRehearse

PASSPHRASES = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
_PULUMI = ("pulumi", "--non-interactive", "--color", "never")
_LONGEST_TEXT = 300


@attrs.frozen
class OwnBackend:
    """The CLI, and a backend for it.

    Args:
        scratch: A folder that only this user can read.
        passphrase: Protects what is kept there, which is no secret.
    """

    scratch: Path
    children: Children
    passphrase: str
    _numbers: Iterator[int] = attrs.field(factory=itertools.count, init=False)

    def new_stack(self, project: str, stack: str) -> Path:
        """Create a stack; returns a folder with a project of its name.

        Raises:
            CannotRehearse: The CLI failed.
        """
        folder = self.scratch / f"project{next(self._numbers)}"
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": project, "runtime": "python"}))
        # Not selected: which stack is, the CLI keeps in the user's home.
        self.run("stack", "init", stack, "--no-select", cwd=folder)
        return folder

    def run(self, *arguments: str, cwd: Path) -> None:
        """Run the CLI on it.

        Raises:
            CannotRehearse: It failed.
        """
        done = self.ask(*arguments, cwd=cwd, env=self.env())
        if done.status:
            raise CannotRehearse(f"`pulumi {' '.join(arguments[:2])}` failed: {said(done)}")

    def ask(self, *arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
        """Run the CLI, on the user's backend where no other environment is given.

        Raises:
            CannotRehearse: There is none.
        """
        return self.children.run((*_PULUMI, *arguments), cwd=cwd, env=env)

    def env(self) -> dict[str, str]:
        """The environment that leads to it."""
        kept = {name: value for name, value in self.children.environ.items() if name not in PASSPHRASES}
        return kept | {
            "PULUMI_BACKEND_URL": f"file://{self.scratch}",
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }


def said(done: Done) -> str:
    """What the CLI said of its failure, in a line."""
    text = " ".join((done.err or done.out).split()).removeprefix("error: ")
    return text[:_LONGEST_TEXT] or f"exit status {done.status}"
