"""The same resource on a dynamic provider that does nothing: what the engine and the SDK themselves cost."""

from __future__ import annotations

from benchmarks.nothing_provider import NothingProvider
from pulumi_trtc.program import resource

# The class finds its provider under this name, and begins to read the state for it under the other.
vars(resource).update(WebRecordingProvider=NothingProvider, _begin_reading=lambda _stack: None)
WebRecording = resource.WebRecording
