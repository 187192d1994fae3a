"""The virtual environment .venv: the locked dependencies, checked by hash, and the project, editable."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
from pathlib import Path

from tools.dev import debian, steps

VENV = steps.ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = steps.ROOT / "requirements.lock"
STAMP = VENV / "setup-stamp"


def wanted_stamp(root: Path) -> str:
    """What the environment depends on: the checkout's place (scripts name it) and what is to be installed."""
    digest = hashlib.sha256()
    for name in ("pyproject.toml", "requirements.lock"):
        digest.update(hashlib.sha256((root / name).read_bytes()).digest())
    return f"{root}\n{digest.hexdigest()}\n"


def stamp() -> str:
    """What the environment was made from; empty if it was not finished."""
    try:
        return STAMP.read_text() if os.access(PYTHON, os.X_OK) else ""
    except OSError:
        return ""


def ensure() -> None:
    """Make or renew the environment unless it is as it should be."""
    wanted, present = wanted_stamp(steps.ROOT), stamp()
    if present == wanted:
        return
    # An environment of this very checkout is renewed in place; one that was moved here, or is broken, is not.
    if not present or present.splitlines()[0] != str(steps.ROOT):
        _create()
    STAMP.unlink(missing_ok=True)
    log = VENV / "setup.log"
    log.write_bytes(b"")
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--progress-bar=off",
    ]
    steps.say(f"installing the locked dependencies ({_count(LOCK.read_text())} packages)")
    locked = [*pip, "--require-hashes", "-r", LOCK]
    steps.run(locked, "installing dependencies", log, cwd=steps.ROOT, progress=lambda: _doing(log))
    steps.say("installing the project into .venv, editable")
    editable = [*pip, "--no-deps", "--no-build-isolation", "-e", steps.ROOT]
    steps.run(editable, "installing the project", log, cwd=steps.ROOT)
    STAMP.write_text(wanted)


def _create() -> None:
    version = ".".join(str(number) for number in sys.version_info[:3])
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        why = f"{sys.executable} ({version}) cannot make virtual environments"
        debian.install([package], why)
    steps.say(f"making .venv with Python {version} ({sys.executable})")
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    steps.run([sys.executable, "-m", "venv", VENV], "making .venv", VENV / "setup.log", cwd=steps.ROOT)


def _count(lock: str) -> int:
    return len({line.partition("==")[0] for line in lock.splitlines() if "==" in line and line[:1].isalnum()})


def _doing(log: Path) -> str:
    """pip's newest line, cut to what fits."""
    lines = log.read_text(errors="replace").splitlines()
    return lines[-1].strip()[:80] if lines else "starting"
