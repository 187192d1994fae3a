"""Tencent RTC web recordings as Pulumi resources.

The map of the package, each room with what it may lean on below it:

- `program`: what programs write. `dynamic`: the adapter, Pulumi's calls to ours.
- `plugin`: the other adapter, for programs in any language.
- `lifecycle`: exactly one recording, and no harm; it knows nothing of Pulumi.
- `review`: a preview as a table for a pull request. It asks the same rules, and nobody else.
- `stack`: the stack's saved state and history. `service`: the web-record API, which alone imports the SDK, at
  the first call. `settings`: the configuration and credentials.
- `inputs`: the one table of inputs, and all that is read from it: checks, changes, the request's body.
- `command`: the command of the terminal; `status`, `recover`, `rehearse`, `whoami`: its verbs.
  `terminal`: what they share.
- `callbacks`: for programs that receive the service's callbacks.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi_trtc.program.args_page import (
        EmulateMobileParamsArgs,
        EmulateMobileParamsArgsDict,
        McuPublishCdnParamArgs,
        McuPublishCdnParamArgsDict,
        WebRecordVideoParamsArgs,
        WebRecordVideoParamsArgsDict,
    )
    from pulumi_trtc.program.args_storage import (
        CloudStorageArgs,
        CloudStorageArgsDict,
        CloudVodArgs,
        CloudVodArgsDict,
        StorageParamsArgs,
        StorageParamsArgsDict,
        TencentVodArgs,
        TencentVodArgsDict,
    )
    from pulumi_trtc.program.choices import (
        CdnProvider,
        CloudStorageVendor,
        MediaType,
        MobileDeviceType,
        ScreenOrientation,
    )
    from pulumi_trtc.program.outputs import (
        CloudStorage,
        CloudVod,
        EmulateMobileParams,
        McuPublishCdnParam,
        StorageParams,
        TencentVod,
        WebRecordVideoParams,
    )
    from pulumi_trtc.program.resource import WebRecording
else:
    # Imported when first used: the commands need none of it, and Pulumi's SDK takes a second.
    def __getattr__(name: str) -> object:
        if name in __all__:
            for module in ("resource", "args_page", "args_storage", "choices", "outputs"):
                found = vars(importlib.import_module(f"pulumi_trtc.program.{module}"))
                if name in found:
                    return found[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "CdnProvider",
    "CloudStorage",
    "CloudStorageArgs",
    "CloudStorageArgsDict",
    "CloudStorageVendor",
    "CloudVod",
    "CloudVodArgs",
    "CloudVodArgsDict",
    "EmulateMobileParams",
    "EmulateMobileParamsArgs",
    "EmulateMobileParamsArgsDict",
    "McuPublishCdnParam",
    "McuPublishCdnParamArgs",
    "McuPublishCdnParamArgsDict",
    "MediaType",
    "MobileDeviceType",
    "ScreenOrientation",
    "StorageParams",
    "StorageParamsArgs",
    "StorageParamsArgsDict",
    "TencentVod",
    "TencentVodArgs",
    "TencentVodArgsDict",
    "WebRecordVideoParams",
    "WebRecordVideoParamsArgs",
    "WebRecordVideoParamsArgsDict",
    "WebRecording",
]
