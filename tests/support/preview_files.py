"""Makes tests/unit/previews anew: `tools/with-cli python -m tests.support.preview_files`.

Each file is what the real `pulumi preview --json` prints of stacks on the emulator, without what differs from
run to run and what no reader needs.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.support.emulator import Emulator, emulator
from tests.support.pulumi_cli import ROOT, Stack, Stacks
from tests.support.recordings import all_recording, declared, inputs, new_stack, program, saved, urn_of

FOLDER = ROOT / "tests/unit/previews"
REPLACEMENTS = "--show-replacement-steps"
_NOISE = frozenset(
    {
        *(
            "stackTrace",
            "sourcePosition",
            "propertyDependencies",
            "additionalSecretOutputs",
            "created",
            "modified",
        ),
        *("duration", "__provider", "detailedDiff", "requestId", "trtc:startWindow"),
    }
)

CDN = "rtmp://cdn.example.com/live/stream-key?sign=push-token"
OTHER_CDN = "rtmp://other.example.com/live/stream-key?sign=push-token"
OTHERS = """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider
class Pages(ResourceProvider):
    def create(self, props):
        return CreateResult("page", {**props, "url": "https://example.com/made?token=made-token"})
class Page(Resource):
    url: pulumi.Output[str]
    def __init__(self, name, opts=None):
        super().__init__(Pages(), name, {"url": None}, opts)
"""

ELSEWHERE = """
china = pulumi.ProviderResource("pulumi-python", "china", {"trtc:site": "china"})
elsewhere = trtc.WebRecording("elsewhere", **GIVEN, opts=pulumi.ResourceOptions(provider=china))
""".replace("GIVEN", repr(inputs()))


def _cos(**changed: str) -> dict[str, Any]:
    storage = inputs()["storage_params"]["cloud_storage"]
    return {"storage_params": {"cloud_storage": {**storage, **changed}}}


def _relay(url: str) -> dict[str, Any]:
    return {"publish_cdn_params": [{"publish_cdn_url": url, "is_tencent_cdn": 0}]}


# What runs when the previews are made.
BASE: Mapping[str, Mapping[str, Any]] = {
    "lecture": inputs(record_url="https://example.com/lecture?token=page-token", max_duration_limit=7200),
    "lobby": inputs(max_duration_limit=36000),
    "relay": inputs(**_relay(CDN), web_record_video_params={"width": 1920, "height": 1080}),
    "fixed": inputs(record_id="fixed-id"),
}
BUCKET = _cos(bucket="archive-1234589")
FULL_HD = {"web_record_video_params": {"width": 1920, "height": 1080, "format": "mp4"}}


def _base(**changed: Mapping[str, Any] | None) -> str:
    """The program that runs, with some recordings changed, added or, with None, left out."""
    return program(**{name: given for name, given in {**BASE, **changed}.items() if given is not None})


def _changed(name: str, **values: Any) -> str:
    return _base(**{name: {**BASE[name], **values}})


def _without(name: str, *more: str) -> str:
    return program(*more, **{one: given for one, given in BASE.items() if one != name})


def _programs(tasks: Mapping[str, str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Each preview's name, program and options, once BASE runs."""
    moved = {**BASE["lecture"], **BUCKET}
    aliases = "aliases=[pulumi.Alias(name='lecture')]"
    yield "nothing", _base(), ()
    yield "everything", _changed("lecture", **BUCKET), ("--show-sames",)
    yield "bucket", _changed("lecture", **BUCKET), ()
    yield "page", _changed("lecture", record_url="https://other.example.com/?token=new-token"), ()
    yield "keys", _changed("lecture", **_cos(secret_key="rotated-secret-key")), ()
    yield "cdn-address", _changed("relay", **_relay(OTHER_CDN)), ()
    yield "shared-cdn", _changed("relay", **BUCKET), ()
    yield "shared-record-id", _changed("fixed", **BUCKET), ()
    yield "size", _changed("lobby", **FULL_HD), ()
    yield "settings", _changed("lecture", when_ended="restart"), ()
    yield "rename", _without("lecture", declared("talk", BASE["lecture"])), ()
    yield "rename-alias", _without("lecture", declared("talk", BASE["lecture"], aliases)), ()
    yield "rename-relay", _without("relay", declared("stream", BASE["relay"])), ()
    yield "delete", _base(lobby=None), ()
    yield "forced", _base(), ("--replace", urn_of("lecture"))
    yield "forced-relay", _base(), ("--replace", urn_of("relay"))
    yield "target", _base(lecture=moved, lobby=None), ("--target", urn_of("lobby"))
    yield "read", _base() + f"trtc.WebRecording.get('watched', id={tasks['lobby']!r})\n", ()
    yield "adopt", _base(taken=inputs(adopt="TaskIdOfAnotherStack")), ()
    yield "adopt-own", _base(taken=inputs(adopt=tasks["lobby"])), ()
    yield "provider", _base() + ELSEWHERE, ()
    yield "others", (
        _changed("lecture", **BUCKET)
        + OTHERS
        + "page = Page('page')\ngroup = pulumi.ComponentResource('test:index:Group', 'group')\n"
        + declared("made", inputs()).replace("'https://example.com/page'", "page.url")
        + "\n"
    ), ()  # fmt: skip
    yield "wrong-input", _changed("lecture", record_url="ftp://example.com/lecture?token=page-token"), ()
    yield "exception", _base() + "raise RuntimeError('https://example.com/lecture?token=page-token')\n", ()
    yield "refresh", _base(), ("--refresh",)
    yield (
        "mixed",
        _base(
            lecture=moved, lobby=None, relay={**BASE["relay"], **BUCKET}, one=inputs(), two=inputs(**FULL_HD)
        ),
        (),
    )


