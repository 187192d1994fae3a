"""What the provider says when something is wrong: once, in plain words, and without secrets."""

from __future__ import annotations

import pytest

from tests.support.emulator import eventually
from tests.support.world import START, World, Worlds, recording


def test_problems_of_the_configuration_are_reported_by_check(worlds: Worlds) -> None:
    world = worlds({"trtc:regoin": "ap-singapore", "trtc:maxRetryTime": "soon"})
    outcome = world.engine.preview(world.declared)
    assert "trtc:regoin: there is no such setting; did you mean trtc:region?" in outcome.errors[0]
    assert "trtc:maxRetryTime: " in outcome.errors[0]
    assert not world.up().good
    assert world.emu.requests() == []


def test_missing_credentials_fail_the_create_with_the_places_that_were_looked_at(worlds: Worlds) -> None:
    world = worlds({"trtc:site": "intl"})
    assert world.engine.preview(world.declared).good
    outcome = world.up()
    assert "There are no Tencent Cloud API credentials. Looked, in this order, at:" in outcome.errors[0]
    assert "trtc:secretId" in outcome.errors[0]
    assert "Traceback" not in outcome.errors[0]
    assert world.emu.requests() == []


def test_a_service_that_is_not_there_is_named_with_the_command_that_starts_it(worlds: Worlds) -> None:
    world = worlds({"trtc:maxRetryTime": "0"})
    world.emu.kill()
    outcome = world.up()
    assert f"trtc-emulator --port {world.emu.port}" in outcome.errors[0]
    assert world.engine.state.resources == []
    assert world.engine.state.pending == []


@pytest.mark.parametrize(
    "code",
    [
        "FailedOperation.NotAbility",
        *(
            pytest.param(code, marks=pytest.mark.soak)
            for code in (
                "FailedOperation.NotAllowed",
                "FailedOperation.SdkAppIdNotUnderAppId",
                "AuthFailure.SignatureExpire",
                "AuthFailure.TokenFailure",
                "UnauthorizedOperation.CamNoAuth",
                "InvalidParameter.OutOfRange",
            )
        ),
    ],
)
def test_a_refusal_is_sent_once_and_leaves_nothing(world: World, code: str) -> None:
    secrets = ("storage-secret-of-tests", "AKIDstorageOfTests", "trtc-emulator-default-secret-key")
    world.emu.fault("error", START, code=code, message=f"Refused: {' '.join(secrets)}")
    outcome = world.up()
    (error,) = outcome.errors
    assert code in error
    assert "RequestId" in error
    assert "Traceback" not in error
    for secret in secrets:
        assert secret not in error + "".join(outcome.told) + world.engine.provider_errors()
    assert len(world.emu.requests(START)) == 1
    assert world.engine.state.pending == []
    assert world.running() == []


def test_storage_keys_of_the_configuration_are_sent_and_never_saved(worlds: Worlds) -> None:
    world = worlds({"trtc:storageAccessKey": "AKIDfromConfig", "trtc:storageSecretKey": "secret-of-config"})
    inputs = recording()
    for key in ("accessKey", "secretKey"):
        del inputs["storageParams"]["cloudStorage"][key]
    world.declare(lecture=inputs)
    world.good_up()
    (request,) = world.emu.requests(START)
    assert request["body"]["StorageParams"]["CloudStorage"].keys() >= {"AccessKey", "SecretKey"}
    assert "secret-of-config" not in str(world.engine.state.resources)
    assert world.up().steps == (("same", "lecture"),)


def test_a_waiting_provider_says_so(worlds: Worlds) -> None:
    world = worlds({"trtc:maxRetryTime": "600"})
    world.emu.fault("error", START, code="RequestLimitExceeded")
    command = world.start_up()
    line = "RequestLimitExceeded; waiting to send it again"
    eventually(
        lambda: command.plugin and any(line in one for one in command.plugin.told), "a line of progress"
    )
    world.emu.clear_faults()
    assert command.wait().good
    world.check()
