"""The stacks of a backend for other processes: files, and a `pulumi` command that shows them."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from tests.support.engine.backend import Backend
from tests.support.engine.resources import stamp
from tests.support.engine.state import State

_UPDATES = 20
# Takes `stack export …`, `stack history …` and `whoami …`, as the provider calls them.
_CLI = """#!/bin/sh
what="$1 $2"
stack=$(cat '{folder}/selected')
while [ $# -gt 0 ]; do
    [ "$1" = --stack ] && stack="$2"
    shift
done
[ -e '{folder}/shows' ] && stack=$(cat '{folder}/shows')
case "$what" in
"whoami --json") echo '{{"user": "test", "url": "{url}"}}'; exit ;;
"stack export") file=export.json ;;
"stack history") file=history.json ;;
*) exit 2 ;;
esac
[ -e '{folder}/unreadable' ] && exit 1
exec cat "{folder}/$stack/$file"
"""


class Disk:
    """A backend on disk, after each change.

    Attributes:
        commands: The folder with the command, for PATH.
    """

    def __init__(self, folder: Path, backend: Backend) -> None:
        self._folder = folder
        self._backend = backend
        self.commands = folder / "bin"
        self.commands.mkdir(parents=True)
        command = self.commands / "pulumi"
        command.write_text(_CLI.format(folder=folder, url=backend.url))
        command.chmod(0o755)
        backend.wrote = self.write
        for state in backend.stacks.values():
            state.wrote = self.write
            self.write(state)

    def look(self) -> None:
        """Take over what the backend is to show: called before each command."""
        for mark, value in (
            ("selected", self._backend.selected),
            ("shows", self._backend.shows),
            ("unreadable", None if self._backend.readable else "yes"),
        ):
            path = self._folder / mark
            if value is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(value)

    def write(self, state: State) -> None:
        """Put what the CLI would show of a stack on disk."""
        shown = state.deployment(self._backend.secrets)
        shown["deployment"]["manifest"]["time"] = stamp(state.written).replace("Z", "123456Z")
        self._put(state, "export.json", shown)
        self._put(state, "history.json", list(islice(state.updates(), _UPDATES)))

    def _put(self, state: State, name: str, content: Any) -> None:
        folder = self._folder / state.stack
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"{name}.new"
        fresh.write_text(json.dumps(content))
        fresh.replace(folder / name)
