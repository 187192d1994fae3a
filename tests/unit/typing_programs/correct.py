"""Programs in which no type checker may find anything."""

from __future__ import annotations

import pulumi

import pulumi_trtc as trtc

config = pulumi.Config()
bucket = pulumi.Output.from_input("webrecord-1234589")

lecture = trtc.WebRecording(
    "lecture",
    record_url=pulumi.Output.concat("https://example.com/", pulumi.get_stack()),
    sdk_app_id=config.require_int("sdkAppId"),
    storage_params=trtc.StorageParamsArgs(
        cloud_storage=trtc.CloudStorageArgs(
            vendor=trtc.CloudStorageVendor.COS,
            region="ap-singapore",
            bucket=bucket,
            access_key=config.require_secret("accessKey"),
            secret_key=config.get_secret("secretKey"),
            file_name_prefix=["record", bucket],
        )
    ),
    web_record_video_params=trtc.WebRecordVideoParamsArgs(width=1280, height=720, format="mp4"),
    publish_cdn_params=[
        trtc.McuPublishCdnParamArgs(publish_cdn_url=config.require_secret("cdn"), is_tencent_cdn=1),
        {"publish_cdn_url": "rtmp://example.com/live/a", "is_tencent_cdn": trtc.CdnProvider.OTHER},
    ],
    emulate_mobile_params={"mobile_device_type": trtc.MobileDeviceType.PHONE},
    max_duration_limit=config.get_int("limit"),
)

# A choice in a variable, of which mypy says that it is a str.
mode = "restart" if pulumi.get_stack() == "prod" else "keep"

# One recording's outputs are another's inputs.
overflow = trtc.WebRecording(
    "overflow",
    record_url=lecture.record_url,
    sdk_app_id=lecture.sdk_app_id,
    storage_params=lecture.storage_params,
    web_record_video_params=lecture.web_record_video_params,
    publish_cdn_params=lecture.publish_cdn_params,
    emulate_mobile_params=lecture.emulate_mobile_params,
    max_duration_limit=lecture.max_duration_limit,
    ready_timeout=lecture.ready_timeout,
    wait_until_recording=lecture.wait_until_recording,
    when_ended=mode,
    opts=pulumi.ResourceOptions(depends_on=[lecture]),
)
trtc.WebRecording(
    "parts",
    record_url=lecture.record_url,
    sdk_app_id=lecture.sdk_app_id,
    storage_params={"cloud_storage": lecture.storage_params.apply(lambda params: params["cloud_storage"])},
    web_record_video_params=trtc.WebRecordVideoParamsArgs(
        width=lecture.web_record_video_params.apply(lambda video: video.get("width") if video else None),
        format=lecture.web_record_video_params.apply(lambda video: video.get("format") if video else None),
    ),
    when_ended=lecture.when_ended,
    adopt=None,
)

# Dicts, also in a variable of their type, and as an Output.
storage: trtc.StorageParamsArgsDict = {
    "cloud_vod": {"tencent_vod": {"sub_app_id": 1500000000, "media_type": trtc.MediaType.HLS}}
}
storage["cloud_storage"] = None
for number, address in enumerate(["https://example.com/a", "https://example.com/b"]):
    trtc.WebRecording(f"page-{number}", record_url=address, sdk_app_id=1400000000, storage_params=storage)
trtc.WebRecording(
    "known-later",
    record_url="https://example.com",
    sdk_app_id=pulumi.Output.from_input(1400000000),
    storage_params=bucket.apply(
        lambda name: trtc.StorageParamsArgs(
            cloud_storage={"vendor": 0, "region": "ap-singapore", "bucket": name}
        )
    ),
)
cdns = [trtc.McuPublishCdnParamArgs(publish_cdn_url=f"rtmp://example.com/live/{name}") for name in "ab"]
trtc.WebRecording(
    "relayed",
    record_url="https://example.com",
    sdk_app_id=1400000000,
    storage_params=storage,
    publish_cdn_params=cdns,
    when_ended="restart",
)

# What an output holds is known.
bucket_read: pulumi.Output[str] = lecture.storage_params.apply(
    lambda params: params["cloud_storage"]["bucket"]
)
width: pulumi.Output[int] = lecture.web_record_video_params.apply(
    lambda video: video.get("width", 1280) if video else 1280
)
relays: pulumi.Output[int] = lecture.publish_cdn_params.apply(lambda cdns: len(cdns or []))
folders: pulumi.Output[list[str]] = lecture.storage_params.apply(
    lambda params: params["cloud_storage"].get("file_name_prefix", [])
)
pulumi.export("bucket", lecture.storage_params["cloud_storage"]["bucket"])
