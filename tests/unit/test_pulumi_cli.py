from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tools.dev import cli, cli_build, cli_choice
from tools.dev.cli_choice import Choice, Installed, Way

GO = (1, 26, 8)
GOOD = Installed(Path("/opt/pulumi/bin"), "v3.251.2")
OLD = Installed(Path("/usr/bin"), "v3.100.0")
HOSTLESS = Installed(Path("/usr/local/bin"), "v3.300.0", ["pulumi-language-python"])
CACHED = Path("/cache/bin")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("v3.250.0", (3, 250, 0)),
        ("3.251.0-alpha.1+dirty\n", (3, 251, 0)),
        ("go version go1.26 linux/amd64", (1, 26, 0)),
        ("go version go1.21.13 darwin/arm64", (1, 21, 13)),
        ("", None),
        ("pulumi: command failed", None),
    ],
)
def test_versions_are_read(text: str, version: tuple[int, int, int] | None) -> None:
    assert cli_choice.parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("v3.250.0", None),
        ("v3.249.9", "/b/pulumi is v3.249.9; needed is 3.250.0 or newer, below 4"),
        ("v4.0.0", "/b/pulumi is v4.0.0; needed is 3.250.0 or newer, below 4"),
        ("", "/b/pulumi does not tell its version"),
    ],
)
def test_a_cli_is_refused_by_its_version(version: str, reason: str | None) -> None:
    assert cli_choice.refusal(Installed(Path("/b"), version)) == reason


def test_a_cli_without_its_python_language_host_is_refused() -> None:
    reason = cli_choice.refusal(HOSTLESS)
    assert reason == "/usr/local/bin/pulumi has no pulumi-language-python beside it"


@pytest.mark.parametrize(
    ("found", "cached", "go", "way", "folder"),
    [
        ([GOOD], [CACHED], GO, Way.INSTALLED, GOOD.folder),
        ([OLD, HOSTLESS, GOOD], [], None, Way.INSTALLED, GOOD.folder),
        ([OLD], [CACHED], GO, Way.CACHED, CACHED),
        ([], [CACHED], None, Way.CACHED, CACHED),
        ([HOSTLESS], [], GO, Way.BUILD, None),
        ([], [], (1, 21, 0), Way.BUILD, None),
        ([], [], (1, 19, 8), Way.DOWNLOAD, None),
        ([OLD], [], None, Way.DOWNLOAD, None),
    ],
)
def test_the_cheapest_way_that_will_do_is_chosen(
    found: list[Installed], cached: list[Path], go: tuple[int, int, int] | None, way: Way, folder: Path | None
) -> None:
    choice = cli_choice.choose(found, cached, go)
    assert (choice.way, choice.folder) == (way, folder)


def test_what_was_refused_is_told() -> None:
    choice = cli_choice.choose([OLD, HOSTLESS], [], GO)
    assert choice == Choice(
        Way.BUILD, None, [str(cli_choice.refusal(OLD)), str(cli_choice.refusal(HOSTLESS))]
    )


def test_the_cache_follows_xdg_and_ignores_a_relative_one() -> None:
    home = Path("/home/ann")
    named = cli_choice.cache_root({"XDG_CACHE_HOME": "/var/cache/ann"}, home)
    assert named == Path("/var/cache/ann/pulumi-trtc/pulumi-cli")
    usual = Path("/home/ann/.cache/pulumi-trtc/pulumi-cli")
    assert cli_choice.cache_root({"XDG_CACHE_HOME": "cache"}, home) == usual
    assert cli_choice.cache_root({}, home) == usual


def test_a_changed_recipe_gets_a_folder_of_its_own() -> None:
    recipe = cli_build.recipe()
    assert cli_choice.recipe_key(recipe) == cli_choice.recipe_key(list(recipe))
    assert cli_choice.recipe_key(recipe).startswith(f"v{cli_choice.VERSION}-")
    for place in range(len(recipe)):
        changed = [*recipe[:place], recipe[place] + b" ", *recipe[place + 1 :]]
        assert cli_choice.recipe_key(changed) != cli_choice.recipe_key(recipe)


def test_the_recipe_is_pinned_to_the_version_that_is_checked_for() -> None:
    text = (cli_build.RECIPE / "cli" / "go.mod").read_text()
    assert f"github.com/pulumi/pulumi/pkg/v3 v{cli_choice.VERSION}\n" in text
    assert f"github.com/pulumi/pulumi/sdk/v3 v{cli_choice.VERSION}\n" in text


def make_cli(folder: Path, version: str, companions: tuple[str, ...] = cli_choice.COMPANIONS) -> Path:
    folder.mkdir(parents=True)
    for name in ("pulumi", *companions):
        script = folder / name
        script.write_text(f"#!/bin/sh\necho {version}\n")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder


def test_each_pulumi_on_path_is_found_with_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    old = make_cli(tmp_path / "old", "v3.100.0", ())
    good = make_cli(tmp_path / "good", "v3.260.0")
    at_home = make_cli(tmp_path / "home" / ".pulumi" / "bin", "v3.270.0")
    (tmp_path / "empty").mkdir()
    alone = cli.find_installed({"PATH": f"{tmp_path / 'empty'}:{old}"})
    assert list(alone) == [
        Installed(old, "v3.100.0", list(cli_choice.COMPANIONS)),
        Installed(at_home, "v3.270.0", []),
    ]
    both = list(cli.find_installed({"PATH": f"{old}:{good}"}))
    assert both[1] == Installed(good, "v3.260.0", [])


def test_an_installed_cli_is_used_without_touching_the_cache(tmp_path: Path) -> None:
    good = make_cli(tmp_path / "good", "v3.260.0")
    environ = {"PATH": f"{good}:/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert cli.get(environ) == good
    assert not (tmp_path / "cache").exists()


def test_a_half_cached_cli_is_not_complete(tmp_path: Path) -> None:
    folder = make_cli(tmp_path / "bin", "v3.250.0")
    assert cli.is_complete(folder)
    (folder / cli_choice.LANGUAGE_HOST).unlink()
    assert not cli.is_complete(folder)
