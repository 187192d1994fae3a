"""The program leaves the storage keys out: the provider takes them from its environment at the start."""

import pulumi

import pulumi_trtc as trtc

meeting = trtc.WebRecording(
    "meeting",
    record_url="https://example.com/meeting",
    sdk_app_id=1400000000,
    storage_params=trtc.StorageParamsArgs(
        cloud_storage=trtc.CloudStorageArgs(
            vendor=trtc.CloudStorageVendor.COS, region="ap-singapore", bucket="webrecord-1234589"
        )
    ),
)

pulumi.export("task_id", meeting.task_id)
