"""The page's routes: who is answered, with which headers, and which files are served."""

from __future__ import annotations

import asyncio
import http.client
from pathlib import Path
from unittest import mock

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from tests.support.emulator import DEADLINE, Emulator
from tests.support.page_files import folder, shown
from tests.support.sdk import sdk_client, start, stop
from trtc_emulator.api.hosts import from_another_site
from trtc_emulator.control.routes import Handler, guarded

PATHS = [
    "/",
    "/_emulator/page/app.js",
    "/_emulator/recordings",
    "/_emulator/demo",
    "/_emulator/files/a/b.mp4",
]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@attrs.frozen
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def get(emu: Emulator, path: str, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", emu.port, timeout=DEADLINE)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())
    finally:
        connection.close()


@pytest.fixture
def recorded(emu: Emulator) -> tuple[str, Path]:
    """An ended recording: the path of its files on the emulator, and their folder."""
    client = sdk_client(emu)
    task_id = start(client)
    emu.advance(3600)
    files = folder(emu, task_id)
    stop(client, task_id)
    return f"/_emulator/files/{shown(emu, task_id)['id']}", files


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8647", "192.0.2.1", "localhost.evil.example", "[::"]
)
def test_another_host_is_refused(emu: Emulator, path: str, host: str) -> None:
    assert get(emu, path, Host=host).status == 403


@pytest.mark.parametrize("host", ["localhost", "localhost:8647", "127.0.0.1", "[::1]:8647", "127.1.2.3"])
def test_this_machines_names_are_answered(emu: Emulator, host: str) -> None:
    assert get(emu, "/", Host=host).status == 200


def test_another_sites_page_is_refused(emu: Emulator) -> None:
    assert get(emu, "/_emulator/recordings", Origin="http://evil.example").status == 403
    assert get(emu, "/", Origin="http://[").status == 403
    assert get(emu, "/_emulator/recordings", Origin=emu.address).status == 200


@pytest.mark.parametrize(
    ("host", "status"), [("192.0.2.7:8647", 200), ("192.0.2.8:8647", 403), ("name.example:8647", 403)]
)
def test_the_address_that_it_is_bound_to_is_its_own(host: str, status: int) -> None:
    transport = mock.Mock()
    transport.get_extra_info.return_value = ("192.0.2.7", 8647)
    request = make_mocked_request("GET", "/", headers={"Host": host}, transport=transport)

    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response()

    async def answer(handler: Handler) -> int:
        return (await handler(request)).status

    assert asyncio.run(answer(guarded(page, also_bound=True))) == status
    assert asyncio.run(answer(guarded(page))) == 403
    origin = {"Origin": f"http://{host}"}
    from_page = make_mocked_request("POST", "/", headers=origin, transport=transport)
    assert from_another_site(from_page) == (status != 200)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/_emulator/page/app.js", "text/javascript; charset=utf-8"),
        ("/_emulator/page/card.js", "text/javascript; charset=utf-8"),
        ("/_emulator/page/style.css", "text/css; charset=utf-8"),
        ("/_emulator/page/icon.svg", "image/svg+xml"),
    ],
)
def test_the_pages_files_have_strict_headers(emu: Emulator, path: str, kind: str) -> None:
    answer = get(emu, path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_page_asks_for_nothing_from_elsewhere_and_has_nothing_inline(emu: Emulator) -> None:
    text = get(emu, "/").body.decode()
    assert "http://" not in text
    assert "https://" not in text
    assert "<style" not in text
    assert "style=" not in text
    assert "<script>" not in text
    assert " on" not in text.split("<body>")[0]


@pytest.mark.parametrize(
    "name", ["demo.html", "index.html", "nothing.js", "..%2f__main__.py", "%2e%2e%2f__init__.py"]
)
def test_no_other_file_of_the_package_is_served(emu: Emulator, name: str) -> None:
    assert get(emu, f"/_emulator/page/{name}").status == 404


@pytest.mark.parametrize(
    "header", [{"X-TC-Action": "DescribeWebRecord"}, {"Authorization": "TC3-HMAC-SHA256"}]
)
def test_a_client_of_the_api_gets_the_apis_answer(emu: Emulator, header: dict[str, str]) -> None:
    answer = get(emu, "/", **header)
    assert answer.headers["Content-Type"] == "application/json"
    assert b"UnsupportedProtocol" in answer.body


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("film_0.mp4", "video/mp4"),
        ("film.m3u8", "application/vnd.apple.mpegurl"),
        ("film_00000.ts", "video/mp2t"),
        (".thumbnail.jpg", "image/jpeg"),
        ("film_0.mp4.vod.json", "application/json"),
    ],
)
def test_a_recordings_files_have_their_types(
    emu: Emulator, recorded: tuple[str, Path], name: str, kind: str
) -> None:
    path, files = recorded
    (files / name).write_bytes(b"0123456789")
    answer = get(emu, f"{path}/{name}")
    assert (answer.status, answer.headers["Content-Type"], answer.body) == (200, kind, b"0123456789")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_a_part_of_a_file_can_be_had(emu: Emulator, recorded: tuple[str, Path]) -> None:
    path, files = recorded
    (files / "film_0.mp4").write_bytes(b"0123456789")
    answer = get(emu, f"{path}/film_0.mp4", Range="bytes=2-4")
    assert (answer.status, answer.body) == (206, b"234")
    assert answer.headers["Content-Range"] == "bytes 2-4/10"


def test_nothing_else_is_served(emu: Emulator, recorded: tuple[str, Path]) -> None:
    path, files = recorded
    outside = emu.data / "outside.mp4"
    outside.write_bytes(b"x")
    (files / "link.mp4").symlink_to(outside)
    (files / "folder.mp4").mkdir()
    for name in (".lock", "film_0.mp4.part", ".hidden.mp4", "a b.mp4", "film_0.txt"):
        (files / name).write_bytes(b"x")
    up = "/".join(["..%2f" * len(files.relative_to(emu.data).parts) + "outside.mp4"])
    names = [path.name for path in files.iterdir()] + [
        up,
        "..%2f..%2foutside.mp4",
        "..",
        "%2e%2e",
        "a%00.mp4",
    ]
    for name in names:
        answer = get(emu, f"{path}/{name.replace(' ', '%20')}")
        assert answer.status == 404, name
    assert get(emu, "/_emulator/files/unknown/film_0.mp4").status == 404
    assert get(emu, "/_emulator/files/..%2f/outside.mp4").status == 404
    assert get(emu, "/_emulator/files/../../outside.mp4").status == 404


def test_recordings_of_another_start_are_not_served(emu: Emulator, recorded: tuple[str, Path]) -> None:
    path, files = recorded
    (files / "film_0.mp4").write_bytes(b"x")
    assert get(emu, f"{path}/film_0.mp4").status == 200
    emu.reset()
    assert get(emu, f"{path}/film_0.mp4").status == 404
