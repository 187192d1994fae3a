"""What a Start asks for is what lies on the disk, however the recording or the emulator ends."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import pages
from tests.support.emulator import Emulator, StartEmulator, eventually
from tests.support.page_files import folder
from tests.support.sdk import code_of, sdk_client, start, stop
from tests.support.video import inspect

VIDEO = {"Width": 320, "Height": 180, "Format": "mp4"}
COS = {
    "Vendor": 0,
    "Bucket": "webrecord-1234589",
    "Region": "ap-singapore",
    "AccessKey": "AKxxxxxx",
    "SecretKey": "Idxxxxxx",
}


@pytest.fixture
def site() -> Iterator[pages.Pages]:
    with pages.serving({"/": pages.plain("204080"), "/asks": pages.plain("204080")}) as served:
        yield served


def recorder(start_emulator: StartEmulator, *arguments: str) -> Emulator:
    return start_emulator("--media", "chromium", "--start-delay", "0", *arguments)


def begin(emu: Emulator, *starts: dict[str, Any]) -> list[str]:
    """Start recordings of 320 by 180 pixels, and wait until some of each is on the disk."""
    client = sdk_client(emu)
    task_ids = [start(client, **{"WebRecordVideoParams": VIDEO, **changes}) for changes in starts]
    eventually(lambda: len(emu.tasks("recording")) == len(starts), "that they record")
    eventually(lambda: all(written(folder(emu, one)) > 2000 for one in task_ids), "a part of each film")
    return task_ids


def written(files: Path) -> int:
    return sum(path.stat().st_size for path in files.glob("*.*") if path.suffix in {".part", ".mp4", ".ts"})


def whole(emu: Emulator, task_id: str, pattern: str) -> Path:
    """The one file of a task that carries its own name; waits until the task is done with."""
    eventually(lambda: emu.task(task_id)["finished_ms"] is not None, "the end of the files")
    (found,) = folder(emu, task_id).glob(pattern)
    assert not list(folder(emu, task_id).glob("*.part"))
    return found


@pytest.mark.parametrize("picture", ["display", "screencast"])
def test_how_the_picture_is_taken_is_told(start_emulator: StartEmulator, picture: str) -> None:
    """In the first lines, in health, and to the page; this machine's browser can do both."""
    emu = recorder(start_emulator, *(("--picture", picture) if picture != "display" else ()))
    eventually(lambda: f"picture     {picture}\n" in emu.output(), "the first lines")
    assert emu.health()["picture"] == emu.control("GET", "recordings")["picture"] == picture


