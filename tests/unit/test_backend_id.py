"""Which backend holds a stack: the same for all who use it, and another for every other."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_trtc.stack.backend import backend_id


def backend(folder: Path, made_ns: int) -> Path:
    (folder / ".pulumi").mkdir(parents=True)
    meta = folder / ".pulumi" / "meta.yaml"
    meta.write_text("version: 1\n")
    os.utime(meta, ns=(made_ns, made_ns))
    return folder


def test_users_of_one_service_use_one_backend(tmp_path: Path) -> None:
    """The console's address of a user ends with the user's name."""
    urls = ("https://app.pulumi.com/alice", "https://app.pulumi.com/ci-bot", "https://app.pulumi.com")
    assert {backend_id(url, tmp_path) for url in urls} == {"https://app.pulumi.com"}
    assert backend_id("https://pulumi.example.com/alice", tmp_path) == "https://pulumi.example.com"


def test_machines_have_backends_of_their_own_at_one_path(tmp_path: Path) -> None:
    """`pulumi login --local` calls each of them file://~."""
    homes = [backend(tmp_path / name, made) for name, made in (("alice", 1), ("bob", 2))]
    assert len({backend_id("file://~", home) for home in homes}) == 2


def test_a_backend_is_the_same_however_its_folder_is_named(tmp_path: Path) -> None:
    home = backend(tmp_path / "home", 1)
    link = tmp_path / "link"
    link.symlink_to(home)
    assert len({backend_id(url, home) for url in ("file://~", f"file://{home}", f"file://{link}")}) == 1


@pytest.mark.parametrize("url", ["", "s3://states?region=eu-west-1", "gs://states/a"])
def test_other_addresses_are_taken_as_they_are(url: str, tmp_path: Path) -> None:
    assert backend_id(url, tmp_path) == url


def test_a_folder_that_cannot_be_read_is_named_alone(tmp_path: Path) -> None:
    assert backend_id("file:///nowhere", tmp_path) == "file:///nowhere"
    assert backend_id("file://~", tmp_path) == f"file://{tmp_path}"
