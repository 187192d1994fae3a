"""Tencent RTC web recordings as Pulumi resources.

The map of the package: `resource` and `args` are what programs write; `dynamic` adapts Pulumi's calls to
`checks` (inputs to failures), `changes` (what replaces) and `lifecycle` (exactly one recording:
`leftovers`, `start`, `start_window`), which know nothing of Pulumi. `fields` is the one table of inputs.
`stack_state`, `stack_history` and `stack_cli` read the stack's saved state. `api` alone imports the Tencent
Cloud SDK, when the first call is made; `retry` and `rate` say when it is called again. `config` and
`credentials` read settings. `callbacks` is for programs that receive the service's callbacks.
"""

from pulumi_trtc.args import (
    CdnProvider,
    CloudStorageArgs,
    CloudStorageVendor,
    CloudVodArgs,
    EmulateMobileParamsArgs,
    McuPublishCdnParamArgs,
    MediaType,
    MobileDeviceType,
    ScreenOrientation,
    StorageParamsArgs,
    TencentVodArgs,
    WebRecordVideoParamsArgs,
)
from pulumi_trtc.resource import WebRecording

__all__ = [
    "CdnProvider",
    "CloudStorageArgs",
    "CloudStorageVendor",
    "CloudVodArgs",
    "EmulateMobileParamsArgs",
    "McuPublishCdnParamArgs",
    "MediaType",
    "MobileDeviceType",
    "ScreenOrientation",
    "StorageParamsArgs",
    "TencentVodArgs",
    "WebRecordVideoParamsArgs",
    "WebRecording",
]
