"""The plugin with the real CLI, where no cheaper test can tell: moves, imports, explicit providers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.support.emulator import Emulator, emulator, eventually
from tests.support.engine.resources import name_of
from tests.support.interrupted import kill_cli, killed
from tests.support.languages import with_host
from tests.support.plugin_programs import PLUGIN, declared, inputs, program, with_plugin
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import START_DELAY, all_recording, calls, new_stack, task_ids
from tests.support.recordings import program as dynamic_program
from tests.support.sdk import sdk_client, start

TYPE = "trtc:index:WebRecording"
CDN = "rtmp://live.example.com/app/key-Marker"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::test::{type_}::{name}"


def saved(stack: Stack) -> dict[str, str]:
    """The TaskIds in the state, by name, whichever provider has them."""
    return {name_of(one["urn"]): one["id"] for one in stack.resources("WebRecording")}


@pytest.fixture
def stack(stacks: Stacks, emu: Emulator) -> Stack:
    """A Python project that finds the plugin in its virtual environment."""
    return with_plugin(new_stack(stacks, emu, program()))


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Emulator]:
    """Another place."""
    with emulator(tmp_path / "there", "--start-delay", START_DELAY) as found:
        yield found


def test_a_stack_moves_over_from_the_dynamic_provider_and_back_without_a_restart(
    stack: Stack, emu: Emulator
) -> None:
    cos = inputs()["storageParams"]["cloudStorage"]
    given: dict[str, Any] = {
        "record_url": "https://example.com/page",
        "sdk_app_id": 1400000000,
        "storage_params": {"cloud_storage": {"access_key": cos["accessKey"], "secret_key": cos["secretKey"]}},
    }
    given["storage_params"]["cloud_storage"] |= {
        key: value for key, value in cos.items() if not key.endswith("Key")
    }
    cdn = {"publish_cdn_params": [{"publish_cdn_url": CDN, "is_tencent_cdn": 0}]}
    before = dynamic_program(lecture=given, hall={**given, **cdn})
    stack.write(before)
    stack.up()
    all_recording(emu)
    tasks, asked = saved(stack), calls(emu)

    relayed = {"publishCdnParams": [{"publishCdnUrl": CDN, "isTencentCdn": 0}]}
    python = (stack.folder / "Pulumi.yaml").read_text()
    # The schema says what the recordings were called before.
    recordings = {
        name: {"type": "trtc:WebRecording", "properties": inputs(**more)}
        for name, more in {"lecture": {}, "hall": relayed}.items()
    }
    own_folder = {"providers": [{"name": "trtc", "path": str(PLUGIN)}]}
    text = {"name": "test", "runtime": "yaml", "plugins": own_folder, "resources": recordings}
    (stack.folder / "Pulumi.yaml").write_text(json.dumps(text))
    with_host(stack, "yaml")
    there = stack.run("up", "--yes")
    assert there.text.count("2 to update") == 1
    assert "run on under their new name" in there.text
    assert saved(stack) == tasks
    assert {one["type"] for one in stack.resources("WebRecording")} == {TYPE}
    (stack.folder / "Pulumi.yaml").write_text(python)

    aliased = [f"opts=pulumi.ResourceOptions(aliases=[{urn(TYPE, name)!r}])" for name in ("lecture", "hall")]
    lines = before.splitlines()
    lines = [
        re.sub(r"\)$", f", {aliased[number - 2]})", line) if "WebRecording(" in line else line
        for number, line in enumerate(lines)
    ]
    stack.write("\n".join(lines))
    back = stack.up()
    assert "2 updated" in back.text
    assert saved(stack) == tasks
    stack.write(before)
    assert "unchanged" in stack.up("--expect-no-changes").text
    assert calls(emu) == asked, "nothing was started or stopped"
    assert "Marker" not in there.text + back.text + json.dumps(stack.export())


def test_running_recordings_are_imported_and_run_on(stack: Stack, emu: Emulator) -> None:
    client = sdk_client(emu)
    one, other = (start(client, RecordId=name) for name in ("one", "other"))
    all_recording(emu)
    # Languages' hosts of old cannot write a program for it.
    stack.run("import", TYPE, "lecture", one, "--yes", "--protect=false", "--generate-code=false")
    lines = declared("lecture"), declared("hall", f"import_={other!r}")
    stack.write(program(*lines))
    took = stack.run("up", "--yes").text
    assert (
        "2 recordings are imported, and run on: taken to record what the program declares: hall, lecture"
        in took
    )
    assert "1 imported" in took
    assert saved(stack) == {"lecture": one, "hall": other}
    stack.write(program(declared("lecture"), declared("hall")))
    assert "unchanged" in stack.up("--refresh", "--expect-no-changes").text
    assert sorted(task_ids(emu.running())) == sorted([one, other])
    stack.destroy()
    assert emu.running() == []


def test_explicit_providers_have_accounts_of_their_own(stack: Stack, emu: Emulator, there: Emulator) -> None:
    """Each its endpoint, its storage keys; one of them is known in the update only."""
    keys = {"storageAccessKey": "AKIDkeysMarker", "storageSecretKey": "keys-Marker"}
    elsewhere = {**keys, "site": "emulator", "endpoint": there.address, "startWindow": 3}
    storage = {"cloudStorage": {"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"}}

    def text(page: str = "https://example.com/page", **changed: Any) -> str:
        return program(
            declared("lecture", recordUrl=page),
            f"known = Provider('known', **{dict(elsewhere, **changed)!r})",
            "region = lecture.taskId.apply(lambda _: 'ap-singapore')",
            f"late = Provider('late', region=region, **{elsewhere!r})",
            declared("hall", "provider=known", storageParams=storage, recordUrl=page),
            declared("room", "provider=late", storageParams=storage),
        )

    stack.write(text())
    first = stack.run("up", "--yes")
    assert len(emu.running()) == 1
    assert len(there.running()) == 2
    for one in there.requests("StartWebRecord"):
        assert one["body"]["StorageParams"]["CloudStorage"]["AccessKey"] == "***", "the provider's own"

    # Interrupted in a create of each provider, with requests under way at both.
    stack.write(text("https://example.com/new"))
    stack.config({"trtc:requestTimeout": "300"})
    there.fault("latency", "StartWebRecord", seconds=300, when="after", next=1)
    killed(stack, emu, how=kill_cli)
    there.clear_faults()
    sent_by_then = len(emu.requests()) + len(there.requests())
    eventually(lambda: not _plugins(stack), "the end of the plugins")
    assert len(emu.requests()) + len(there.requests()) == sent_by_then

    # A changed configuration replaces nothing.
    stack.write(text("https://example.com/new", requestTimeout=20))
    healed = stack.up()
    assert sorted(task_ids(emu.running()) + task_ids(there.running())) == sorted(saved(stack).values())
    # And another place is refused, with the way out.
    stack.write(text("https://example.com/new", endpoint=emu.address))
    moved = stack.up(check=False)
    assert f"hall runs at {there.address} (ap-singapore)" in moved.text
    stack.write(text("https://example.com/new"))
    stack.destroy("--run-program")
    assert emu.running() == there.running() == []
    assert "Marker" not in first.text + healed.text + moved.text + json.dumps(stack.export())


def _plugins(stack: Stack) -> list[int]:
    return [
        one.pid
        for one in psutil.process_iter(["cmdline", "environ"])
        if "pulumi-resource-trtc" in " ".join(one.info["cmdline"] or ())
        and (one.info["environ"] or {}).get("PULUMI_HOME") == stack.env["PULUMI_HOME"]
    ]


def test_a_page_that_does_not_record_leaves_its_task_id_and_an_update_starts_it_again(
    stack: Stack, emu: Emulator
) -> None:
    limit = "custom_timeouts=pulumi.CustomTimeouts(create='1s')"
    broken = {"recordUrl": "https://example.invalid/", "waitUntilRecording": 60}
    stack.write(program(declared("lecture", limit, **broken)))
    failed = stack.up(check=False)
    assert failed.status != 0
    assert "The recording did not begin within" in failed.text
    assert "Traceback" not in failed.text
    (task_id,) = saved(stack).values()
    assert task_id in failed.text
    assert emu.running() == []
    stack.write(program(declared("lecture")))
    again = stack.run("up", "--yes")
    assert task_ids(emu.running()) == list(saved(stack).values()) != [task_id]
    assert "Traceback" not in again.text
