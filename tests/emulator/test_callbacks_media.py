"""Callbacks of recordings that a browser really makes."""

from __future__ import annotations

import json
import urllib.request

from tests.support.emulator import DEADLINE, Emulator, StartEmulator, eventually
from tests.support.page_files import folder
from tests.support.receiver import Delivery, Receiver, receiver
from tests.support.sdk import sdk_client, start, stop

VIDEO = {"Width": 320, "Height": 180, "Format": "mp4"}


def begin(start_emulator: StartEmulator, heard: Receiver, **changes: object) -> tuple[Emulator, str]:
    """A recording of the emulator's own page that has taken pictures for a moment."""
    emu = start_emulator("--media", "chromium", "--start-delay", "0", "--callback-url", heard.url)
    url = f"{emu.address}/_emulator/demo"
    task_id = start(sdk_client(emu), RecordUrl=url, WebRecordVideoParams=VIDEO, **changes)
    eventually(lambda: emu.task(task_id)["state"] == "recording", "the beginning")
    files = folder(emu, task_id)
    eventually(lambda: sum(path.stat().st_size for path in files.glob("*.part")) > 20_000, "a part of a film")
    return emu, task_id


def of_type(deliveries: list[Delivery], number: int) -> list[Delivery]:
    return [found for found in deliveries if found.type == number]


def test_from_the_first_picture_to_the_file(start_emulator: StartEmulator) -> None:
    with receiver() as heard:
        relays = [{"PublishCdnUrl": "rtmp://127.0.0.1:1/live/KEY"}]
        emu, task_id = begin(start_emulator, heard, PublishCdnParams=relays)
        eventually(lambda: len(of_type(heard.deliveries, 401)) > 1, "the relay's second attempt")
        stop(sdk_client(emu), task_id)
        eventually(lambda: of_type(heard.deliveries, 310), "the files")
        told = [found.short for found in heard.deliveries]
        assert [short for short in told if short[0] != 401] == [(801, 1), (802, 1), (310, 0)]
        relay = of_type(heard.deliveries, 401)
        assert [found.short for found in relay[:2]] == [(401, 1), (401, 1)]
        assert {found.payload["Url"] for found in relay} == {"rtmp://127.0.0.1:1/***"}
        (message,) = of_type(heard.deliveries, 310)[0].payload["FileMessage"]
        film = folder(emu, task_id) / message["FileName"]
        assert film.stat().st_size > 20_000
        assert message["EndTimeStamp"] > message["StartTimeStamp"]


def test_a_killed_recording_to_vod_is_told_of_after_the_restart(start_emulator: StartEmulator) -> None:
    with receiver() as heard:
        fields = {"MediaType": 0, "SubAppId": 7, "SessionContext": "mine", "UserDefineRecordId": "-own"}
        vod = {"CloudVod": {"TencentVod": fields}}
        emu, task_id = begin(start_emulator, heard, StorageParams=vod)
        heard.wait(1)
        emu.kill()
        emu.restart()
        # The file is completed first, and only then is the recording given up.
        told = heard.wait(4)
        assert [found.short for found in told] == [(801, 1), (311, 0), (801, 5), (312, 0)]
        file = of_type(heard.deliveries, 311)[0].payload["TencentVod"]
        assert file["CacheFile"].startswith("own__UserDefine_u_")
        with urllib.request.urlopen(file["VideoUrl"], timeout=DEADLINE) as response:
            assert response.headers["Content-Type"] == "video/mp4"
            assert len(response.read()) == (folder(emu, task_id) / file["CacheFile"]).stat().st_size
        metadata = json.loads((folder(emu, task_id) / f"{file['CacheFile']}.vod.json").read_text())
        assert metadata["FileId"] == file["FileId"]
        assert metadata["TencentVod"] == vod["CloudVod"]["TencentVod"]
