"""`pulumi-trtc`, also `python -m pulumi_trtc`: one command, whose verbs are loaded as they are called."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

import click

VERBS: Mapping[str, str] = {
    "review": "pulumi_trtc.review.command:review",
    "status": "pulumi_trtc.status.command:status",
    "recover": "pulumi_trtc.recover.command:recover",
    "rehearse": "pulumi_trtc.rehearse.command:rehearse",
    "whoami": "pulumi_trtc.whoami.command:whoami",
}
"""Where each verb is. It returns its exit status, or None for 0."""

_INTERRUPTED = 130


class _Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return super().get_command(ctx, cmd_name)
        module, _, name = VERBS[cmd_name].partition(":")
        verb: click.Command = getattr(importlib.import_module(module), name)
        return verb

    def invoke(self, ctx: click.Context) -> None:
        try:
            status = super().invoke(ctx)
        except KeyboardInterrupt:
            # Not click's own 1: with that a verb says what it has found.
            click.echo("error: interrupted", err=True)
            status = _INTERRUPTED
        ctx.exit(status or 0)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pulumi-trtc")
def main() -> None:
    """Look after the Tencent RTC web recordings of Pulumi stacks."""
