"""A forge's comments on one request, as far as posting a review needs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs

from tests.support.serving import serving


@attrs.define
class Forge:
    """The comments in their order.

    Attributes:
        listed: The path of the list, to which a new one is posted.
        edited: The path of one, before its number, and the method that edits it.
        author: What the forge says of who wrote a comment with the token.
        refuses: The status of each answer, instead of doing what is asked.
    """

    listed: str
    edited: tuple[str, str]
    author: dict[str, Any]
    url: str = ""
    refuses: int | None = None
    comments: list[dict[str, Any]] = attrs.field(factory=list)
    tokens: set[str] = attrs.field(factory=set)

    def write(self, body: str, author: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add a comment; the token's, unless it is somebody else's."""
        comment = {"id": len(self.comments), "body": body, **(author or self.author)}
        self.comments.append(comment)
        return comment

    def bodies(self) -> list[str]:
        return [comment["body"] for comment in self.comments]

    def answer(self, method: str, url: str, body: str) -> Any:
        """What is asked for, done; a KeyError if there is no such thing."""
        asked = urlsplit(url)
        if asked.path == self.listed and method == "GET":
            query = parse_qs(asked.query)
            size, number = (int(query[name][0]) for name in ("per_page", "page"))
            return self.comments[size * (number - 1) : size * number]
        if asked.path == self.listed and method == "POST":
            return self.write(json.loads(body)["body"])
        one, _, place = asked.path.rpartition("/")
        if (method, one) != self.edited:
            raise KeyError(url)
        self.comments[int(place)]["body"] = json.loads(body)["body"]
        return self.comments[int(place)]


def github() -> Forge:
    """GitHub's comments on pull request 7 of me/repo."""
    issues = "/repos/me/repo/issues"
    bot = {"user": {"login": "github-actions[bot]", "type": "Bot"}}
    return Forge(f"{issues}/7/comments", ("PATCH", f"{issues}/comments"), bot)


def gitlab() -> Forge:
    """GitLab's notes on merge request 7 of project 40."""
    notes = "/projects/40/merge_requests/7/notes"
    return Forge(notes, ("PUT", notes), {"author": {"username": "project_40_bot_1f2e"}})


@contextmanager
def served(forge: Forge) -> Iterator[Forge]:
    """The forge on a free port of this machine."""

    class Answers(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            forge.tokens.add(self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or "")
            answer = None if forge.refuses else forge.answer(self.command, self.path, body)
            self.send_response(forge.refuses or 200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_GET = do_POST = do_PATCH = do_PUT = _do  # noqa: N815  the names that the server calls

    with serving(Answers) as address:
        forge.url = f"http://{address}"
        yield forge
