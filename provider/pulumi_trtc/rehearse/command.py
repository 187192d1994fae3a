"""`pulumi-trtc rehearse`: look at what a stack would record, before anything is recorded for real."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import click

from pulumi_trtc.clock import SystemClock
from pulumi_trtc.rehearse import sheet
from pulumi_trtc.rehearse.children import Children
from pulumi_trtc.rehearse.declared import Declared
from pulumi_trtc.rehearse.emulator import emulator
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.interrupts import Interrupts
from pulumi_trtc.rehearse.output import SHEET, Output, stems
from pulumi_trtc.rehearse.own_backend import OwnBackend
from pulumi_trtc.rehearse.preview import Preview, selected_stack, stack_name
from pulumi_trtc.rehearse.project import Project
from pulumi_trtc.rehearse.take import Outcome, Result, Takes

MOST = 200
"""More are not recorded: an application has as many at once."""

_SPARE_S = 4.0
"""What a page takes beside its recording, about."""


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    short_help="Record each page of the stack for some seconds, on this machine.",
)
@click.option("--stack", metavar="NAME", help="Whose configuration is used; the selected one by default.")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 600),
    default=10,
    show_default=True,
    help="How long each is recorded.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("rehearsal"),
    show_default=True,
    help="A folder of its own for the pictures and videos; an earlier rehearsal's are replaced.",
)
@click.option(
    "--at-once",
    type=click.IntRange(1, 16),
    default=2,
    show_default=True,
    help="How many are recorded at a time; two cores do one or two well.",
)
@click.option(
    "--with-secrets",
    is_flag=True,
    help="Use the secret values of the configuration; else each is replaced by a placeholder.",
)
def rehearse(stack: str | None, seconds: float, output: Path, at_once: int, with_secrets: bool) -> int:
    """Records each page of the stack for some seconds, and leaves a contact sheet and a video of each.

    Run it in the project's folder. The program is only previewed, on a backend of its own; the pages are
    recorded by the emulator, on this machine. Neither the stack nor the service is touched.

    \b
    Exit status:
      0  each page was recorded
      1  one could not be loaded
      2  nothing can be rehearsed
    """
    interrupts = Interrupts()
    try:
        with interrupts.installed(), _scratch(interrupts) as scratch:
            job = _Job(scratch, Children(interrupts, dict(os.environ)), seconds, at_once)
            return job.run(stack, output, with_secrets)
    except CannotRehearse as failure:
        click.echo(f"error: {failure}", err=True)
        return 2
    except KeyboardInterrupt:
        click.echo("error: interrupted; all that was started is ended", err=True)
        return 130


@contextlib.contextmanager
def _scratch(interrupts: Interrupts) -> Iterator[Path]:
    """A folder for this user alone, which is gone in the end."""
    folder = tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True)
    try:
        yield Path(folder.name).resolve()
    finally:
        with interrupts.held():
            folder.cleanup()


@attrs.frozen
class _Job:
    scratch: Path
    children: Children
    seconds: float
    at_once: int

    def run(self, stack: str | None, output: Path, with_secrets: bool) -> int:
        declared, name = self._declared(stack, with_secrets)
        if not declared:
            click.echo("The program declares no recordings.")
            return 0
        most = declared[:MOST]
        if len(declared) > MOST:
            click.echo(f"Only the first {MOST} of {len(declared)} recordings are rehearsed.")
        if all(one.why_not for one in most):
            reasons = "\n  ".join(f"{one.name}: {one.why_not}" for one in most[:10])
            raise CannotRehearse(f"no recording can be rehearsed:\n  {reasons}")
        folder = Output.prepare(output)
        outcomes = self._record(most, name, folder)
        return _summary(outcomes, len(declared), folder)

    def _declared(self, stack: str | None, with_secrets: bool) -> tuple[list[Declared], str]:
        project = Project.around(Path.cwd())
        placeholder = f"7{secrets.randbelow(10**11):011}"  # digits: a program may want a number
        backend = OwnBackend(self.scratch, self.children, placeholder)
        name = stack_name(stack) if stack else selected_stack(project, backend)
        click.echo(f"Previews the program of stack {name}, on a backend of its own …")
        preview = Preview(project, name, backend, click.echo, placeholder, with_secrets)
        return preview.declared(), f"{project.name} / {name}"

    def _record(self, declared: Sequence[Declared], name: str, folder: Output) -> list[Outcome]:
        count = len(declared)
        about = -(-count // self.at_once) * (self.seconds + _SPARE_S)
        each = f"{self.seconds:g} s each, {self.at_once} at a time"
        click.echo(f"Records {count} page{'s' * (count > 1)}, {each}: {about:.0f} s or so …")

        def tell(number: int, outcome: Outcome) -> None:
            text = f"{outcome.result.value}: {outcome.said}"
            click.echo(f"[{number + 1}/{count}] {outcome.declared.name}: {text}")

        pictures = self.scratch / "pictures"
        pictures.mkdir()
        with emulator(self.children, self.scratch, self.at_once) as service:
            takes = Takes(service, SystemClock(), self.seconds, self.at_once, folder.write, pictures, tell)
            outcomes = takes.make(declared, stems(one.name for one in declared))
            browser = service.browser()
        folder.list({"stack": name, "recordings": [_listed(one) for one in outcomes]})
        text = sheet.page(f"{name}: a rehearsal", outcomes)
        folder.write(SHEET, sheet.picture(self.children, browser, text, count, self.scratch))
        return outcomes


def _listed(outcome: Outcome) -> dict[str, str | None]:
    return {
        "name": outcome.declared.name,
        "urn": outcome.declared.urn,
        "page": outcome.declared.site or None,
        "result": outcome.result.value,
        "said": outcome.said,
        "video": outcome.video,
    }


def _summary(outcomes: Sequence[Outcome], declared: int, folder: Output) -> int:
    """Say what came of it; 1 if a page could not be loaded."""
    counts = {result: [one for one in outcomes if one.result is result] for result in Result}
    words = [f"{len(found)} {result.value}" for result, found in counts.items() if found]
    if declared > len(outcomes):
        words.append(f"{declared - len(outcomes)} over the limit")
    click.echo(f"{', '.join(words)}. Look at {folder.folder / SHEET}")
    for one in counts[Result.FAILED]:
        click.echo(f"error: {one.declared.name}: {one.said}", err=True)
    return 1 if counts[Result.FAILED] else 0
