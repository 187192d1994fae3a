import pulumi

import pulumi_trtc as trtc

CDN = "rtmp://cdn.example.com/live/stream-key"
ROOM = pulumi.ComponentResource("test:index:Room", "room")
LECTURE = trtc.WebRecording(
    "lecture",
    record_url="https://example.com/page",
    sdk_app_id=1400000000,
    storage_params=trtc.StorageParamsArgs(
        cloud_storage=trtc.CloudStorageArgs(
            vendor=0,
            region="ap-singapore",
            bucket="webrecord-1234589",
            access_key="AKIDexample",
            secret_key="example-secret-key",
            file_name_prefix=["record", "video"],
        )
    ),
    web_record_video_params=trtc.WebRecordVideoParamsArgs(
        width=1280, height=720, format="mp4", max_media_file_duration=60
    ),
    max_duration_limit=3600,
    record_id="given-by-the-user",
    publish_cdn_params=[trtc.McuPublishCdnParamArgs(publish_cdn_url=CDN, is_tencent_cdn=1)],
    ready_timeout=30,
    emulate_mobile_params=trtc.EmulateMobileParamsArgs(mobile_device_type=0, screen_orientation=1),
    when_ended="restart",
    wait_until_recording=30,
)
trtc.WebRecording(
    "vod",
    record_url=pulumi.Output.secret("https://example.com/page?token=example-token"),
    sdk_app_id=1400000000,
    storage_params={
        "cloud_vod": {
            "tencent_vod": {
                "procedure": "example",
                "expire_time": 0,
                "storage_region": "ap-singapore",
                "class_id": 0,
                "sub_app_id": 1500000000,
                "session_context": "example",
                "source_context": "example",
                "media_type": 3,
                "user_define_record_id": "example",
            }
        }
    },
    opts=pulumi.ResourceOptions(parent=ROOM),
)
pulumi.export("page", LECTURE.record_url)
