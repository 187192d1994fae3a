"""Building the Pulumi CLI and its Python language host from Go modules, as the recipe's go.sum has them."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tools.dev import cli_choice, steps

RECIPE = steps.ROOT / "tools" / "pulumi-cli"
CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
HOST_PACKAGE = "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
BUILD_FLAGS = ("-v", "-buildvcs=false", "-ldflags")
GO_SETTINGS = {
    # A user's own flags (a vendor folder, race detection) must not reach this build.
    "GOFLAGS": "-mod=readonly",
    "GOWORK": "off",
    # One static binary that needs no C compiler and runs wherever the cache is shared.
    "CGO_ENABLED": "0",
}
# Without it the CLI would not know its own version.
VERSION_FLAG = f"-X {SDK_MODULE}/go/common/version.Version=v{cli_choice.VERSION}"


def recipe() -> list[bytes]:
    """Everything that decides what is built, the kind of machine included."""
    files = sorted(RECIPE.glob("*/go.*"))
    settings = [*GO_SETTINGS.values(), *BUILD_FLAGS, VERSION_FLAG, platform.system(), platform.machine()]
    return [*(path.read_bytes() for path in files), *(setting.encode() for setting in settings)]


def find_go(environ: Mapping[str, str]) -> Path | None:
    """The go command: on PATH, or where Go's own archive is unpacked."""
    for candidate in (shutil.which("go", path=environ.get("PATH")), "/usr/local/go/bin/go"):
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    return None


def go_version(go: Path) -> tuple[int, int, int] | None:
    """The version of a go command; None if it does not run."""
    try:
        told = subprocess.run([go, "version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return cli_choice.parse_version(told.stdout)


def build(go: Path, folder: Path, environ: Mapping[str, str]) -> None:
    """Build everything into `folder`; about 4 minutes on 2 cores, seconds where Go's own cache has it."""
    builder = _Builder(go, folder, environ)
    builder.compile("cli", CLI_PACKAGE, folder / "pulumi", VERSION_FLAG)
    builder.compile("host", HOST_PACKAGE, folder / cli_choice.LANGUAGE_HOST)
    sdk = builder.module_folder("cli", SDK_MODULE)
    for script in (
        sdk / "python/cmd" / cli_choice.HOST_SCRIPT,
        sdk / "python/dist" / cli_choice.DYNAMIC_PLUGIN,
    ):
        target = folder / script.name
        target.write_bytes(script.read_bytes())
        target.chmod(0o755)  # the module cache drops executable bits
    builder.log.unlink()


class _Builder:
    def __init__(self, go: Path, folder: Path, environ: Mapping[str, str]) -> None:
        self._go = go
        self.log = folder / "build.log"
        self._env = {**environ, "HOME": environ.get("HOME") or str(Path.home()), **GO_SETTINGS}

    def compile(self, module: str, package: str, target: Path, linker_flags: str = "") -> None:
        name = target.name
        steps.say(f"  fetching the Go modules of {name}")
        self._run(["list", "-deps", package], module, f"fetching the modules of {name}", self._fetched)
        packages = len(self._lines())
        steps.say(f"  compiling {name}, {packages} packages")
        command = ["build", *BUILD_FLAGS, f"-s -w {linker_flags}", "-o", str(target), package]
        self._run(
            command, module, f"compiling {name}", lambda: f"{len(self._lines())} of {packages} packages"
        )

    def module_folder(self, module: str, path: str) -> Path:
        self._run(["list", "-m", "-f", "{{.Dir}}", path], module, f"finding {path}")
        return Path(self._lines()[-1])

    def _run(
        self, arguments: list[str], module: str, doing: str, progress: steps.Progress | None = None
    ) -> None:
        self.log.write_bytes(b"")
        command: list[str | Path] = [self._go, *arguments]
        steps.run(command, doing, self.log, env=self._env, cwd=RECIPE / module, progress=progress)

    def _fetched(self) -> str:
        return f"{self.log.read_text(errors='replace').count('go: downloading')} modules fetched"

    def _lines(self) -> list[str]:
        text = self.log.read_text(errors="replace")
        return [line for line in text.splitlines() if not line.startswith("go: ")]
