"""A portrait video of a page's mobile layout, which starts when the page says that it is ready."""

import pulumi

import pulumi_trtc as trtc

config = pulumi.Config()

story = trtc.WebRecording(
    "story",
    record_url="https://example.com/story",
    sdk_app_id=1400000000,
    storage_params={
        "cloud_storage": {
            "vendor": 0,
            "region": "ap-singapore",
            "bucket": "webrecord-1234589",
            "access_key": config.require_secret("cosAccessKey"),
            "secret_key": config.require_secret("cosSecretKey"),
        }
    },
    web_record_video_params=trtc.WebRecordVideoParamsArgs(width=720, height=1080, format="hls"),
    emulate_mobile_params=trtc.EmulateMobileParamsArgs(
        mobile_device_type=trtc.MobileDeviceType.PHONE,
        screen_orientation=trtc.ScreenOrientation.PORTRAIT,
    ),
    ready_timeout=30,
    wait_until_recording=60,
)

pulumi.export("task_id", story.task_id)
pulumi.export("status", story.status)
