"""A recording whose events the program beside this one, receiver.py, is told of."""

import pulumi

import pulumi_trtc as trtc

config = pulumi.Config()

lecture = trtc.WebRecording(
    "lecture",
    record_url=config.get("recordUrl") or "https://example.com/lecture",
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
    web_record_video_params=trtc.WebRecordVideoParamsArgs(width=1280, height=720, format="mp4"),
    max_duration_limit=3600,
)

pulumi.export("task_id", lecture.task_id)
