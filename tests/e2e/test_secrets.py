"""No secret comes to light: not in state, backups and history, not in what the CLI and the provider print and
log, not in what the emulator keeps and shows; whatever succeeds, fails or is killed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from tests.support.emulator import Emulator, emulator
from tests.support.interrupted import killed
from tests.support.leaks import files_below, forms, leaks, without_engine_s_own
from tests.support.pulumi_cli import Stack, Stacks
from tests.support.recordings import START_DELAY, all_recording, inputs, new_stack, program, runs_exactly

# In no other text, and with characters that URLs and JSON spell in another way.
API = {
    "secretId": "AKIDmarkApiId4f61c0",
    "secretKey": "markApiKey+/=8b2e7d",
    "securityToken": "markApiToken+/=91ac5e",
    "storageAccessKey": "AKIDmarkConfigAccess3d7f",
    "storageSecretKey": "markConfigSecret+/=77e0b2",
}
ACCESS, SECRET = "AKIDmarkProgramAccess0c4e", "markProgramSecret+/=5a11d9"
PAGE, NEW_PAGE = "markPageToken-e93d10", "markOtherPageToken-c51b86"
FRAGMENT, USER, LATER = "markPageFragment-1d7a40", "markPageUser-f30c9e", "markLaterToken-6b82d5"
TRANSFORMED = "markTransformedToken-9e14c7"
STREAM, NEW_STREAM = "markStreamKey-b8f2a6", "markOtherStreamKey-44d09e"
NAMES = ("own", "configured", "later", "transformed")
SECRETS = {
    **API,
    "access": ACCESS,
    "secret": SECRET,
    "page": PAGE,
    "new page": NEW_PAGE,
    "fragment": FRAGMENT,
    "user": USER,
    "later": LATER,
    "transformed": TRANSFORMED,
    "stream": STREAM,
    "new stream": NEW_STREAM,
}
BEFORE = f"""
def transform(args):
    page = {{"recordUrl": "https://example.com/page?token={TRANSFORMED}"}}
    props = {{**args.props, **(page if args.name == "transformed" else {{}})}}
    return pulumi.ResourceTransformResult(props, args.opts)

pulumi.runtime.register_resource_transform(transform)
"""
EXPORTS = """
for name in ("record_url", "storage_params", "publish_cdn_params"):
    pulumi.export(name, getattr(own, name))
for one in (configured, later, transformed):
    pulumi.export(one._name, one.record_url)
"""


class Later(str):
    """In a program's text: an Output."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"pulumi.Output.from_input({super().__repr__()})"


def declared(page: str = PAGE, stream: str = STREAM) -> str:
    """A recording with all secrets in the program, one whose storage keys the configuration has, and the
    other ways in which a page's URL can hold a secret. None of it is wrapped.
    """
    storage = {"vendor": 0, "region": "ap-singapore", "bucket": "webrecord-1234589"}
    own = inputs(
        record_url=f"https://example.com/page?token={page}",
        storage_params={"cloud_storage": {**storage, "access_key": ACCESS, "secret_key": SECRET}},
        publish_cdn_params=[{"publish_cdn_url": f"rtmp://cdn.example.com/live/{stream}"}],
    )
    configured = inputs(
        record_url=f"https://{USER}@example.com/#{FRAGMENT}", storage_params={"cloud_storage": storage}
    )
    later = inputs(record_url=Later(f"https://example.com/page?token={LATER}"))
    lines = program(own=own, configured=configured, later=later, transformed=inputs()).splitlines()
    return "\n".join([*lines[:2], BEFORE, *lines[2:], EXPORTS])


@attrs.frozen
class World:
    """A stack and an emulator in one folder, with a marker in every secret."""

    folder: Path
    emu: Emulator
    stack: Stack

    def run_in_python(self, text: str) -> None:
        """Let every Python process of the stack begin with this."""
        folder = self.folder / "python"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(text)
        self.stack.env["PYTHONPATH"] = str(folder)

    def hold_tight(self) -> None:
        """Nothing that was written, printed or can be asked for holds a secret."""
        all_recording(self.emu)
        places = files_below(self.folder)
        assert any(path.endswith("dev.json") for path in places), "the state is among them"
        assert any(path.endswith("emulator.db") for path in places)
        for route in ("tasks", "requests", "recordings", "faults"):
            places[route] = json.dumps(self.emu.control("GET", route)).encode()
        # The emulator says which SecretId it takes; that one is a name, and no use without its key.
        said = str(self.folder / "data.out")
        places[said] = places[said].replace(API["secretId"].encode(), b"")
        assert leaks(places, SECRETS) == []


