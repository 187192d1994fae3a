from __future__ import annotations

import pytest
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from tests.support.emulator import Emulator
from tests.support.sdk import describe, sdk_client, start, stop


def code_of(call, *arguments, **fields) -> str:
    with pytest.raises(TencentCloudSDKException) as caught:
        call(*arguments, **fields)
    return caught.value.code


def test_start_describe_stop(emu: Emulator) -> None:
    client = sdk_client(emu)
    task_id = start(client, RecordId="lecture-1")
    emu.advance(3600)
    by_task = describe(client, TaskId=task_id)
    assert (by_task.Status, by_task.RecordId) == (1, "lecture-1")
    by_record = describe(client, SdkAppId=1400000000, RecordId="lecture-1")
    assert (by_record.Status, by_record.TaskId) == (1, task_id)
    assert stop(client, task_id)
    assert code_of(describe, client, TaskId=task_id) == "FailedOperation.TaskNotExist"
    assert code_of(stop, client, task_id) == "FailedOperation.TaskNotExist"
