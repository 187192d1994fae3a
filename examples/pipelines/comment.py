"""Posts a review on this pipeline's pull or merge request, in place of the one that it posted before.

`python3 comment.py review.md`; PULUMI_STACK tells whose review it is. It needs nothing but Python, and runs
in a job that runs no code of the stack: its token may write.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

PAGE = 100
TIMEOUT_S = 30


@dataclass(frozen=True)
class Forge:
    """Where a request's comments are, and how one is edited."""

    comments: str
    one: str
    edit: str
    headers: Mapping[str, str]
    advice: str

    def is_own(self, comment: Mapping[str, Any]) -> bool:
        """Whether a program's token wrote it: what a person wrote with the marker in it stays."""
        if "user" in comment:
            return bool(comment["user"]["type"] == "Bot")
        return re.match(r"(project|group)_\d+_bot", comment["author"]["username"]) is not None

    def ask(self, method: str, url: str, body: str | None = None) -> Any:
        """One request."""
        data = None if body is None else json.dumps({"body": body}).encode()
        headers = {**self.headers, "Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            return json.load(answer)

    def all(self) -> Iterator[dict[str, Any]]:
        """The request's comments."""
        for number in itertools.count(1):
            found = self.ask("GET", f"{self.comments}?per_page={PAGE}&page={number}")
            yield from found
            if len(found) < PAGE:
                return

    def post(self, marker: str, review: str) -> str:
        """Edit the comment that begins with the marker, or write the first one."""
        for comment in self.all():
            if comment["body"].startswith(marker) and self.is_own(comment):
                self.ask(self.edit, f"{self.one}/{comment['id']}", f"{marker}\n{review}")
                return "renewed"
        self.ask("POST", self.comments, f"{marker}\n{review}")
        return "posted"


def forge(environ: Mapping[str, str]) -> Forge:
    """The forge whose pipeline this is."""
    if "GITHUB_REPOSITORY" in environ:
        issues = f"{environ['GITHUB_API_URL']}/repos/{environ['GITHUB_REPOSITORY']}/issues"
        return Forge(
            f"{issues}/{environ['PULL_REQUEST']}/comments",
            f"{issues}/comments",
            "PATCH",
            {"Authorization": f"Bearer {environ['GITHUB_TOKEN']}"},
            "the job needs `pull-requests: write`",
        )
    project = f"{environ['CI_API_V4_URL']}/projects/{environ['CI_PROJECT_ID']}"
    notes = f"{project}/merge_requests/{environ['CI_MERGE_REQUEST_IID']}/notes"
    return Forge(
        notes,
        notes,
        "PUT",
        {"PRIVATE-TOKEN": environ["RECORDINGS_COMMENT_TOKEN"]},
        "RECORDINGS_COMMENT_TOKEN must be a project access token with the scope api",
    )


def main() -> None:
    """Post the file that is named."""
    review = Path(sys.argv[1]).read_text("utf-8")
    try:
        # Nobody sees it. A review has one of its own, but not where the preview told of no stack.
        marker = f"<!-- recordings of {quote(os.environ['PULUMI_STACK'], safe='/')} -->"
        here = forge(os.environ)
    except KeyError as missing:
        raise SystemExit(f"the review was not posted: {missing.args[0]} is not set") from None
    try:
        done = here.post(marker, review)
    except urllib.error.HTTPError as error:
        raise SystemExit(f"the review was not posted: HTTP status {error.code}; {here.advice}") from None
    except OSError as error:
        raise SystemExit(f"the review was not posted: {error}") from None
    sys.stdout.write(f"the review was {done}\n")


if __name__ == "__main__":
    main()
