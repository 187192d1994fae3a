"""What is said of wrong inputs, wrong settings and failures of the API; none of it is a traceback."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.emulator import Emulator
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import inputs, program, saved

MakeStack = Callable[..., Stack]

WRONG = {
    "record_url": "ftp://example.com/page",
    "sdk_app_id": True,
    "max_duration_limit": "an hour",
    "record_id": "ü" * 16,
    "storage_params": {
        "cloud_storage": {
            "vendor": 0,
            "region": "ap-singapore",
            "buckett": "webrecord-1234589",
            "access_key": "AKIDexample",
            "secret_key": ["example-secret-key"],
        }
    },
}
FAULTS = (
    "recordUrl: ",
    "sdkAppId: ",
    "maxDurationLimit: ",
    "recordId: ",
    "storageParams.cloudStorage.secretKey: ",
    "storageParams.cloudStorage.buckett: ",
)


def test_all_that_is_wrong_is_told_in_one_preview(recorded: MakeStack, emu: Emulator) -> None:
    stack = recorded(program(lecture=WRONG))
    stack.config({"trtc:starWindow": "1", "trtc:region": "nowhere"})
    result = stack.preview(check=False)
    assert result.status != 0
    for fault in (*FAULTS, "trtc:starWindow: ", "trtc:region: "):
        assert fault in result.text, f"{fault!r} is not in\n{result.text}"
    assert "did you mean trtc:startWindow?" in result.text
    assert "example-secret-key" not in result.text
    assert "Traceback" not in result.text
    assert emu.requests() == []


def test_without_credentials_a_preview_works_and_an_update_says_where_it_looked(stacks: Stacks) -> None:
    stack = stacks.new(program(lecture=inputs()))
    stack.env["TENCENTCLOUD_PROFILE"] = "nobody"
    assert "+ 2 to create" in stack.preview().text
    result = stack.up(check=False)
    assert result.status != 0
    for place in ("trtc:secretId", "TENCENTCLOUD_SECRET_ID", "~/.tccli/nobody.credential"):
        assert place in result.text
    assert "pulumi config set --secret trtc:secretId" in result.text
    assert "Traceback" not in result.text
    assert saved(stack) == {}


def test_a_refusal_of_the_api_is_told_with_all_that_support_asks_for(
    recorded: MakeStack, emu: Emulator
) -> None:
    stack = recorded(program(lecture=inputs()))
    emu.fault("error", "StartWebRecord", code="FailedOperation.NotAbility", message="No ability.", next=1)
    result = stack.up(check=False)
    assert result.status != 0
    (refused,) = emu.requests("StartWebRecord")
    text = " ".join(result.text.split())
    assert "StartWebRecord failed with FailedOperation.NotAbility: No ability." in text
    assert f"RequestId {refused['request_id']}" in text
    assert f"RecordId {refused['record_id']}" in text
    assert "RTC-Engine monthly package" in text
    assert "Traceback" not in text
    assert (emu.tasks(), saved(stack)) == ([], {})
