"""The preview that tells what the program declares: of a new stack, on a backend of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from pulumi_trtc.lifecycle.rehearsal import VARIABLE
from pulumi_trtc.rehearse import references
from pulumi_trtc.rehearse.children import Done
from pulumi_trtc.rehearse.declared import Declared, read_preview
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.own_backend import PASSPHRASES, OwnBackend
from pulumi_trtc.rehearse.project import Project
from pulumi_trtc.rehearse.settings_file import rehearsed

_SHOWN_KEYS = 5


@attrs.frozen
class Preview:
    """Previews one stack's program.

    Args:
        tell: Prints a line for people.
        placeholder: Stands for what is secret.
    """

    project: Project
    stack: str
    backend: OwnBackend
    tell: Callable[[str], None]
    placeholder: str
    with_secrets: bool = False

    def declared(self) -> list[Declared]:
        """The recordings that the program declares.

        Raises:
            CannotRehearse: There is no CLI, or the program failed.
        """
        settings, replaced = self._settings()
        self.backend.new_stack(self.project.name, self.stack)
        written = self.backend.scratch / "declared.jsonl"
        copied: set[str] = set()
        while True:
            written.write_text("")
            done = self._run(settings, written)
            missing = references.missing(done.out) - copied
            if not done.status or not missing:
                break
            for stack in sorted(missing):
                self.tell(f"The program reads stack {stack}: its outputs are copied.")
                references.copy(self.backend, stack, self.project.folder)
            copied |= missing
        try:
            return read_preview(done.out or done.err, done.status, written.read_text(), self.placeholder)
        except CannotRehearse as failure:
            raise CannotRehearse(f"{failure}{_hint(replaced)}") from None

    def _run(self, settings: Path, written: Path) -> Done:
        env = {**self.backend.env(), VARIABLE: str(written)}
        if self.with_secrets:
            # The values are encrypted as in the stack's own file.
            own = self.backend.children.environ
            del env[PASSPHRASES[0]]
            env |= {name: own[name] for name in PASSPHRASES if name in own}
        arguments = ("preview", "--json", "--stack", self.stack, "--config-file", str(settings))
        return self.backend.ask(*arguments, cwd=self.project.folder, env=env)

    def _settings(self) -> tuple[Path, Sequence[str]]:
        """The file that configures the preview; and the keys whose values are placeholders."""
        file = self.project.file_of(self.stack)
        if not file.is_file():
            self.tell(f"There is no {file.name}: the stack has no configuration of its own.")
        try:
            text = file.read_text() if file.is_file() else ""
        except (OSError, UnicodeDecodeError):
            raise CannotRehearse(f"{file.name}: cannot be read") from None
        found = rehearsed(text, file.name, self.placeholder, with_secrets=self.with_secrets)
        if found.left_out:
            self.tell(f"{file.name}: the values of its environments are not there.")
        copied = self.backend.scratch / f"Pulumi.{self.stack}.yaml"
        copied.write_text(found.text)
        return copied, found.replaced


def selected_stack(project: Project, backend: OwnBackend) -> str:
    """The stack that is selected; else the only one that has a file.

    Raises:
        CannotRehearse: Nobody can tell.
    """
    told = backend.ask("stack", "--show-name", cwd=project.folder)
    if told.status == 0 and (name := told.out.strip()):
        return stack_name(name)
    names = project.stacks()
    if len(names) == 1:
        return names[0]
    there = f"there are {', '.join(names)}" if names else f"no stack of {project.name} has a file"
    raise CannotRehearse(f"which stack? Say --stack NAME; {there}")


def stack_name(text: str) -> str:
    """A stack's name without organization and project.

    Raises:
        CannotRehearse: It is no name.
    """
    name = text.rpartition("/")[2]
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name):
        raise CannotRehearse(f"{text!r} is no name of a stack")
    return name


def _hint(replaced: Sequence[str]) -> str:
    if not replaced:
        return ""
    names = ", ".join(replaced[:_SHOWN_KEYS]) + ("…" if len(replaced) > _SHOWN_KEYS else "")
    return f"\n  secret values are replaced by a placeholder ({names}); --with-secrets uses them"
