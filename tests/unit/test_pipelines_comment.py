"""The review as a comment that is renewed with each push."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.forge import Forge, github, gitlab, served
from tests.support.pipelines import COMMENT

TOKENS = {"Bearer the-token", "the-token"}
MARKER = "<!-- recordings of me/prod -->"


def environ(forge: Forge) -> dict[str, str]:
    """What a pipeline of the forge has in its environment."""
    if "user" in forge.author:
        return {
            "PULUMI_STACK": "me/prod",
            "GITHUB_API_URL": forge.url,
            "GITHUB_REPOSITORY": "me/repo",
            "PULL_REQUEST": "7",
            "GITHUB_TOKEN": "the-token",
        }
    return {
        "PULUMI_STACK": "me/prod",
        "CI_API_V4_URL": forge.url,
        "CI_PROJECT_ID": "40",
        "CI_MERGE_REQUEST_IID": "7",
        "RECORDINGS_COMMENT_TOKEN": "the-token",
    }


@pytest.fixture(params=[github, gitlab], ids=["github", "gitlab"])
def forge(request: pytest.FixtureRequest) -> Iterator[Forge]:
    make: Callable[[], Forge] = request.param
    with served(make()) as found:
        yield found


def post(forge: Forge, folder: Path, review: str, *, without: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "review.md").write_text(review)
    return subprocess.run(
        [sys.executable, COMMENT, "review.md"],
        cwd=folder,
        env={key: value for key, value in environ(forge).items() if key != without},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_review_is_posted_and_the_next_one_takes_its_place(forge: Forge, tmp_path: Path) -> None:
    forge.write("please have a look")
    assert post(forge, tmp_path, "1 starts — “ü”").stdout == "the review was posted\n"
    forge.write("fine with me")
    assert post(forge, tmp_path, "2 start").stdout == "the review was renewed\n"
    assert forge.bodies() == ["please have a look", f"{MARKER}\n2 start", "fine with me"]
    assert len(forge.tokens) == 1
    assert forge.tokens < TOKENS


def test_the_earlier_review_is_found_below_many_comments(forge: Forge, tmp_path: Path) -> None:
    for number in range(230):
        forge.write(f"comment {number}")
    forge.write(f"{MARKER}\n1 starts")
    post(forge, tmp_path, "2 start")
    assert forge.bodies()[230:] == [f"{MARKER}\n2 start"]


def test_what_a_person_wrote_with_the_marker_in_it_stays(forge: Forge, tmp_path: Path) -> None:
    forge.write(f"{MARKER}\nnothing stops", {"user": {"type": "User"}, "author": {"username": "ann"}})
    if "author" in forge.author:
        del forge.comments[0]["user"]
    post(forge, tmp_path, "2 stop")
    assert forge.bodies() == [f"{MARKER}\nnothing stops", f"{MARKER}\n2 stop"]


def test_a_review_that_cannot_be_posted_fails_in_one_line(forge: Forge, tmp_path: Path) -> None:
    forge.refuses = 403
    told = post(forge, tmp_path, "1 stops")
    assert told.returncode == 1
    assert told.stderr.startswith("the review was not posted: HTTP status 403; ")
    assert told.stderr.count("\n") == 1


def test_each_stack_has_a_comment_of_its_own(forge: Forge, tmp_path: Path) -> None:
    forge.write("<!-- recordings of me/test -->\n1 starts")
    post(forge, tmp_path, "2 stop")
    assert forge.bodies() == ["<!-- recordings of me/test -->\n1 starts", f"{MARKER}\n2 stop"]


def test_a_missing_setting_is_named(forge: Forge, tmp_path: Path) -> None:
    *_, last = environ(forge)
    told = post(forge, tmp_path, "1 stops", without=last)
    assert (told.returncode, told.stderr) == (1, f"the review was not posted: {last} is not set\n")
