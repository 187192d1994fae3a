"""What each event makes the emulator say."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest

from pulumi_trtc.callbacks import File, parse
from tests.support.sdk import start_body
from trtc_emulator.callbacks.messages import Message, MessageBuilder, sign
from trtc_emulator.media.contract import RecordedFile
from trtc_emulator.request.masking import mask_body
from trtc_emulator.request.plan import read_plan
from trtc_emulator.settings.assumptions import Assumptions
from trtc_emulator.tasks.events import EndReason, Event, EventKind
from trtc_emulator.tasks.task import Task

BUILDER = MessageBuilder(Assumptions())
ADDRESS = "http://127.0.0.1:8647"
MP4 = RecordedFile("a_0.mp4", 10, 1000, 2000)
STREAM = {"UserId": "", "TrackType": "audio_video", "MediaId": "mix"}
LARGE = "Over resolution limit"
VOD = {"CloudVod": {"TencentVod": {"MediaType": 3, "SubAppId": 7}}}


def task(**changes: Any) -> Task:
    params = mask_body(start_body(**changes))
    plan = read_plan(params, Assumptions())
    return Task("id+1/2", 1400000000, None, params["RecordUrl"], params, 3600, 1, None, plan=plan)


def event(kind: EventKind, **fields: Any) -> Event:
    return Event(kind, "id+1/2", 777, seq=1, **fields)


def said(
    happened: Event,
    of: Task | None = None,
    builder: MessageBuilder = BUILDER,
    *,
    has_files: bool = True,
) -> list[tuple[int, dict[str, Any]]]:
    messages = builder.build(happened, of or task(), has_files=has_files)
    assert all((m.task_id, m.sdk_app_id, m.at_ms) == ("id+1/2", 1400000000, 777) for m in messages)
    return [(message.type, message.payload) for message in messages]


@pytest.mark.parametrize(
    ("happened", "number", "status", "text"),
    [
        (event(EventKind.STARTED), 801, 1, "Success"),
        (event(EventKind.RELOADED), 803, 1, "Page load timeout"),
        (event(EventKind.LIMIT, message="Over time limit"), 804, 1, "Over time limit"),
        (event(EventKind.LIMIT, reason=EndReason.TOO_LARGE, message=LARGE), 804, 2, LARGE),
        (event(EventKind.ENDED, reason=EndReason.STOPPED), 802, 1, "Success"),
        (
            event(EventKind.ENDED, reason=EndReason.FAILED, message="Page load timeout"),
            801,
            2,
            "Page load timeout",
        ),
        (event(EventKind.ENDED, reason=EndReason.FAILED), 801, 2, "StartRecording error"),
        (event(EventKind.ENDED, reason=EndReason.CRASHED, message="x"), 801, 5, "Exception error, exit task"),
        (
            event(EventKind.ENDED, reason=EndReason.CRASHED, message="The browser ended unexpectedly."),
            801,
            5,
            "Chrome exception, exit task",
        ),
        (
            event(EventKind.ENDED, reason=EndReason.SHUTDOWN, message="x"),
            801,
            5,
            "Exception error, exit task",
        ),
    ],
)
def test_the_events_of_a_recording(happened: Event, number: int, status: int, text: str) -> None:
    assert said(happened) == [(number, {"Status": status, "EventMessage": text})]


@pytest.mark.parametrize("reason", [EndReason.LIMIT, EndReason.TOO_LARGE])
def test_the_end_at_a_limit_is_told_by_804_alone(reason: EndReason) -> None:
    ended = event(EventKind.ENDED, reason=reason, message="Over some limit")
    assert said(ended) == []
    both = attrs.evolve(BUILDER, assumptions=Assumptions(stop_after_limit=True))
    assert said(ended, builder=both) == [(802, {"Status": 1, "EventMessage": "Success"})]


def test_what_the_vendors_texts_say_in_two_ways_can_be_chosen() -> None:
    other = attrs.evolve(
        BUILDER, assumptions=Assumptions(refresh_message="PageRefresh", file_times="strings")
    )
    ((_, refreshed),) = said(event(EventKind.RELOADED), builder=other)
    assert refreshed["EventMessage"] == "PageRefresh"
    (message,) = other.build(event(EventKind.FILE, file=MP4), task(), has_files=True)
    assert message.payload["FileMessage"][0]["StartTimeStamp"] == "1000"
    assert message.payload["FileMessage"][0]["EndTimeStamp"] == "2000"
    assert parse(message.body(5, ADDRESS)).files == (File("a_0.mp4", 1000, 2000),)


@pytest.mark.parametrize(
    ("name", "value"), [("EventMsTs", 1622186275913), ("EventTsMs", 1622186275913), ("EventTs", "1622186275")]
)
def test_the_time_has_one_of_the_vendors_names(name: str, value: object) -> None:
    body = Message("t", 1, 801, 1622186275913, {"Status": 1}).body(5, ADDRESS, name)
    assert json.loads(body)["EventInfo"] == {name: value, "TaskId": "t", "Payload": {"Status": 1}}
    assert parse(body).at_ms // 1000 == 1622186275


def test_each_mp4_file_is_told_under_a_longer_task_id_which_a_receiver_cuts_off() -> None:
    (message,) = BUILDER.build(event(EventKind.FILE, file=MP4), task(), has_files=True)
    assert (message.type, message.payload) == (
        310,
        {
            "Status": 0,
            "FileList": ["a_0.mp4"],
            "FileMessage": [{"FileName": "a_0.mp4", **STREAM, "StartTimeStamp": 1000, "EndTimeStamp": 2000}],
        },
    )
    body = message.body(5, ADDRESS)
    assert json.loads(body)["EventInfo"]["TaskId"] == "id+1/2_StartTimeMs_1000"
    assert parse(body).task_id == "id+1/2"
    assert said(event(EventKind.FINISHED)) == []


def test_hls_files_on_cos_are_not_told() -> None:
    assert said(event(EventKind.FILE, file=RecordedFile("a.m3u8", 1, 1, 2))) == []


def test_vod_is_complete_after_its_last_file() -> None:
    vod = task(StorageParams=VOD)
    assert said(event(EventKind.FINISHED), vod) == [(312, {"Status": 0})]
    assert said(event(EventKind.FINISHED), vod, has_files=False) == []


def test_each_file_in_vod_is_told_with_its_address() -> None:
    ((number, payload),) = said(event(EventKind.FILE, file=MP4), task(StorageParams=VOD))
    vod = payload["TencentVod"]
    assert (number, payload["Status"]) == (311, 0)
    assert vod.pop("FileId").isdecimal()
    assert vod == {
        **STREAM,
        "VideoUrl": "/_emulator/files/id-1_2/a_0.mp4",
        "CacheFile": "a_0.mp4",
        "StartTimeStamp": 1000,
        "EndTimeStamp": 2000,
    }


def test_a_file_in_vod_is_told_at_the_address_that_the_emulator_has_when_it_is_sent() -> None:
    (message,) = BUILDER.build(event(EventKind.FILE, file=MP4), task(StorageParams=VOD), has_files=True)
    body = json.loads(message.body(5, "http://other:1"))
    assert (body["EventGroupId"], body["EventType"]) == (3, 311)
    told = body["EventInfo"]["Payload"]["TencentVod"]
    assert told["VideoUrl"] == "http://other:1/_emulator/files/id-1_2/a_0.mp4"
    assert body["EventInfo"]["TaskId"] == "id+1/2"


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [(0, 0, ""), (1, 0, ""), (2, 0, ""), (3, -1, "gone"), (4, -1, "gone"), (5, 0, "")],
)
def test_relay_states_hide_the_stream_key(status: int, code: int, text: str) -> None:
    relayed = task(
        PublishCdnParams=[{"PublishCdnUrl": "rtmp://a/b/KEY"}, {"PublishCdnUrl": "rtmp://c:1/d/KEY"}]
    )
    happened = event(EventKind.CDN, index=1, status=status, message="gone" if text else "")
    assert said(happened, relayed) == [
        (401, {"Url": "rtmp://c:1/***", "Status": status, "ErrorCode": code, "ErrorMsg": text})
    ]


def test_a_relay_that_the_task_does_not_have_is_ignored() -> None:
    assert said(event(EventKind.CDN, index=0, status=1)) == []


@pytest.mark.parametrize(("number", "group"), [(801, 8), (802, 8), (803, 8), (804, 8), (312, 3), (401, 4)])
def test_the_body(number: int, group: int) -> None:
    body = json.loads(Message("t", 1, number, 5, {"Status": 1}).body(99, ADDRESS))
    assert body == {
        "EventGroupId": group,
        "EventType": number,
        "CallbackTs": 99,
        "EventInfo": {"EventMsTs": 5, "TaskId": "t", "Payload": {"Status": 1}},
    }


def test_the_signature_is_that_of_the_vendors_example() -> None:
    body = (
        '{\n\t"EventGroupId":\t2,\n\t"EventType":\t204,\n\t"CallbackTs":\t1664209748188,\n\t"EventInfo":\t{\n'
        '\t\t"RoomId":\t8489,\n\t\t"EventTs":\t1664209748,\n\t\t"EventMsTs":\t1664209748180,\n'
        '\t\t"UserId":\t"user_85034614",\n\t\t"Reason":\t0\n\t}\n}'
    )
    assert sign("123654", body.encode()) == "kkoFeO3Oh2ZHnjtg8tEAQhtXK16/KI05W3BQff8IvGA="
