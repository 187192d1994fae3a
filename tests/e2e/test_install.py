"""The way to install that docs/install.md tells, word for word; the wheel is one of this tree."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.support import package
from tests.support.emulator import Emulator
from tests.support.pulumi_cli import ROOT, Stacks

BEGIN, END = "<!-- from a bare folder:", "<!-- end of: from a bare folder -->"
# What `pulumi new` fetches from the network.
TEMPLATE = {
    "Pulumi.yaml": "name: ${PROJECT}\ndescription: ${DESCRIPTION}\nruntime: python\n"
    "template:\n  description: A program\n",
    "__main__.py": '"""A program"""\n\nimport pulumi\n',
    "requirements.txt": "pulumi>=3.0.0,<4.0.0\n",
}


def template(folder: Path) -> str:
    """The address of a repository of templates."""
    for name, text in TEMPLATE.items():
        (folder / "python").mkdir(parents=True, exist_ok=True)
        (folder / "python" / name).write_text(text)
    person = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    for arguments in (("init", "-q", "-b", "master"), ("add", "-A"), (*person, "commit", "-qm", "templates")):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return f"file://{folder}"


def test_the_words_of_the_documentation_record_a_page(stacks: Stacks, emu: Emulator, tmp_path: Path) -> None:
    words = (ROOT / "docs/install.md").read_text().split(BEGIN)[1].split(END)[0]
    blocks = re.findall(r"```(\w+)\n(.*?)```", words, re.DOTALL)
    assert [language for language, _ in blocks] == ["sh", "python", "sh", "sh"]
    install, program, record, stop = (text for _, text in blocks)
    bare, project = tmp_path / "bare", tmp_path / "bare" / "recordings"
    bare.mkdir()
    _, wheel = package.build(tmp_path / "dist")
    env = stacks.at(tmp_path / "unused").env
    others = [folder for folder in env["PATH"].split(os.pathsep) if not folder.startswith(sys.prefix)]
    env |= {
        # Not the tests' own environment. The vendor's CLI makes one in venv/ and finds it there; one that was
        # built here makes it in the project's folder, and leaves it to PATH.
        "PATH": os.pathsep.join([f"{project}/venv/bin", f"{project}/bin", *others]),
        "PULUMI_TEMPLATE_GIT_REPOSITORY": template(tmp_path / "templates"),
        "PULUMI_TEMPLATE_BRANCH": "master",
        "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        "PYTHONPATH": "",
        "PIP_FIND_LINKS": str(wheel.parent),
        "PIP_CACHE_DIR": str(Path.home() / ".cache" / "pip"),
    }

    def run(text: str, folder: Path = project) -> None:
        done = subprocess.run(
            ["bash", "-euc", text], cwd=folder, env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run(install, bare)
    (project / "__main__.py").write_text(program)
    # This emulator has a port of its own.
    run(f"pulumi config set trtc:endpoint {emu.address}")
    run(record)
    assert [task["record_url"] for task in emu.running()] == ["https://example.com/lecture"]
    run(stop)
    assert emu.running() == []
