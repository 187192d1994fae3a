"""The official SDK as the emulator's client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.trtc.v20190722 import models
from tencentcloud.trtc.v20190722.trtc_client import TrtcClient

from tests.support.emulator import SECRET_ID, SECRET_KEY, Emulator


def sdk_client(
    emulator: Emulator,
    *,
    secret_id: str = SECRET_ID,
    secret_key: str = SECRET_KEY,
    token: str | None = None,
    region: str = "ap-singapore",
    timeout: int = 60,
    unsigned_payload: bool = False,
) -> TrtcClient:
    """A client that sends each request once, to this emulator."""
    profile = ClientProfile(language="en-US")
    profile.httpProfile = HttpProfile(protocol="http", endpoint=emulator.host, reqTimeout=timeout)
    profile.unsignedPayload = unsigned_payload
    return TrtcClient(Credential(secret_id, secret_key, token), region, profile)


def start_body(**changes: Any) -> dict[str, Any]:
    """The API page's own example, with the SdkAppId that its text requires; None takes a parameter out."""
    body = {
        "RecordUrl": "https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4",
        "StorageParams": {
            "CloudStorage": {
                "Vendor": 0,
                "Bucket": "webrecord-1234589",
                "Region": "ap-singapore",
                "AccessKey": "AKxxxxxx",
                "SecretKey": "Idxxxxxx",
                "FileNamePrefix": ["record", "video"],
            }
        },
        "MaxDurationLimit": 3600,
        "WebRecordVideoParams": {"Width": 1280, "Height": 720, "Format": "mp4"},
        "SdkAppId": 1400000000,
        **changes,
    }
    return {name: value for name, value in body.items() if value is not None}


def start(client: TrtcClient, **changes: Any) -> str:
    """StartWebRecord through the SDK's models; returns the TaskId."""
    request = models.StartWebRecordRequest()
    request._deserialize(start_body(**changes))
    task_id: str = client.StartWebRecord(request).TaskId
    return task_id


def describe(client: TrtcClient, **fields: Any) -> models.DescribeWebRecordResponse:
    """DescribeWebRecord through the SDK's models."""
    request = models.DescribeWebRecordRequest()
    request._deserialize(fields)
    return client.DescribeWebRecord(request)


def stop(client: TrtcClient, task_id: str) -> str:
    """StopWebRecord through the SDK's models; returns the RequestId."""
    request = models.StopWebRecordRequest()
    request.TaskId = task_id
    request_id: str = client.StopWebRecord(request).RequestId
    return request_id


def code_of(call: Callable[..., object], *arguments: Any, **fields: Any) -> str:
    """The code of the error that the SDK raises; "" where it raises none."""
    try:
        call(*arguments, **fields)
    except TencentCloudSDKException as error:
        code: str = error.code
        return code
    return ""
