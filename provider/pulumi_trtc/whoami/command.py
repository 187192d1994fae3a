"""`pulumi-trtc whoami`: which account acts for a stack, and by which way."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import click

from pulumi_trtc.errors import ApiError
from pulumi_trtc.service.sdk import proxy_for
from pulumi_trtc.service.sts import SdkSts
from pulumi_trtc.settings.read import Settings, read_settings
from pulumi_trtc.stack.state import State
from pulumi_trtc.terminal.given import Given, settings_option, stack_option, told_to_people


@click.command(short_help="Show which account acts for a stack.")
@stack_option
@settings_option
@click.option("--json", "json_", is_flag=True, help="Print JSON with the same names.")
@told_to_people()
def whoami(stack: str | None, settings: Sequence[tuple[str, str]], *, json_: bool) -> int:
    """Shows where a stack's API credentials come from, the role they assume, whose they are, and where and by
    which way the service is asked. No secret is shown, and nothing but STS is asked.

    \b
    Exit status:
      0  the credentials were taken: STS says whose they are, or the site is the emulator
      1  STS did not take them
      2  that cannot be told: there are none, the configuration is wrong, or STS does not answer
    """
    config = Given.of(stack, None, settings).config(State())
    found = read_settings(config, os.environ, Path.home())
    facts, status = _facts(found)
    if json_:
        click.echo(json.dumps(facts, indent=2))
    else:
        width = max(map(len, facts)) + 2
        for name, value in facts.items():
            click.echo(f"{name + ':':<{width}}{value}")
    return status


def _facts(found: Settings) -> tuple[dict[str, str], int]:
    sts = SdkSts(found)
    keys = found.credentials(sts)
    facts = {"credentials": keys.source}
    status = 0
    if found.site != "emulator":
        try:
            facts |= sts.identity(keys)
        except ApiError as failure:
            facts["account"] = f"not told: {failure.code} ({' '.join(failure.message.split())})"
            status = 1 if failure.code.startswith(("AuthFailure", "Unauthorized")) else 2
    facts |= {"site": found.site, "region": found.region, "endpoint": found.endpoint}
    proxy = None if found.is_local else proxy_for(found.protocol, found.host)
    # Without its login.
    facts["proxy"] = proxy.rpartition("@")[2].rpartition("://")[2] if proxy else "none"
    if found.ca_bundle is not None:
        facts["certificates"] = f"{found.ca_bundle.path} ({found.ca_bundle.source})"
    return facts, status