@pytest.fixture
def world(tmp_path: Path, stacks: Stacks) -> Iterator[World]:
    env = {"TRTC_EMULATOR_SECRET_ID": API["secretId"], "TRTC_EMULATOR_SECRET_KEY": API["secretKey"]}
    options = ("--start-delay", START_DELAY, "--token", API["securityToken"])
    with emulator(tmp_path / "data", *options, env=env) as emu:
        stack = new_stack(stacks, emu, declared())
        stack.config({f"trtc:{name}": value for name, value in API.items()}, secret=True)
        stack.config({"trtc:requestTimeout": "300"})
        # What makes `--event-log` an option.
        stack.env["PULUMI_DEBUG_COMMANDS"] = "true"
        yield World(tmp_path, emu, stack)


def test_what_is_searched_would_be_found() -> None:
    for text in (
        f"x {SECRET} y",
        "markProgramSecret%2B%2F%3D5a11d9",
        json.dumps({"key": SECRET}),
        "bWFya1Byb2dyYW1TZWNyZXQrLz01YTExZDk=",
        'a line\n{"time":"2026","level":"INFO","msg":"eventSink::Infoerr(' + SECRET + ')","v":9}\n',
        "I1125 22:12:11.071458   22233 eventsink.go:81] " + SECRET + "\n",
        SECRET + ' + {"time":"2026","level":"INFO","msg":"Marshaling property for RPC[x]: y","v":9}\n',
    ):
        assert leaks({"text": without_engine_s_own(text.encode())}, {"secret": SECRET}), text
    assert all(len(form) > 12 for secret in SECRETS.values() for form in forms(secret))


def test_nothing_leaks_while_all_goes_well(world: World) -> None:
    stack = world.stack
    # The SDK's own logging at DEBUG writes whole bodies.
    world.run_in_python("import logging\nlogging.basicConfig(level=logging.DEBUG)\n")
    stack.preview("--json", "--event-log", "preview.json", "--save-plan", "plan.json")
    text = stack.up("-v=9", "--logtostderr", "--logflow", "--event-log", "up.json").text
    assert "DEBUG:" in text
    assert "Planner decided to create" in text, "the engine logs its inputs too"
    runs_exactly(world.emu, stack, *NAMES)
    stack.write(declared(NEW_PAGE, NEW_STREAM))
    assert "[secret]" in stack.preview("--diff", "--show-replacement-steps").text
    stack.up("--diff")
    stack.refresh("--diff")
    for command in (("export",), ("output", "--json"), ("output",), ("history", "--json")):
        stack.run("stack", *command)
    world.hold_tight()
    stack.destroy()
    world.hold_tight()


def test_nothing_leaks_when_inputs_are_wrong_or_the_api_refuses(world: World) -> None:
    stack = world.stack
    storage = {"vendor": 7, "region": "ap-singapore", "acces_key": ACCESS, "secret_key": [SECRET]}
    wrong = inputs(
        record_url=f"ftp://example.com/page?token={PAGE}",
        storage_params={"cloud_storage": storage},
        publish_cdn_params=[{"publish_cdn_url": f"http://cdn.example.com/{STREAM}"}, STREAM],
    )
    stack.write(program(own=wrong))
    assert stack.preview("--diff", check=False).status != 0
    assert stack.preview("--json", check=False).status != 0

    stack.write(declared())
    world.emu.fault("error", "StartWebRecord", code="FailedOperation.NotAbility", next=1)
    assert "FailedOperation.NotAbility" in stack.up(check=False).text
    world.run_in_python(
        "import pulumi_trtc.lifecycle.start\n"
        "def broken(*args): raise RuntimeError('not expected')\n"
        "pulumi_trtc.lifecycle.start.start_body = broken\n"
    )
    text = stack.up(check=False).text
    assert "Traceback" in text
    assert "RuntimeError: not expected" in text
    world.hold_tight()


def test_nothing_leaks_when_an_update_is_killed(world: World) -> None:
    stack = world.stack
    killed(stack, world.emu)
    stack.run("stack", "export")
    assert stack.pending()
    stack.up()
    runs_exactly(world.emu, stack, *NAMES)
    world.hold_tight()