def main() -> None:
    """Write all files."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        stacks = Stacks(folder / "stacks")
        try:
            with emulator(folder / "emulator", "--start-delay", "0.2") as emu:
                _running(new_stack(stacks, emu, _base()), emu)
                _many(new_stack(stacks, emu, program(), name="many"), emu)
        finally:
            stacks.close()


def _running(stack: Stack, emu: Emulator) -> None:
    _write(stack, "new", REPLACEMENTS)
    stack.up()
    all_recording(emu)
    for name, text, options in _programs(saved(stack)):
        stack.write(text)
        _write(stack, name, REPLACEMENTS, *options)
    stack.write(_changed("lecture", **BUCKET))
    _write(stack, "no-replacement-steps")
    stack.write(_base())
    _save("destroy", stack.run("destroy", "--preview-only", "--json", REPLACEMENTS).text)
    _ended(stack, emu)


def _ended(stack: Stack, emu: Emulator) -> None:
    emu.advance(10_000)
    _save("drift", stack.run("refresh", "--preview-only", "--json").text)
    _write(stack, "ended-refresh", REPLACEMENTS, "--refresh")
    stack.refresh()
    _write(stack, "ended-keep", REPLACEMENTS)
    stack.write(_changed("lecture", when_ended="restart"))
    _write(stack, "ended-restart", REPLACEMENTS)
    stack.write(_base(lecture=None))
    _write(stack, "ended-delete", REPLACEMENTS)
    stack.write(_base())
    stack.up()
    _write(stack, "ended-acknowledged", REPLACEMENTS, "--show-sames")


def _many(stack: Stack, emu: Emulator) -> None:
    rooms = {f"room{number:02}": inputs() for number in range(18)}
    kept = declared("kept", inputs(), "retain_on_delete=True")
    tied = declared("tied", inputs(), "deleted_with=kept")
    stack.write(program(kept, tied, **rooms))
    stack.up()
    all_recording(emu)
    stack.write(program(**{**rooms, "room07": inputs(max_duration_limit=3600)}) + f"{kept}\n{tied}\n")
    _write(stack, "one-of-twenty", REPLACEMENTS)
    stack.write(program(**rooms))
    _write(stack, "let-go", REPLACEMENTS)
    emu.fault("error", "StartWebRecord", code="InvalidParameter.RecordUrl")
    stack.write(program(kept, tied, **rooms, extra=inputs()))
    stack.up(check=False)
    emu.clear_faults()
    stack.write(program(kept, tied, **rooms))
    _write(stack, "after-failure", REPLACEMENTS)


def _write(stack: Stack, name: str, *options: str) -> None:
    _save(name, stack.preview("--json", *options, check=False).text)


def _save(name: str, text: str) -> None:
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8647", text)
    text = text.replace(str(ROOT), "/package")
    text = re.sub(r"/[^\s\"]*/stack[0-9]+(?=/)", "/program", text)
    # The provider's id differs each time, as TaskIds do.
    text = re.sub(r"(?<=::)[0-9a-f-]{36}(?=\")", "id", text)
    for number, task_id in enumerate(dict.fromkeys(re.findall(r'"taskId": "([^"]{40,})"', text))):
        text = text.replace(task_id, f"TaskId-{number}")
    start = text.index("{")
    read, end = json.JSONDecoder().raw_decode(text[start:])
    assert not text[start + end :].strip(), text
    shrunk = json.dumps(_shrunk(read), indent=1, ensure_ascii=False)
    shrunk = re.sub(r'("startedAt": )[\d.]+', r"\g<1>1795874198.0", shrunk)
    (FOLDER / f"{name}.json").write_text(shrunk + "\n")
    print(name, flush=True)


def _shrunk(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shrunk(inner) for key, inner in value.items() if key not in _NOISE}
    return [_shrunk(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
