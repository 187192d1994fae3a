"""A recording as it was declared, resolved and frozen, and the request that starts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.inputs.table import CLOUD_STORAGE, WEB_RECORDING
from pulumi_trtc.inputs.types import Integer, Kind, ListOf, Record

T = TypeVar("T")


@attrs.frozen
class StorageKeys:
    """The account that writes the files into COS, where the program does not name one."""

    access_key: str = attrs.field(repr=False)
    secret_key: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class CloudStorage:
    """Files in a COS bucket."""

    vendor: int
    region: str
    bucket: str
    access_key: str | None = attrs.field(default=None, repr=False)
    secret_key: str | None = attrs.field(default=None, repr=False)
    file_name_prefix: tuple[str, ...] | None = None


@attrs.frozen(kw_only=True)
class TencentVod:
    """Where in VOD the media goes."""

    procedure: str | None = None
    expire_time: int | None = None
    storage_region: str | None = None
    class_id: int | None = None
    sub_app_id: int | None = None
    session_context: str | None = None
    source_context: str | None = None
    media_type: int | None = None
    user_define_record_id: str | None = None


@attrs.frozen(kw_only=True)
class CloudVod:
    """Media in VOD."""

    tencent_vod: TencentVod


@attrs.frozen(kw_only=True)
class StorageParams:
    """COS or VOD; one of the two is set."""

    cloud_storage: CloudStorage | None = None
    cloud_vod: CloudVod | None = None


@attrs.frozen(kw_only=True)
class WebRecordVideoParams:
    """Size and format of the video."""

    width: int | None = None
    height: int | None = None
    format: str | None = None
    max_media_file_duration: int | None = None


@attrs.frozen(kw_only=True)
class McuPublishCdnParam:
    """A CDN address that the recording is relayed to."""

    publish_cdn_url: str = attrs.field(repr=False)
    is_tencent_cdn: int | None = None


@attrs.frozen(kw_only=True)
class EmulateMobileParams:
    """The device that the page sees."""

    mobile_device_type: int | None = None
    screen_orientation: int | None = None


@attrs.frozen(kw_only=True)
class WebRecordingSpec:
    """A recording: the API's inputs, None where the program gave none, and the provider's settings.

    Attributes:
        record_id: The RecordId in the props; given by the user or derived.
        when_ended: "keep" or "restart": what a refresh makes of an ended recording.
        wait_until_recording: Seconds, 0..600; 0 does not wait.
        adopt: TaskId of a running recording to take over, or None.

    The other fields are those of `pulumi_trtc.inputs.table`, with its types, units and ranges.
    """

    record_url: str = attrs.field(repr=False)
    sdk_app_id: int
    storage_params: StorageParams
    web_record_video_params: WebRecordVideoParams | None = None
    max_duration_limit: int | None = None
    record_id: str | None = None
    publish_cdn_params: tuple[McuPublishCdnParam, ...] | None = None
    ready_timeout: int | None = None
    emulate_mobile_params: EmulateMobileParams | None = None
    when_ended: str = "keep"
    wait_until_recording: int = 0
    adopt: str | None = None

    @property
    def needs_storage_keys(self) -> bool:
        """Whether the files go to COS and the program left the account's keys out."""
        storage = self.storage_params.cloud_storage
        return storage is not None and storage.access_key is None


_CLASSES: Mapping[str, type[Any]] = {
    "WebRecording": WebRecordingSpec,
    "StorageParams": StorageParams,
    "CloudStorage": CloudStorage,
    "CloudVod": CloudVod,
    "TencentVod": TencentVod,
    "WebRecordVideoParams": WebRecordVideoParams,
    "McuPublishCdnParam": McuPublishCdnParam,
    "EmulateMobileParams": EmulateMobileParams,
}


def spec_from_props(props: Mapping[str, Any]) -> WebRecordingSpec:
    """The recording that a state's props declare.

    Args:
        props: Props that `check` finds nothing wrong with, all values known. Numbers may be floats; keys
            that are no inputs (outputs, `owner`, `__provider`) are passed over.
    """
    spec: WebRecordingSpec = _resolve(WEB_RECORDING, props)
    return spec


def start_body(spec: WebRecordingSpec, storage_keys: StorageKeys | None, record_id: str) -> dict[str, Any]:
    """The body of StartWebRecord: what was declared, with the API's names and types, and nothing else.

    Args:
        spec: The recording.
        storage_keys: Fill in for the keys of COS where the program left them out; otherwise not used.
        record_id: The RecordId to send, in place of the spec's own.
    """
    body: dict[str, Any] = _to_api(WEB_RECORDING, attrs.evolve(spec, record_id=record_id))
    if spec.needs_storage_keys and storage_keys is not None:
        body["StorageParams"][CLOUD_STORAGE.name] |= {
            "AccessKey": storage_keys.access_key,
            "SecretKey": storage_keys.secret_key,
        }
    return body


def _resolve(kind: Kind, value: Any) -> Any:
    match kind:
        case Record():
            values = {field.name: (field.kind, value.get(field.key)) for field in kind.fields}
            known = {
                name: _resolve(inner, given) for name, (inner, given) in values.items() if given is not None
            }
            return _CLASSES[kind.name](**known)
        case ListOf():
            return tuple(_resolve(kind.item, item) for item in value)
        case Integer():
            return whole(value)
        case _:
            return str(value)


def _to_api(kind: Kind, value: Any) -> Any:
    match kind:
        case Record():
            values = {
                field.api: (field.kind, getattr(value, field.name))
                for field in kind.fields
                if not field.provider_only
            }
            return {api: _to_api(inner, given) for api, (inner, given) in values.items() if given is not None}
        case ListOf():
            return [_to_api(kind.item, item) for item in value]
        case _:
            return value
