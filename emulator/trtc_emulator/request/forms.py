"""The actions of the API, and which parameters of which JSON types each of them has."""

from __future__ import annotations

from trtc_emulator.request.shapes import Integer, ListOf, Struct, Text

START = "StartWebRecord"
DESCRIBE = "DescribeWebRecord"
STOP = "StopWebRecord"
_START = Struct(
    {
        "RecordUrl": Text(),
        "MaxDurationLimit": Integer(),
        "StorageParams": Struct(
            {
                "CloudStorage": Struct(
                    {
                        "Vendor": Integer(),
                        "Region": Text(),
                        "Bucket": Text(),
                        "AccessKey": Text(),
                        "SecretKey": Text(),
                        "FileNamePrefix": ListOf(Text()),
                    }
                ),
                "CloudVod": Struct(
                    {
                        "TencentVod": Struct(
                            {
                                "Procedure": Text(),
                                "ExpireTime": Integer(),
                                "StorageRegion": Text(),
                                "ClassId": Integer(),
                                "SubAppId": Integer(),
                                "SessionContext": Text(),
                                "SourceContext": Text(),
                                "MediaType": Integer(),
                                "UserDefineRecordId": Text(),
                            }
                        )
                    }
                ),
            }
        ),
        "WebRecordVideoParams": Struct(
            {"Width": Integer(), "Height": Integer(), "Format": Text(), "MaxMediaFileDuration": Integer()}
        ),
        "SdkAppId": Integer(),
        "RecordId": Text(),
        "PublishCdnParams": ListOf(Struct({"PublishCdnUrl": Text(), "IsTencentCdn": Integer()})),
        "ReadyTimeout": Integer(),
        "EmulateMobileParams": Struct({"MobileDeviceType": Integer(), "ScreenOrientation": Integer()}),
    },
    required=("RecordUrl", "StorageParams", "SdkAppId"),
)
_DESCRIBE = Struct({"TaskId": Text(), "SdkAppId": Integer(), "RecordId": Text()})
_STOP = Struct({"TaskId": Text()}, required=("TaskId",))
FORMS = {START: _START, DESCRIBE: _DESCRIBE, STOP: _STOP}
