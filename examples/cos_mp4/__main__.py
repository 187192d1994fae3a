"""The example of the API page (StartWebRecord, 2025-11-13) as a stack."""

import pulumi

import pulumi_trtc as trtc

config = pulumi.Config()

lecture = trtc.WebRecording(
    "lecture",
    record_url="https://web-record-xxxxx.cos.ap-xxx.myqcloud.com/xxxx/xxx.mp4",
    sdk_app_id=1400000000,
    storage_params=trtc.StorageParamsArgs(
        cloud_storage=trtc.CloudStorageArgs(
            vendor=trtc.CloudStorageVendor.COS,
            region="ap-singapore",
            bucket="webrecord-1234589",
            access_key=config.require_secret("cosAccessKey"),
            secret_key=config.require_secret("cosSecretKey"),
            file_name_prefix=["record", "video"],
        )
    ),
    max_duration_limit=3600,
    web_record_video_params=trtc.WebRecordVideoParamsArgs(width=1280, height=720, format="mp4"),
)

pulumi.export("task_id", lecture.task_id)
pulumi.export("storage_location", lecture.storage_location)
