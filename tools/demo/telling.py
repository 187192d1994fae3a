"""What the demo prints."""

from __future__ import annotations

import attrs


class DemoError(Exception):
    """A step did not do what it should; the text says which and how."""


@attrs.define
class Teller:
    """Numbers the steps and keeps all text of commands, to search it for secrets at the end."""

    steps: int
    _step: int = 0
    heard: list[str] = attrs.field(factory=list)

    def step(self, title: str) -> None:
        """The next step begins."""
        self._step += 1
        print(f"\n[{self._step}/{self.steps}] {title}", flush=True)

    def say(self, text: str) -> None:
        """One line within a step."""
        print(f"      {text}", flush=True)

    def hear(self, line: str) -> None:
        """One line of a command's output."""
        self.heard.append(line)
        # The CLI's sign of life, one for each second.
        if line.strip() and not line.startswith("@ "):
            print(f"      | {line}", flush=True)


def expect(is_so: bool, otherwise: str) -> None:
    """Hold that a step did what it should."""
    if not is_so:
        raise DemoError(otherwise)
