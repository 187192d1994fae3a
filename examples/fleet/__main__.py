"""Many pages, declared as a list in the stack's configuration."""

import pulumi

import pulumi_trtc as trtc

config = pulumi.Config()

task_ids = {}
for page in config.require_object("pages"):
    recording = trtc.WebRecording(
        page["name"],
        record_url=page["url"],
        sdk_app_id=config.require_int("sdkAppId"),
        storage_params=trtc.StorageParamsArgs(
            cloud_storage=trtc.CloudStorageArgs(
                vendor=trtc.CloudStorageVendor.COS,
                region="ap-singapore",
                bucket=config.require("bucket"),
                access_key=config.require_secret("cosAccessKey"),
                secret_key=config.require_secret("cosSecretKey"),
                file_name_prefix=["fleet", page["name"]],
            )
        ),
        web_record_video_params={"width": page.get("width", 1280), "height": page.get("height", 720)},
        # A recording that ended by itself starts again with the `pulumi up` after a `pulumi refresh`.
        when_ended="restart",
    )
    task_ids[page["name"]] = recording.task_id

pulumi.export("task_ids", task_ids)
