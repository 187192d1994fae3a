"""Which Pulumi CLI to use: the decision alone, without doing anything about it."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# The version that is built, and the oldest that the project was tested with. Before 3.256 the CLI could be
# refused (403) by state backends with an endpoint of their own, such as COS (pulumi/pulumi#23764).
VERSION = "3.276.0"
MINIMUM = (3, 250, 0)
TOO_NEW = (4, 0, 0)
GO_MINIMUM = (1, 21)  # from here on the go command fetches the toolchain that a go.mod asks for

LANGUAGE_HOST = "pulumi-language-python"
HOST_SCRIPT = "pulumi-language-python-exec"
DYNAMIC_PLUGIN = "pulumi-resource-pulumi-python"
# What a Python program with dynamic providers needs beside the CLI; the vendor's archive holds all of them.
COMPANIONS = (LANGUAGE_HOST, HOST_SCRIPT, DYNAMIC_PLUGIN)


class Way(enum.Enum):
    """How a CLI is had."""

    INSTALLED = "installed"
    CACHED = "cached"
    BUILD = "build"
    DOWNLOAD = "download"


@dataclass(frozen=True)
class Installed:
    """A `pulumi` that was found: its folder, what `pulumi version` printed, and which companions it lacks."""

    folder: Path
    version: str
    lacks: Sequence[str] = ()


@dataclass(frozen=True)
class Choice:
    """What to do, for an INSTALLED or CACHED one its folder, and why each `pulumi` found will not do."""

    way: Way
    folder: Path | None = None
    refused: Sequence[str] = ()


def parse_version(text: str) -> tuple[int, int, int] | None:
    """`v3.250.0`, `3.251.0-alpha.1+dirty` or `go version go1.26 linux/amd64` as numbers; None without any."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def refusal(installed: Installed) -> str | None:
    """Why this `pulumi` will not do; None if it will."""
    version = parse_version(installed.version)
    where = f"{installed.folder}/pulumi"
    if version is None:
        return f"{where} does not tell its version"
    if not MINIMUM <= version < TOO_NEW:
        needed = f"{dotted(MINIMUM)} or newer, below {TOO_NEW[0]}"
        return f"{where} is {installed.version.strip()}; needed is {needed}"
    if installed.lacks:
        return f"{where} has no {' and no '.join(installed.lacks)} beside it"
    return None


def choose(found: Iterable[Installed], cached: Iterable[Path], go: tuple[int, int, int] | None) -> Choice:
    """The first `pulumi` of `found` that will do, else a complete cached one, else a build if Go is there.

    `cached` holds the folders of complete cached CLIs, `go` is the version of the Go toolchain.
    """
    refused: list[str] = []
    for installed in found:
        reason = refusal(installed)
        if reason is None:
            return Choice(Way.INSTALLED, installed.folder, refused)
        refused.append(reason)
    for folder in cached:
        return Choice(Way.CACHED, folder, refused)
    can_build = go is not None and go >= GO_MINIMUM
    return Choice(Way.BUILD if can_build else Way.DOWNLOAD, None, refused)


def cache_root(environ: Mapping[str, str], home: Path) -> Path:
    """Where CLIs are kept between runs and clones; a relative XDG_CACHE_HOME is to be ignored."""
    named = Path(environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else home / ".cache") / "pulumi-trtc" / "pulumi-cli"


def recipe_key(recipe: Sequence[bytes]) -> str:
    """The name of a build's folder: it changes with each part of the recipe."""
    digest = hashlib.sha256()
    for part in recipe:
        digest.update(hashlib.sha256(part).digest())
    return f"v{VERSION}-{digest.hexdigest()[:12]}"


def dotted(version: Sequence[int]) -> str:
    """(3, 250, 0) as 3.250.0."""
    return ".".join(str(number) for number in version)
