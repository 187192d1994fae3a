"""The language host asks pip for all packages with each command, which takes half a second: here it is asked
once, since no test installs any.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import tempfile
from pathlib import Path

_QUESTION = ["list", "-v", "--format", "json"]
_MODULE = """
import runpy, sys
from pathlib import Path

here = Path(__file__).parent
if sys.argv[1:] == {question!r}:
    print((here / "answer.json").read_text())
else:
    sys.path = [one for one in sys.path if one != str(here)]
    runpy.run_module("pip", run_name="__main__")
"""


@functools.cache
def _made() -> tempfile.TemporaryDirectory[str]:
    folder = tempfile.TemporaryDirectory()
    answer = subprocess.run([sys.executable, "-m", "pip", *_QUESTION], capture_output=True, check=True)
    # Of the editable install the language host sees no pulumi-plugin.json, and would want a plugin.
    packages = [one for one in json.loads(answer.stdout) if one["name"] != "pulumi-trtc"]
    Path(folder.name, "answer.json").write_text(json.dumps(packages))
    Path(folder.name, "pip.py").write_text(_MODULE.format(question=_QUESTION))
    return folder


def python_path() -> str:
    """The folder, for PYTHONPATH, where the language host finds its answer."""
    return _made().name
