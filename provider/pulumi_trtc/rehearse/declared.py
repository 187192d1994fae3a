"""Which recordings a program declares, as the preview of it told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from pulumi_trtc.inputs.body import start_body
from pulumi_trtc.inputs.check import check
from pulumi_trtc.inputs.urls import public_part
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.stack.state import is_recording, name_in

# Nothing is stored there: the emulator keeps the files on this machine.
_STORAGE = {
    "cloudStorage": {
        "vendor": 0,
        "region": "ap-singapore",
        "bucket": "rehearsal-1250000000",
        "accessKey": "rehearsal",
        "secretKey": "rehearsal",
    }
}
_SDK_APP_ID = 1400000000
_LONGEST_TEXT = 300
_ENDED = "program exited with non-zero exit code"


@attrs.frozen
class Declared:
    """A recording of the program.

    Attributes:
        inputs: Those that say what is seen, under their state keys. An address may hold a token.
        why_not: Why it cannot be recorded; empty if it can.
    """

    urn: str
    inputs: Mapping[str, Any] = attrs.field(factory=dict, repr=False)
    why_not: str = ""

    @property
    def name(self) -> str:
        """Its name in the program."""
        return name_in(self.urn)

    @property
    def site(self) -> str:
        """Scheme, host and port of its page; "" if it is not known."""
        return public_part(str(self.inputs.get("recordUrl") or "")) or ""

    def body(self) -> dict[str, Any]:
        """The request that starts it here: what is seen is as declared; it is stored and relayed nowhere."""
        return start_body(_complete(self.inputs), None, "")


def read_preview(text: str, status: int, written: str, placeholder: str) -> list[Declared]:
    """The recordings of a program by their names: a preview has them in any order.

    Args:
        text, status: What `pulumi preview --json` printed, and its exit status.
        written: What the provider wrote down, see `RehearsalCalls`.
        placeholder: Stands in the inputs for what is secret.

    Raises:
        CannotRehearse: The preview failed; or a page's inputs are wrong.
    """
    try:
        preview = json.loads(text)
    except ValueError:
        preview = None
    if not isinstance(preview, dict):
        raise CannotRehearse(f"`pulumi preview` failed: {_short(text) or f'exit status {status}'}")
    if status:
        why = _why(preview.get("diagnostics") or ()) or f"exit {status}"
        raise CannotRehearse(f"the program's preview failed: {why}")
    told = {one["urn"]: one for one in map(json.loads, written.splitlines())}
    urns = [one["urn"] for one in preview.get("steps") or () if one.get("op") == "create" and _is_ours(one)]
    found = [_declared(urn, told.get(urn), placeholder) for urn in sorted(urns, key=name_in)]
    if found and not told:
        raise CannotRehearse("the program uses a pulumi-trtc that cannot rehearse: install this one there")
    wrong = [f"{one.name}: {fault}" for one in found if not one.why_not for fault in _faults(one)]
    if wrong:
        raise CannotRehearse("\n  ".join(["the program's recordings are not right:", *wrong]))
    return found


def _declared(urn: str, told: Mapping[str, Any] | None, placeholder: str) -> Declared:
    if told is None:
        return Declared(urn, why_not="its provider is known only after an update")
    inputs = dict(told["inputs"])
    if told["unknown"]:
        return Declared(urn, inputs, f"{' and '.join(told['unknown'])}: known only after an update")
    if placeholder in json.dumps(inputs):
        return Declared(urn, why_not="its page's address is made of a secret; --with-secrets uses it")
    return Declared(urn, inputs)


def _faults(one: Declared) -> Sequence[object]:
    return check(_complete(one.inputs))


def _complete(inputs: Mapping[str, Any]) -> dict[str, Any]:
    video = inputs.get("webRecordVideoParams")
    size = {key: video[key] for key in ("width", "height") if key in video} if isinstance(video, dict) else {}
    return {
        **inputs,
        "sdkAppId": _SDK_APP_ID,
        "storageParams": _STORAGE,
        "webRecordVideoParams": {**size, "format": "mp4"},
    }


def _is_ours(step: Mapping[str, Any]) -> bool:
    return is_recording(step.get("newState") or {})


def _why(diagnostics: Sequence[Mapping[str, Any]]) -> str:
    error = next(filter(None, (_error(one) for one in diagnostics if one.get("severity") == "error")), "")
    if _ENDED not in error:
        return error
    # A program that did not come as far as Pulumi's SDK has told its own stderr alone.
    written = "".join(str(one.get("message")) for one in diagnostics if one.get("severity") == "info#err")
    lines = (line for line in written.splitlines() if line and not line.startswith((" ", "Traceback")))
    return f"{error}: {_short(' '.join(lines))}".removesuffix(": ")


def _error(diagnostic: Mapping[str, Any]) -> str:
    """One of the engine's errors in a line: a program's own end in what was raised."""
    text = str(diagnostic.get("message") or "").strip()
    return _short(text.splitlines()[-1] if "Traceback" in text else text)


def _short(text: str) -> str:
    return " ".join(text.split()).removeprefix("error: ")[:_LONGEST_TEXT]
