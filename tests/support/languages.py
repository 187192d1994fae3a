"""What programs in other languages than Python need: language hosts, generated SDKs, node_modules.

Each is made once and kept beside the Pulumi CLI, under a name that changes with what it is made from.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests.support.pulumi_cli import ROOT, Stack, Stacks

GET = ROOT / "tools/languages/get"
SCHEMA = ROOT / "docs/plugin.schema.json"
TYPESCRIPT = ROOT / "examples/typescript"
KEPT_FOR = 7 * 86400.0
"""Seconds since its last use, after which what another one has replaced goes."""


@attrs.frozen
class Language:
    """Its host, its example's program, and the command that a machine must have for it."""

    host: str
    program: str
    command: str = ""


LANGUAGES = {
    "yaml": Language("yaml", "Pulumi.yaml"),
    "typescript": Language("nodejs", "index.ts", "npm"),
    "go": Language("go", "main.go", "go"),
}


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Other workers wait, and then find what this one has made."""
    with GET.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def tool(name: str) -> Path:
    """A language host, or the generator of SDKs."""
    with _alone():
        told = subprocess.run([GET, name], stdout=subprocess.PIPE, text=True, check=True)
    return Path(told.stdout.strip())


@functools.cache
def sdks() -> Path:
    """The folder with an SDK for each language."""
    generator = tool("sdkgen")
    made_from = SCHEMA.read_bytes() + str(generator).encode()
    with _made_once("sdks", made_from) as new:
        if new:
            subprocess.run([generator, SCHEMA, new], check=True)
    return _kept("sdks", made_from)


@functools.cache
def node_modules() -> Path:
    """What `npm install` installs for the example in TypeScript, the SDK included."""
    made_from = str(sdks()).encode() + (TYPESCRIPT / "package.json").read_bytes()
    with _made_once("node", made_from) as new:
        if new:
            shutil.copytree(sdks() / "nodejs", new / "sdk/nodejs")
            example = new / "examples/typescript"
            example.mkdir(parents=True)
            for name in ("package.json", ".npmrc"):
                shutil.copy(TYPESCRIPT / name, example)
            subprocess.run(["npm", "install", "--prefer-offline"], cwd=example, check=True)
    return _kept("node", made_from) / "examples/typescript/node_modules"


def _kept(name: str, made_from: bytes) -> Path:
    return tool("sdkgen").parents[1] / f"{name}-{hashlib.sha256(made_from).hexdigest()[:12]}"


@contextlib.contextmanager
def _made_once(name: str, made_from: bytes) -> Iterator[Path | None]:
    """A new folder that becomes the kept one when all went well; None where there is one."""
    target = _kept(name, made_from)
    with _alone():
        if target.exists():
            os.utime(target)
            yield None
            return
        for old in target.parent.glob(f"{name}-*"):
            if old.stat().st_mtime < time.time() - KEPT_FOR:
                shutil.rmtree(old)
        with tempfile.TemporaryDirectory(dir=target.parent, ignore_cleanup_errors=True) as scratch:
            new = Path(scratch) / "new"
            new.mkdir()
            yield new
            new.rename(target)


def example(stacks: Stacks, language: str) -> Stack:
    """A stack of a copy of a language's example, with what its README says to install."""
    require(LANGUAGES[language].command)
    stack = stacks.copy(ROOT / "examples" / language)
    _put(stack.folder / "Pulumi.yaml", r"(?m)(path:).*", rf"\1 {sys.prefix}/bin")
    with_host(stack, LANGUAGES[language].host)
    if language == "typescript":
        (stack.folder / "node_modules").symlink_to(node_modules())
    if language == "go":
        _put(stack.folder / "go.mod", r"\.\./\.\./sdk", str(sdks()))
        stack.env.update(go_folders())
    return stack


def require(command: str) -> None:
    """Skip a test of a language that this machine does not have."""
    if command and not shutil.which(command):
        pytest.skip(f"there is no {command} on PATH")


def with_host(stack: Stack, host: str) -> None:
    """Let a stack's commands find a language host."""
    stack.env["PATH"] = os.pathsep.join([str(tool(host).parent), stack.env["PATH"]])


@functools.cache
def go_folders() -> dict[str, str]:
    """Where Go keeps what it has fetched and compiled, which it would look for in the stack's home folder."""
    names = ("GOPATH", "GOMODCACHE", "GOCACHE")
    told = subprocess.run(["go", "env", *names], stdout=subprocess.PIPE, text=True, check=True)
    return dict(zip(names, told.stdout.splitlines(), strict=True)) | {"GOWORK": "off"}


def _put(path: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, text, path.read_text())
    assert count, (path, pattern)
    path.write_text(changed)