def recorders(emu: Emulator) -> list[str]:
    """Processes that have this emulator's data folder in their files or arguments."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            opened = [str(file.readlink()) for file in (process / "fd").iterdir()]
        except OSError:
            continue
        if any(str(emu.data) in text for text in (command, *opened)):
            found.append(command)
    return found


def test_each_storage_and_format_is_a_film_in_its_own_folder(
    start_emulator: StartEmulator, site: pages.Pages
) -> None:
    """Two are stopped, and one ends at its limit."""
    emu = recorder(start_emulator, "--max-recordings", "3")
    cos = {"CloudStorage": {**COS, "FileNamePrefix": ["record", "video"]}}
    vod = {"CloudVod": {"TencentVod": {"MediaType": 3, "SubAppId": 42}}}
    hls = {**VIDEO, "Format": "hls"}
    in_cos, in_vod, limited = begin(
        emu,
        {"RecordUrl": site.url, "StorageParams": cos},
        {"RecordUrl": site.url, "StorageParams": vod},
        {"RecordUrl": site.url, "WebRecordVideoParams": hls, "MaxDurationLimit": 1800},
    )
    stop(sdk_client(emu), in_cos)
    stop(sdk_client(emu), in_vod)
    emu.advance(1801)

    film = whole(emu, in_cos, "*.mp4")
    assert film.parent.parent == emu.data / "cos" / "webrecord-1234589" / "record" / "video"
    assert (inspect(film).width, inspect(film).height) == (320, 180)

    assert inspect(whole(emu, in_vod, "*.mp4")).frames > 0
    assert inspect(whole(emu, in_vod, "*.m3u8")).frames > 0
    assert folder(emu, in_vod).parent == emu.data / "vod" / "42"

    playlist = whole(emu, limited, "*.m3u8")
    assert emu.task(limited)["reason"] == "limit"
    assert playlist.read_text().rstrip().endswith("#EXT-X-ENDLIST")
    assert inspect(playlist).frames > 0


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.soak)])
def test_an_orderly_end_of_the_emulator_finishes_the_film(
    start_emulator: StartEmulator, site: pages.Pages, number: signal.Signals
) -> None:
    emu = recorder(start_emulator)
    (task_id,) = begin(emu, {"RecordUrl": site.url})
    files = folder(emu, task_id)
    assert emu.terminate(number) == 0
    (film,) = files.glob("*.mp4")
    assert inspect(film).frames > 0
    assert recorders(emu) == []


def test_a_killed_emulator_leaves_a_film_and_no_process(
    start_emulator: StartEmulator, site: pages.Pages
) -> None:
    emu = recorder(start_emulator)
    (task_id,) = begin(emu, {"RecordUrl": site.url})
    emu.kill()
    eventually(lambda: recorders(emu) == [], "no process is behind")
    emu.restart()
    assert emu.task(task_id)["reason"] == "crashed"
    assert inspect(whole(emu, task_id, "*.mp4")).frames > 0


@pytest.mark.soak
def test_a_full_machine_says_so_with_the_apis_own_error(
    start_emulator: StartEmulator, site: pages.Pages
) -> None:
    emu = recorder(start_emulator, "--max-recordings", "1")
    begin(emu, {"RecordUrl": site.url})
    code = code_of(start, sdk_client(emu), RecordUrl=f"{site.url}/")
    assert code == "ResourceInsufficient.RequestRejection"
    assert len(emu.tasks()) == 1


def test_recordings_that_have_not_begun_take_room_too(start_emulator: StartEmulator) -> None:
    settings = ("--browser", "/bin/true", "--max-recordings", "2", "--start-delay", "3600")
    emu = start_emulator("--media", "chromium", *settings)
    client = sdk_client(emu)
    codes = [code_of(start, client) for _ in range(5)]
    assert codes == ["", ""] + ["ResourceInsufficient.RequestRejection"] * 3
    emu.terminate()
    emu.restart()
    assert code_of(start, client) == "ResourceInsufficient.RequestRejection"
    emu.advance(3600)
    eventually(
        lambda: all(task["finished_ms"] for task in emu.tasks()), "their ends, since /bin/true is no browser"
    )
    assert code_of(start, client) == ""


def test_a_page_that_cannot_be_loaded_is_accepted_and_then_ends(
    start_emulator: StartEmulator, site: pages.Pages
) -> None:
    emu = recorder(start_emulator, "--max-recordings", "2")
    for url in (f"{site.url}/missing", "http://127.0.0.1:9/"):
        start(sdk_client(emu), RecordUrl=url, WebRecordVideoParams=VIDEO)
    eventually(lambda: len(emu.tasks("ended")) == 2, "their ends")
    assert [task["message"] for task in emu.tasks()] == ["Goto url timeout"] * 2


@pytest.mark.soak
def test_the_page_sees_a_phone_where_one_is_asked_for(
    start_emulator: StartEmulator, site: pages.Pages
) -> None:
    site.replies["/asks"] = pages.plain(
        "204080",
        "fetch(`/told?width=${screen.width}&touch=${navigator.maxTouchPoints}&ua=${navigator.userAgent}`)",
    )
    emu = recorder(start_emulator)
    phone = {"MobileDeviceType": 0, "ScreenOrientation": 0}
    begin(emu, {"RecordUrl": f"{site.url}/asks", "EmulateMobileParams": phone})
    told = eventually(lambda: site.told("/told"), "what the page saw")[0]
    assert int(told["width"]) < 600
    assert int(told["touch"]) > 0
    assert re.search(r"Mobile|iPhone|Android", told["ua"])


def test_without_a_signature_no_page_is_opened(start_emulator: StartEmulator, site: pages.Pages) -> None:
    emu = recorder(start_emulator)
    assert code_of(start, sdk_client(emu, secret_key="wrong"), RecordUrl=f"{site.url}/") != ""
    assert emu.tasks() == []
    assert site.requests == []
