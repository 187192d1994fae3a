"""A recording that VOD keeps and two CDNs show live."""

import pulumi

import pulumi_trtc as trtc

config = pulumi.Config()

# Addresses carry stream keys, so they are secrets of the stack.
addresses = config.require_secret_object("cdnUrls")

event = trtc.WebRecording(
    "event",
    record_url="https://example.com/event",
    sdk_app_id=1400000000,
    storage_params=trtc.StorageParamsArgs(
        cloud_vod=trtc.CloudVodArgs(
            tencent_vod=trtc.TencentVodArgs(sub_app_id=1500000000, media_type=trtc.MediaType.HLS_AND_MP4)
        )
    ),
    publish_cdn_params=[
        trtc.McuPublishCdnParamArgs(publish_cdn_url=addresses[0], is_tencent_cdn=trtc.CdnProvider.TENCENT),
        trtc.McuPublishCdnParamArgs(publish_cdn_url=addresses[1], is_tencent_cdn=trtc.CdnProvider.OTHER),
    ],
)

pulumi.export("task_id", event.task_id)
pulumi.export("storage_location", event.storage_location)
