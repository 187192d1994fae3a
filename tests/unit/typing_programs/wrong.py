"""Programs in which a type checker must find each line that is marked, and no other."""

from __future__ import annotations

import pulumi

import pulumi_trtc as trtc

storage = trtc.StorageParamsArgs()
video = trtc.WebRecordVideoParamsArgs(format="avi")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
trtc.WebRecordVideoParamsArgs(widht=640)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
trtc.WebRecordVideoParamsArgs(width="640")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
trtc.CloudStorageArgs(vendor=0, region="ap-singapore")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
misspelt: trtc.WebRecordVideoParamsArgsDict = {"widht": 640}  # type: ignore[typeddict-unknown-key] # pyright: ignore[reportAssignmentType]
incomplete: trtc.CloudStorageArgsDict = {"vendor": 0}  # type: ignore[typeddict-item] # pyright: ignore[reportAssignmentType]

lecture = trtc.WebRecording(
    "lecture",
    record_url=1,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    sdk_app_id="1400000000",  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    storage_params=storage,
)
trtc.WebRecording(  # type: ignore[call-arg]
    "misspelt",
    record_url="https://example.com",
    sdk_app_id=1400000000,
    storage_params=storage,
    max_duration=3600,  # pyright: ignore[reportCallIssue]
)
trtc.WebRecording("nothing")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
trtc.WebRecording(
    "mixed-up",
    record_url="https://example.com",
    sdk_app_id=1400000000,
    storage_params=lecture.web_record_video_params,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    web_record_video_params={"format": "avi"},  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    publish_cdn_params="rtmp://example.com/live/a",  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    emulate_mobile_params={"mobile": True},  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    max_duration_limit=lecture.status,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    when_ended=True,  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
)

lecture.storage_params.apply(lambda params: params["cloud_storage"]["buckt"])  # type: ignore[typeddict-item] # pyright: ignore[reportGeneralTypeIssues, reportUnknownLambdaType]
width: pulumi.Output[str] = lecture.max_duration_limit  # type: ignore[assignment] # pyright: ignore[reportAssignmentType]
lecture.tsk_id  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
