"""WebRecording, the Pulumi resource: the program's side."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pulumi
from pulumi.dynamic import Resource

from pulumi_trtc.dynamic import WebRecordingProvider
from pulumi_trtc.inputs.secrets import is_page, marked
from pulumi_trtc.inputs.table import WEB_RECORDING
from pulumi_trtc.inputs.types import Field, ListOf, holds_integer, holds_secret
from pulumi_trtc.lifecycle.props import MARKED, declared_by
from pulumi_trtc.program import options
from pulumi_trtc.program.from_props import from_props
from pulumi_trtc.program.to_props import in_dicts, page, to_props
from pulumi_trtc.stack import ahead
from pulumi_trtc.stack.state import OWNER, TYPE

if TYPE_CHECKING:
    from pulumi import Input, Output

    from pulumi_trtc.program.args_page import (
        EmulateMobileParamsArgs,
        EmulateMobileParamsArgsDict,
        McuPublishCdnParamArgs,
        McuPublishCdnParamArgsDict,
        WebRecordVideoParamsArgs,
        WebRecordVideoParamsArgsDict,
    )
    from pulumi_trtc.program.args_storage import StorageParamsArgs, StorageParamsArgsDict
    from pulumi_trtc.program.outputs import (
        EmulateMobileParams,
        McuPublishCdnParam,
        StorageParams,
        WebRecordVideoParams,
    )

_SECRET_LISTS: Final = tuple(
    field for field in WEB_RECORDING.fields if isinstance(field.kind, ListOf) and holds_secret(field.kind)
)
"""Secret as a whole: the engine tells single secrets apart in structures only."""

_OUTPUTS: Final = (
    *("task_id", "request_id", "record_id", "status", "storage_location"),
    *(field.name for field in WEB_RECORDING.fields if field.name != "record_id"),
)

_OPTIONAL: Final = {
    field.name for field in WEB_RECORDING.fields if not field.required and field.name != "record_id"
}
"""What is as it was given; a RecordId that is left out is derived."""


class _Made:
    """An output that is made of what the engine hands over, only where it is read."""

    def __init__(self, field: Field, make: Callable[[Any], Any]) -> None:
        self._field = field
        self._make = make

    def __get__(self, recording: Any, _owner: type[Any]) -> Any:
        if recording is None:
            return self
        output: Output[Any] = recording.__dict__[self._field.name]
        # Also where a preview knows a part only, as it does without this.
        return output.apply(self._make, run_with_unknowns=True)

    def __set__(self, recording: Any, output: Any) -> None:
        recording.__dict__[self._field.name] = output


class WebRecording(Resource, module="trtc", name="WebRecording"):
    """A web page that Tencent RTC's cloud recorder opens and records.

    `pulumi up` starts it (StartWebRecord, page of 2025-11-13), `pulumi refresh` sees whether it still runs,
    and `pulumi destroy` stops it. There is no call that changes a running recording: every input of the API
    replaces it.

    Attributes:
        task_id: The TaskId, also the resource's id.
        request_id: RequestId of the call that started or found it; support asks for it.
        record_id: The RecordId that was sent: the given one, or the derived one.
        status: "recording" or, once a refresh has found it so, "ended".
        storage_location: "cos://<bucket>/<prefix>/<TaskId>/" or "vod://<SubAppId>/".

    Every input is an output, too. `storage_params.cloud_storage`'s keys and `publish_cdn_params` are secret,
    and `record_url` is where it has a query, a fragment or a user.
    """

    if TYPE_CHECKING:
        # The SDK would evaluate them anew for each recording, which takes milliseconds.
        task_id: Output[str]
        request_id: Output[str]
        record_id: Output[str]
        status: Output[str]
        storage_location: Output[str]
        record_url: Output[str]
        sdk_app_id: Output[int]
        storage_params: Output[StorageParams]
        web_record_video_params: Output[WebRecordVideoParams | None]
        max_duration_limit: Output[int | None]
        ready_timeout: Output[int | None]
        publish_cdn_params: Output[list[McuPublishCdnParam] | None]
        emulate_mobile_params: Output[EmulateMobileParams | None]
        when_ended: Output[str | None]
        wait_until_recording: Output[int | None]
        adopt: Output[str | None]

    def __init__(
        self,
        resource_name: str,
        *,
        record_url: Input[str],
        sdk_app_id: Input[int],
        storage_params: Input[StorageParamsArgs | StorageParamsArgsDict] | Output[StorageParams],
        web_record_video_params: Input[WebRecordVideoParamsArgs | WebRecordVideoParamsArgsDict | None]
        | Output[WebRecordVideoParams | None] = None,
        max_duration_limit: Input[int | None] = None,
        record_id: Input[str | None] = None,
        publish_cdn_params: Input[Sequence[Input[McuPublishCdnParamArgs | McuPublishCdnParamArgsDict]] | None]
        | Output[Sequence[McuPublishCdnParam] | None] = None,
        ready_timeout: Input[int | None] = None,
        emulate_mobile_params: Input[EmulateMobileParamsArgs | EmulateMobileParamsArgsDict | None]
        | Output[EmulateMobileParams | None] = None,
        # Not a Literal: mypy takes `"restart" if … else "keep"` in a variable for any str.
        when_ended: Input[str | None] = None,
        wait_until_recording: Input[int | None] = None,
        adopt: Input[str | None] = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare a recording. All inputs are checked in the preview, all failures at once.

        Args:
            resource_name: Its name in the stack.
            record_url: The page to record, http or https. With a query, a fragment or a user it is secret by
                itself, also as an Output; wrap it in `pulumi.Output.secret` if its path carries a token.
            sdk_app_id: SDKAppID of the TRTC application, 1..4294967295.
            storage_params: Where the files go: COS or VOD, one of them.
            web_record_video_params: Size and format of the video; 1280x720 by default.
            max_duration_limit: Seconds after which it ends, 1800..86400. The page says 36000 at most, by
                default.
            record_id: Identifies it against double starts, 1..31 of letters, digits, - and _. Leave it out
                to have one derived, which lets the provider choose another where the API asks for it.
            publish_cdn_params: Up to 10 RTMP addresses to relay it to. Secret.
            ready_timeout: Seconds, 0..60, in which the page must report that it is ready; leave it out for
                pages that do not report.
            emulate_mobile_params: Render the page as on a phone or tablet.
            when_ended: What a refresh makes of a recording that has ended: "keep" it in the state
                (default), or "restart" it with the next `pulumi up`.
            wait_until_recording: Seconds, 0..600, to wait until it records; a page that cannot be loaded
                then fails the `pulumi up`. 0 does not wait (default).
            adopt: TaskId of a recording that runs already: it is taken into the stack, and none is started.
            opts: Pulumi's options; for `import_` see `adopt`, and leave out `deleted_with`, which would
                forget the recording and let it run.
        """
        given = locals()
        self._declare(resource_name, {field.name: given[field.name] for field in WEB_RECORDING.fields}, opts)

    @classmethod
    def get(
        cls, resource_name: str, id: Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> WebRecording:
        """Read a recording that runs already. It stays outside of the stack: nothing here stops it.

        Args:
            resource_name: Its name in the stack.
            id: Its TaskId.
            opts: Pulumi's options.
        """
        found = cls.__new__(cls)
        found._declare(resource_name, {}, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id)))
        return found

    def _declare(
        self, resource_name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions | None
    ) -> None:
        options.refuse(resource_name, opts)
        places = dict.fromkeys(_OUTPUTS)
        props = {self.translate_output_property(key): value for key, value in to_props(inputs).items()}
        if inputs:
            owner = _owner(resource_name, opts)
            _begin_reading(owner["stack"])
            props[OWNER] = {**owner, **_marks(inputs)}
        secret = pulumi.ResourceOptions(additional_secret_outputs=[field.key for field in _SECRET_LISTS])
        super().__init__(
            WebRecordingProvider(),
            resource_name,
            {**places, **props},
            pulumi.ResourceOptions.merge(secret, opts),
        )
        # What is left out the SDK takes for something that a preview does not know.
        nothing: Output[None] = self.urn.apply(lambda _: None)
        for name in _OPTIONAL & inputs.keys():
            given, echoed = inputs[name], self.__dict__[name]
            if given is None:
                setattr(self, name, nothing)
            elif isinstance(given, pulumi.Output):
                setattr(self, name, given.apply(functools.partial(_none_or, echoed)))
        options.warn(resource_name, opts, self)

    def translate_output_property(self, prop: str) -> str:
        """The Python name of a state key."""
        return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), prop)

    def translate_input_property(self, prop: str) -> str:
        """The state key of a Python name."""
        first, *rest = prop.split("_") if not prop.startswith("_") else [prop]
        return first + "".join(word[:1].upper() + word[1:] for word in rest)


