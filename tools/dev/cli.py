"""Gets a Pulumi CLI with its Python language host and prints its folder; all talk goes to stderr."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.dev import cli_build, cli_choice, steps
from tools.dev.cli_choice import Installed, Way

INSTALLER = "https://get.pulumi.com/install.sh"
SCRATCH = ".new-"
BY_HAND = f"install the Pulumi CLI {cli_choice.VERSION} yourself (curl -fsSL https://get.pulumi.com | sh)"


def find_installed(environ: Mapping[str, str]) -> Iterator[Installed]:
    """Each `pulumi` on PATH, then the one that the vendor's installer puts into the home folder."""
    folders = [Path(folder) for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    folders.append(Path.home() / ".pulumi" / "bin")
    for folder in dict.fromkeys(folders):
        if os.access(folder / "pulumi", os.X_OK):
            yield Installed(folder, _version(folder / "pulumi"), _lacks(folder, environ))


def _version(pulumi: Path) -> str:
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        told = subprocess.run(
            [pulumi, "version"], capture_output=True, text=True, check=False, timeout=60, env=env
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip()


def _lacks(folder: Path, environ: Mapping[str, str]) -> list[str]:
    """The engine looks for companions on PATH and beside itself, where a link leads, too."""
    beside = [str(folder), str((folder / "pulumi").resolve().parent)]
    path = os.pathsep.join([*beside, environ.get("PATH", "")])
    return [name for name in cli_choice.COMPANIONS if not shutil.which(name, path=path)]


def is_complete(folder: Path) -> bool:
    """Whether a folder of the cache holds a whole CLI."""
    return all(os.access(folder / name, os.X_OK) for name in ("pulumi", *cli_choice.COMPANIONS))


def get(environ: Mapping[str, str]) -> Path:
    """The folder of a CLI that will do, after building or fetching one if there is none."""
    found = []
    for installed in find_installed(environ):
        found.append(installed)
        if cli_choice.refusal(installed) is None:
            break  # the rest need not be asked, each takes a moment
    cache = cli_choice.cache_root(environ, Path.home())
    key = cli_choice.recipe_key(cli_build.recipe())
    built, fetched = cache / key / "bin", cache / f"v{cli_choice.VERSION}-vendor-{platform.machine()}" / "bin"
    go = cli_build.find_go(environ)

    def choose() -> cli_choice.Choice:
        complete = filter(is_complete, (built, fetched))
        return cli_choice.choose(found, complete, cli_build.go_version(go) if go else None)

    choice = choose()
    if choice.folder:
        return choice.folder
    for reason in choice.refused:
        steps.say(f"not used: {reason}")
    with _locked(cache):
        choice = choose()  # another run may have finished it while this one waited
        if choice.folder:
            return choice.folder
        if go and choice.way is Way.BUILD:
            try:
                return _build(go, built, environ)
            except steps.ProblemError as problem:
                steps.say(f"the build did not work: {problem}")
        return _fetch(fetched)


@contextlib.contextmanager
def _locked(cache: Path) -> Iterator[None]:
    """Let one run at a time build; the lock goes with the process, however it ends."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        lock = (cache / "lock").open("w")
    except OSError as error:
        raise steps.ProblemError(
            f"cannot write to {cache} ({error.strerror}); set XDG_CACHE_HOME to a folder that can be written"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            steps.say("another run is getting the Pulumi CLI; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left_over in cache.glob(f"*/{SCRATCH}*"):  # of a run that was killed
            shutil.rmtree(left_over, ignore_errors=True)
        yield


@contextlib.contextmanager
def _whole_or_nothing(target: Path) -> Iterator[Path]:
    """A new folder that takes the place of `target` when all went well, and is removed otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=target.parent) as scratch:
        yield Path(scratch)
        if not is_complete(Path(scratch) / "bin"):
            raise steps.ProblemError("a part of the CLI is missing from what was made")
        shutil.rmtree(target, ignore_errors=True)
        (Path(scratch) / "bin").rename(target)


def _build(go: Path, target: Path, environ: Mapping[str, str]) -> Path:
    steps.say(
        f"building the Pulumi CLI {cli_choice.VERSION} with {go}: about 4 minutes on 2 cores, once ({target})"
    )
    with _whole_or_nothing(target) as scratch:
        (scratch / "bin").mkdir()
        cli_build.build(go, scratch / "bin", environ)
        made = _version(scratch / "bin" / "pulumi")
        if cli_choice.parse_version(made) != cli_choice.parse_version(cli_choice.VERSION):
            raise steps.ProblemError(f"the CLI that was built says that it is {made!r}")
    steps.say("the Pulumi CLI is built")
    return target


def _fetch(target: Path) -> Path:
    steps.say(f"fetching the Pulumi CLI {cli_choice.VERSION} with the vendor's installer, once ({target})")
    with _whole_or_nothing(target) as scratch:
        script = scratch / "install.sh"
        try:
            with urllib.request.urlopen(INSTALLER, timeout=60) as answer:
                script.write_bytes(answer.read())
        except OSError as error:
            reason = (
                f"no Go 1.21 or newer builds the Pulumi CLI here and {INSTALLER} is out of reach ({error})"
            )
            raise steps.ProblemError(f"{reason}; install Go, or {BY_HAND}") from None
        command: list[str | Path] = ["sh", script, "--no-edit-path", "--install-root", scratch]
        command += ["--version", cli_choice.VERSION]
        steps.run(command, "installing the Pulumi CLI", scratch / "install.log")
    return target


def main() -> None:
    """Print the folder."""
    print(get(os.environ))


if __name__ == "__main__":
    steps.run_main(main)
