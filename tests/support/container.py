"""What the container's files ask for, carried out without a container daemon, in this machine's own root.

Nothing is written to the machine: its root is the lower layer of an overlay whose upper one lies in memory,
and that is seen in a mount namespace alone. The machine's programs and the tests' own Python stand for the
image that FROM names: of that one nothing is shown.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

# A new root, as a container has one: a browser's sandbox is refused in one that chroot made.
_ROOT = """
mount -t tmpfs -o size=6g container "$root"
mkdir "$root/upper" "$root/work" "$root/merged"
mount -t overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" overlay "$root/merged"
cd "$root/merged"
mount --rbind /dev dev
mount --rbind /sys sys
mount -t proc proc proc
mkdir .outside
pivot_root . .outside
cd /
mount -t tmpfs tmpfs /tmp
umount --lazy .outside
"""
_NOT_A_STEP = ("FROM", "VOLUME", "EXPOSE", "STOPSIGNAL")


@attrs.frozen
class Step:
    """One instruction, its lines joined."""

    name: str
    text: str


def read(containerfile: str) -> Iterator[Step]:
    """The instructions in their order."""
    for line in re.sub(r"\\\n\s*", "", containerfile).splitlines():
        if line and not line.startswith("#"):
            name, _, text = line.partition(" ")
            yield Step(name, text)


def image(folder: Path, root: Path, *arguments: str) -> str:
    """A shell script that does what `podman build` and `podman run` do with a folder's Containerfile.

    Args:
        root: An empty folder, for the root that is made.
        arguments: What `run` is given for the container's program.

    Raises:
        NotImplementedError: There is an instruction that is not known here.
    """
    user, lines = "", []
    for step in read((folder / "Containerfile").read_text()):
        if step.name == "RUN" and not user:
            lines.append(f"( {step.text} ) || exit")
        elif step.name == "COPY":
            source, target = step.text.split()
            assert source == "."
            lines.append(_copy(folder, target))
        elif step.name == "USER":
            user = step.text
        elif step.name == "ENTRYPOINT":
            home = f'HOME="$(getent passwd {user} | cut -d: -f6)"'
            become = f"setpriv --reuid={user} --regid={user} --init-groups"
            lines.append(f"exec env {home} {become} {shlex.join([*json.loads(step.text), *arguments])}")
        elif step.name not in _NOT_A_STEP:
            raise NotImplementedError(step.name)
    return _script(root, lines)


def development(folder: Path, root: Path, *arguments: str) -> str:
    """The same for the devcontainer, in which then the emulator is started."""
    made = json.loads((folder / ".devcontainer/devcontainer.json").read_text())
    there = "/workspaces/pulumi-trtc"
    exports = [f"export {name}={shlex.quote(value)}" for name, value in made["containerEnv"].items()]
    begun = f"exec .venv/bin/{shlex.join(['trtc-emulator', *arguments])}"
    return _script(root, [_copy(folder, there), *exports, f"cd {there}", made["postCreateCommand"], begun])


def _script(root: Path, lines: list[str]) -> str:
    return "\n".join(["set -eux", f"root={shlex.quote(str(root))}", _ROOT, *_python(), *lines])


def _copy(folder: Path, target: str) -> str:
    ignored = (folder / ".containerignore").read_text().split()
    left_out = shlex.join(f"--exclude=./{name}" for name in ignored)
    return f"mkdir -p {target}; tar -C {shlex.quote(str(folder))} {left_out} -c . | tar -C {target} -x"


def _python() -> Iterator[str]:
    """The tests' Python is the first on PATH, and everybody may run it."""
    folder = Path(sys.base_prefix) / "bin"
    yield f"export PATH={folder}:/usr/sbin:/usr/bin:/sbin:/bin PIP_BREAK_SYSTEM_PACKAGES=1"
    yield shlex.join(["chmod", "a+rx", *map(str, folder.parents)])
    yield f"test -x {folder}/python || ln -s {sys.executable} {folder}/python"
