"""What is published: an sdist and a wheel, what they say of themselves, and that they work elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.support import package
from tests.support.pulumi_cli import ROOT

# Where a link may lead: there is no public place of the project's own.
ALLOWED = ("https://www.tencentcloud.com/", "https://www.pulumi.com/")
MOST_MB = 175  # A fresh environment is to stay below 200, and has some 25 of its own.


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return package.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def metadata(built: tuple[Path, Path]) -> Message:
    _, wheel = built
    with zipfile.ZipFile(wheel) as files:
        (name,) = (name for name in files.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(files.read(name))


def run(*command: str | Path, folder: Path | None = None, status: int = 0) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_usual_checkers_find_nothing(built: tuple[Path, Path], tmp_path: Path) -> None:
    sdist, wheel = built
    run(sys.executable, "-m", "twine", "check", "--strict", sdist, wheel)
    run(Path(sys.prefix) / "bin" / "check-wheel-contents", "--config", ROOT / "pyproject.toml", wheel)
    with tarfile.open(sdist) as files:
        files.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    assert "Final rating: 10/10" in run(sys.executable, "-m", "pyroma", "-n", "9", unpacked)


def test_every_link_works_where_there_is_no_repository(metadata: Message) -> None:
    text = str(metadata.get_payload())
    links = [one.split(", ", 1)[1] for one in metadata.get_all("Project-URL", [])]
    links += re.findall(r"\]\(([^)\s]*)", text)
    links += re.findall(r"""(?:src|href)=["']([^"']*)""", text)
    assert len(links) > 3
    assert [link for link in links if not link.startswith(ALLOWED)] == []


def test_the_documents_that_the_description_names_are_in_the_sdist(built: tuple[Path, Path]) -> None:
    sdist, _ = built
    with tarfile.open(sdist) as files:
        inside = {name.partition("/")[2] for name in files.getnames()}
    assert {"LICENSE", "README.md", "docs/install.md", "examples/cos_mp4/__main__.py"} <= inside
    assert [name for name in inside if name.startswith("tests/") or "__pycache__" in name] == []


def test_the_emulator_s_extra_stays_small() -> None:
    seen: set[str] = set()
    found = list(_needed("pulumi-trtc[emulator]", seen))
    assert len(found) > 20
    paths = [Path(str(file.locate())) for name in found for file in distribution(name).files or ()]
    assert sum(path.stat().st_size for path in paths if path.is_file()) < MOST_MB * 10**6


def test_the_wheel_works_outside_of_the_tree(built: tuple[Path, Path], tmp_path: Path) -> None:
    _, wheel = built
    venv.create(tmp_path / "venv")
    programs = tmp_path / "venv" / "bin"
    python = programs / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel)
    # The extra is missing.
    hint = "trtc-emulator needs its extra: pip install 'pulumi-trtc[emulator]'\n"
    assert run(programs / "trtc-emulator", "--media", "none", folder=tmp_path, status=2) == hint
    assert run(python, "-m", "trtc_emulator", folder=tmp_path, status=2) == hint

    # Everything that it depends on, from here; the project itself is not in that folder.
    (site,) = tmp_path.glob("venv/lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    where = run(python, "-c", "import pulumi_trtc; print(pulumi_trtc.__file__)", folder=tmp_path)
    assert where.startswith(str(site))
    assert "recover" in run(python, "-m", "pulumi_trtc", "recover", "--help", folder=tmp_path)
    assert "--media" in run(programs / "trtc-emulator", "--help", folder=tmp_path)


def _needed(requirement: str, seen: set[str]) -> Iterator[str]:
    """The names of all distributions that a requirement brings, itself too."""
    wanted = Requirement(requirement)
    for extra in ("", *wanted.extras):
        if f"{wanted.name}[{extra}]" in seen:
            continue
        seen.add(f"{wanted.name}[{extra}]")
        if not extra:
            yield wanted.name
        for text in distribution(wanted.name).requires or ():
            marker = Requirement(text).marker
            if marker is None or marker.evaluate({"extra": extra}):
                yield from _needed(text.partition(";")[0], seen)
