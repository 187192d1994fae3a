"""The ways in which a machine gets the plugin, and what a program that is wrong is told."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import sys
import threading
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support import package
from tests.support.languages import with_host
from tests.support.pulumi_cli import Stack, Stacks
from tools import archives

PLUGIN = Path(sys.prefix, "bin/pulumi-resource-trtc")
VERSION = version("pulumi-trtc")
RECORDING = """
name: ways
runtime: yaml
resources:
  lecture:
    type: trtc:WebRecording
    properties:
      recordUrl: https://example.com/page
      sdkAppId: 1400000000
      storageParams:
        cloudStorage: {vendor: 0, region: ap-singapore, bucket: webrecord-1234589}
"""
HEAD = f"""
name: ways
runtime: yaml
plugins:
  providers:
    - {{name: trtc, path: "{PLUGIN.parent}"}}
resources:
"""
# What is wrong, and what is told of it: all of a program at once.
WRONG = {
    """
  lecture:
    type: trtc:WebRecording
    properties:
      recordUrls: https://example.com/page
      sdkAppId: many
      whenEnded: maybe
      storageParams:
        cloudStorage: {vendor: 7, bucket: webrecord-1234589, accesKey: marker, secretKey: marker}
""": [
        "recordUrls: is not an input of WebRecording; did you mean recordUrl?",
        "recordUrl: is required: The page to record.",
        "sdkAppId: must be an integer, 1..4294967295; it is a string: 'many'",
        """whenEnded: must be "keep" or "restart"; it is 'maybe'""",
        "storageParams.cloudStorage.vendor: must be 0 (COS); it is 7",
        "storageParams.cloudStorage.region: is required: Region of the bucket.",
        "storageParams.cloudStorage.accesKey: is not an input of CloudStorage; did you mean accessKey?",
    ],
    """
  elsewhere:
    type: pulumi:providers:trtc
    properties: {site: nowhere, requestTimeout: 0, secretKey: marker}
""": [
        'trtc:site: "nowhere" is no site; it is intl, china or emulator',
        "trtc:requestTimeout: ",
    ],
}


@pytest.fixture
def stack(stacks: Stacks, tmp_path: Path) -> Stack:
    """A stack of a recording in YAML, that finds no plugin on PATH."""
    folder = tmp_path / "ways"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(RECORDING)
    made = stacks.at(folder)
    with_host(made, "yaml")
    made.env["PATH"] = made.env["PATH"].replace(f"{sys.prefix}/bin{os.pathsep}", "")
    made.init()
    return made


def test_the_plugin_is_found_on_path_or_installed_from_the_file(stack: Stack) -> None:
    missing = stack.preview(check=False)
    assert missing.status != 0
    path = stack.env["PATH"]
    stack.env["PATH"] = f"{PLUGIN.parent}{os.pathsep}{path}"
    on_path = stack.preview()
    assert "using pulumi-resource-trtc from $PATH" in on_path.text
    assert "lecture: starts" in on_path.text
    stack.env["PATH"] = path
    stack.run("plugin", "install", "resource", "trtc", VERSION, "--file", str(PLUGIN))
    installed = stack.preview()
    assert "lecture: starts" in installed.text
    assert "pulumi-resource-trtc from $PATH" not in installed.text


def test_every_fault_is_told_at_once_and_no_key_with_it(stack: Stack) -> None:
    for program, lines in WRONG.items():
        (stack.folder / "Pulumi.yaml").write_text(HEAD + program)
        told = stack.preview(check=False)
        assert told.status != 0
        assert [line for line in lines if line not in told.text] == [], told.text
        assert "marker" not in told.text
        assert "Traceback" not in told.text


@pytest.mark.soak
def test_an_archive_is_installed_from_a_server(stack: Stack, tmp_path: Path) -> None:
    """As a release is, with all that the package depends on: it takes pip a while."""
    _, wheel = package.build(tmp_path / "dist")
    served = tmp_path / "served"
    archives.main(wheel, served)
    with serving(served) as address:
        stack.run("plugin", "install", "resource", "trtc", VERSION, "--server", address, timeout=600)
    assert "lecture: starts" in stack.preview().text


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of a folder's files."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