for _field in WEB_RECORDING.fields:
    if holds_integer(_field.kind):
        # The engine hands over floats.
        setattr(WebRecording, _field.name, _Made(_field, functools.partial(from_props, _field.kind)))
    elif is_page(_field.kind):
        # A state of 0.1.0 does not say that it is secret.
        setattr(WebRecording, _field.name, _Made(_field, page))


@functools.cache
def _begin_reading(stack: str) -> None:
    """Once for all recordings."""
    ahead.begin_in_program(stack)


def _none_or(output: Output[Any], known: Any) -> Output[Any] | None:
    return None if known is None else output


def _owner(name: str, opts: pulumi.ResourceOptions | None) -> dict[str, Any]:
    """Who declares the recording: `create` is told none of it."""
    declared = functools.partial(
        declared_by, pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()
    )
    if opts is None or opts.parent is None:
        # What `create_urn` would come to, through outputs that take a millisecond for each recording.
        return declared(f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{TYPE}::{name}")
    urn = pulumi.create_urn(name, TYPE, opts.parent)
    # Without its dependency on the parent, which waits for its children in turn.
    return declared(pulumi.Output(set(), urn.future(), urn.is_known()))


def _marks(inputs: dict[str, Any]) -> dict[str, Any]:
    """Which inputs are secret though the table does not say so: the provider is not told which are."""
    later = [
        # Also what is secret within an Output.
        (path, pulumi.Output.from_input(output))
        for path, output in marked(in_dicts(inputs), lambda value: isinstance(value, pulumi.Output))
    ]

    async def secret() -> list[str]:
        return sorted({path for path, output in later if await output.is_secret()})

    async def known() -> bool:
        return True

    if not later:
        return {}
    return {MARKED: pulumi.Output(set(), asyncio.ensure_future(secret()), asyncio.ensure_future(known()))}
