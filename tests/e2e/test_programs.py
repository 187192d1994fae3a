"""What programs do with recordings: input forms, components, aliases, get, adopt, several stacks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.emulator import Emulator
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import (
    SDK_APP_ID,
    TYPE,
    all_recording,
    calls,
    inputs,
    new_stack,
    program,
    runs_exactly,
    saved,
    task_ids,
)
from tests.support.sdk import sdk_client, start

MakeStack = Callable[..., Stack]

FORMS = """
storage = {
    "cloud_storage": {
        "vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589",
        "access_key": "AKIDexample", "secret_key": "example-secret-key",
    }
}
trtc.WebRecording(
    "classes",
    record_url="https://example.com/page",
    sdk_app_id=1400000000,
    storage_params=trtc.StorageParamsArgs(
        cloud_storage=trtc.CloudStorageArgs(
            vendor=trtc.CloudStorageVendor.COS, region="ap-singapore", bucket="webrecord-1234589",
            access_key="AKIDexample", secret_key="example-secret-key",
        )
    ),
    web_record_video_params=trtc.WebRecordVideoParamsArgs(width=1280, height=720, format="mp4"),
)
# What a preview does not know.
number = first.task_id.apply(lambda task_id: 1400000000 + 0 * len(task_id))
trtc.WebRecording(
    "outputs",
    record_url=number.apply(lambda _: "https://example.com/page"),
    sdk_app_id=number,
    storage_params=number.apply(lambda _: storage),
    web_record_video_params={
        "Width": number.apply(lambda _: 1280), "height": 720, "format": pulumi.Output.from_input("mp4")
    },
)
# Another recording's outputs, also those of inputs that it leaves out, and its outputs in turn.
previous = first
for name in ("second", "third"):
    previous = trtc.WebRecording(
        name,
        record_url=previous.record_url,
        sdk_app_id=previous.sdk_app_id,
        storage_params=previous.storage_params,
        web_record_video_params=previous.web_record_video_params,
        max_duration_limit=previous.max_duration_limit,
        publish_cdn_params=previous.publish_cdn_params,
        ready_timeout=previous.ready_timeout,
        emulate_mobile_params=previous.emulate_mobile_params,
        when_ended=previous.when_ended,
        wait_until_recording=previous.wait_until_recording,
    )
