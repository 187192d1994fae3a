"""The stacks of one backend, and what the `pulumi` command tells of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from itertools import islice, pairwise
from typing import Any

import attrs

from tests.support.engine.resources import SECRETS
from tests.support.engine.state import State

_SHOWN = 10


@attrs.define(eq=False)
class Backend:
    """Stacks by their full names.

    Attributes:
        url: As `pulumi whoami` tells it.
        now: The clock.
        secrets: Keys whose values are encrypted in what is shown.
        wrote: Told of each change of a stack.
        selected: The stack that a command without `--stack` means.
        readable: Whether the stacks can be read.
        shows: The stack whose state is shown in place of each one that is asked for.
    """

    url: str
    now: Callable[[], float]
    secrets: Collection[str] = SECRETS
    wrote: Callable[[State], None] = lambda _state: None
    stacks: dict[str, State] = attrs.field(factory=dict)
    selected: str = ""
    readable: bool = True
    shows: str | None = None

    def stack(self, name: str) -> State:
        """A stack, which is made where there is none."""
        if name not in self.stacks:
            self.stacks[name] = State(name, self.now, self.wrote)
            self.selected = self.selected or name
            self.wrote(self.stacks[name])
        return self.stacks[name]

    def rename(self, state: State, name: str) -> None:
        """A stack has another name now."""
        del self.stacks[state.stack]
        self.selected = name if self.selected == state.stack else self.selected
        self.stacks[name], state.stack = state, name

    def answer(self, arguments: Sequence[str]) -> str | None:
        """What a command prints; None if it fails."""
        if arguments[0] == "whoami":
            return json.dumps({"user": "test", "url": self.url})
        options = dict(pairwise(arguments))
        state = self.stacks.get(self.shows or options.get("--stack") or self.selected)
        if not self.readable or state is None:
            return None
        if tuple(arguments[:2]) == ("stack", "export"):
            return json.dumps(state.deployment(self.secrets))
        if tuple(arguments[:2]) == ("stack", "history"):
            size = int(options.get("--page-size", _SHOWN))
            shown: list[dict[str, Any]] = list(islice(state.updates(), size))
            return json.dumps(shown)
        return None
