"""Where a recording's files land, as far as its inputs tell."""

from __future__ import annotations

from pulumi_trtc.inputs.body import WebRecordingSpec


def storage_location(spec: WebRecordingSpec, task_id: str) -> str:
    """The folder of a task's files, "cos://<bucket>/<prefix>/<TaskId>/" or "vod://<SubAppId>/".

    COS puts files below the prefixes joined by "/", then the TaskId (StartWebRecord, FileNamePrefix). VOD
    names a file by a FileId that only its callback (311) tells.
    """
    cos, vod = spec.storage_params.cloud_storage, spec.storage_params.cloud_vod
    if cos is not None:
        return "/".join(("cos:/", cos.bucket, *(cos.file_name_prefix or ()), task_id, ""))
    return f"vod://{(vod.tencent_vod.sub_app_id if vod else None) or 'default'}/"