"""

TEXTS = """
cdn = lecture.publish_cdn_params[0]
numbers = pulumi.Output.all(
    lecture.sdk_app_id,
    lecture.ready_timeout,
    lecture.storage_params["cloud_storage"]["vendor"],
    lecture.web_record_video_params["width"],
    lecture.emulate_mobile_params,
)
pulumi.export("text", pulumi.Output.format("{0} for {1} s", lecture.sdk_app_id, lecture.max_duration_limit))
pulumi.export("numbers", numbers.apply(lambda known: " ".join(map(str, known))))
pulumi.export("hours", lecture.max_duration_limit.apply(lambda limit: list(range(0, limit, 1800))))
pulumi.export("secret", cdn["is_tencent_cdn"].apply(lambda whose: f"CDN {whose}"))
"""

COMPONENT = """
class Room(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Room", name)
        opts = pulumi.ResourceOptions(parent=self{more})
        self.recording = trtc.WebRecording({name!r}, **{given!r}, opts=opts)

Room("room")
"""


@pytest.mark.soak
def test_inputs_come_in_every_form(recorded: MakeStack, emu: Emulator) -> None:
    stack = recorded(program(first=inputs()) + FORMS)
    assert "+ 6 to create" in stack.preview().text
    stack.up()
    runs_exactly(emu, stack, "first", "classes", "outputs", "second", "third")
    bodies = [{**one["body"], "RecordId": None} for one in emu.requests("StartWebRecord")]
    assert bodies == bodies[:1] * 5
    assert bodies[0]["SdkAppId"] == SDK_APP_ID
    stack.preview("--expect-no-changes")


def test_integers_of_a_recording_are_integers_in_texts_and_loops(recorded: MakeStack) -> None:
    given = inputs(
        max_duration_limit=3600,
        ready_timeout=0,
        publish_cdn_params=[{"publish_cdn_url": "rtmp://h/live/key", "is_tencent_cdn": 1}],
        emulate_mobile_params={"mobile_device_type": 1},
    )
    stack = recorded(program(lecture=given) + TEXTS)
    assert "3600 s" in stack.preview().text
    stack.up()
    expected = {
        "text": f"{SDK_APP_ID} for 3600 s",
        "numbers": f"{SDK_APP_ID} 0 0 1280 {{'mobile_device_type': 1}}",
        "hours": [0, 1800],
        "secret": "CDN 1",
    }
    assert stack.outputs() == expected
    assert "[secret]" in stack.run("stack", "output", "secret").text
    # Of what stands in the state, too.
    stack.up("--expect-no-changes")
    assert stack.outputs() == expected


@pytest.mark.soak
def test_a_recording_keeps_running_when_an_alias_moves_it_into_a_component(
    recorded: MakeStack, emu: Emulator
) -> None:
    stack = recorded(program(lecture=inputs()))
    stack.up()
    old = runs_exactly(emu, stack, "lecture")["lecture"]
    head = "import pulumi\nimport pulumi_trtc as trtc\n"
    alias = ", aliases=[pulumi.Alias(name='lecture', parent=pulumi.ROOT_STACK_RESOURCE)]"
    stack.write(head + COMPONENT.format(name="talk", given=inputs(), more=alias))
    stack.up()
    assert runs_exactly(emu, stack, "talk") == {"talk": old}
    stack.write(head + COMPONENT.format(name="talk", given=inputs(), more=""))
    stack.preview("--expect-no-changes")

    stack.write(head + COMPONENT.format(name="talk", given=inputs(max_duration_limit=3600), more=""))
    stack.up()
    new = runs_exactly(emu, stack, "talk")["talk"]
    assert calls(emu) == [f"Start {old}", f"Start {new}", f"Stop {old}"]
    (resource,) = stack.resources(TYPE)
    assert resource["urn"] == resource["inputs"]["owner"]["urn"]
    assert "test:index:Room$" in resource["urn"]


@pytest.mark.soak
def test_recordings_of_others_are_read_and_taken_over(recorded: MakeStack, emu: Emulator) -> None:
    task_id = start(sdk_client(emu), RecordId="by-hand")
    all_recording(emu)
    reading = (
        f"import pulumi\nimport pulumi_trtc as trtc\nfound = trtc.WebRecording.get('found', {task_id!r})\n"
        "for name in ('task_id', 'record_id', 'status'):\n    pulumi.export(name, getattr(found, name))\n"
    )
    stack = recorded(reading)
    stack.up()
    assert stack.outputs() == {"task_id": task_id, "record_id": "by-hand", "status": "recording"}
    stack.preview("--expect-no-changes")

    stack.write(program(lecture=inputs(adopt=task_id)))
    assert f"adopts task {task_id}" in stack.up().text
    assert runs_exactly(emu, stack, "lecture") == {"lecture": task_id}
    assert calls(emu) == [f"Start {task_id}"], "the recording that was only read goes on"
    # The input has done its work and may go.
    stack.write(program(lecture=inputs()))
    stack.up()
    assert calls(emu) == [f"Start {task_id}"]


@pytest.mark.soak
def test_stacks_of_one_program_have_recordings_of_their_own(stacks: Stacks, emu: Emulator) -> None:
    """Two backends with a stack of one name, as two people have them, and two names on one backend."""
    mine, theirs = (new_stack(stacks, emu, program(lecture=inputs())) for _ in range(2))
    running = [stack.start("up", "--yes", "--skip-preview") for stack in (mine, theirs)]
    for one in running:
        assert one.wait() == 0, one.text()
    first = saved(mine)["lecture"]
    mine.run("stack", "init", "other", "--copy-config-from", "dev")
    mine.up("--stack", "other")
    assert len(set(task_ids(emu.running()))) == 3
    assert len({one["record_id"] for one in emu.running()}) == 3

    mine.destroy("--stack", "other")
    theirs.destroy()
    assert task_ids(emu.running()) == [first]
