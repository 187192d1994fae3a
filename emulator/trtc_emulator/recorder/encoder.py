"""The one ffmpeg of a recording: frames and sound in, finished segments out."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Awaitable, Callable

import attrs

from trtc_emulator import sound
from trtc_emulator.recorder import files, tee
from trtc_emulator.recorder.job import ChildJob
from trtc_emulator.recorder.process import dies_with_parent, keep_last_lines, passed_environment

FPS = 25
_KEYFRAME_SECONDS = 2
# What a kill may cost, beside the frames that are still on their way through the encoder.
_FRAGMENT_MICROSECONDS = 500_000
_NEVER_SPLIT_SECONDS = 10**8
# MPEG-TS has a name, and one beyond ASCII is marked as UTF-8: the static ffmpeg of imageio-ffmpeg dies when
# it reads a file whose name it must convert.
_NAME = "web recording…"

# The form of what comes is told: to look at it first would hold up both inputs for seconds.
_AS_TOLD = ("-probesize", "32", "-analyzeduration", "1")
_PIPE_BYTES = 1 << 20

Segment = tuple[str, float, float]
Size = tuple[int, int]


@attrs.define
class Encoder:
    """A running ffmpeg.

    Attributes:
        frames_fd: Frames are written here, one after the other; closing it ends the files properly.
        sound_fd: Stereo sound as 32-bit floats at 48 kHz is written here, as much as there are frames.
        relay: An FLV stream of the same encode, if the job has CDN addresses. It must be read at all times.
    """

    process: asyncio.subprocess.Process
    frames_fd: int
    sound_fd: int
    relay: asyncio.StreamReader | None
    _readers: list[asyncio.Task[None]]
    _log: list[str]

    async def wait(self) -> int:
        """Its exit status, once all that it reported has been handled."""
        status = await self.process.wait()
        await asyncio.gather(*self._readers)
        return status

    def last_words(self) -> str:
        """The last line that it logged. It knows file names and no addresses."""
        return self._log[-1] if self._log else ""

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()


async def start(
    job: ChildJob, raw: Size | None, kept_fd: int, on_segment: Callable[[Segment], Awaitable[None]]
) -> Encoder:
    """Start ffmpeg in the job's folder; `on_segment(name, start, end)` is called for each file it completes.

    Args:
        raw: The size of its frames in bgr0, no larger than the video; None for JPEG of any size.

    Raises:
        OSError: It cannot be started.
    """
    frames_read, frames_write = os.pipe()
    sound_read, sound_write = os.pipe()
    for fd in (frames_write, sound_write):
        _widen(fd)
    pipes = {kind: os.pipe() for kind in (*job.formats, *(("relay",) if job.cdn_urls else ()))}
    ends = {kind: write for kind, (_, write) in pipes.items()}
    try:
        process = await asyncio.create_subprocess_exec(
            job.ffmpeg,
            *arguments(job, raw, sound_read, ends),
            stdin=frames_read,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            cwd=job.folder,
            env=passed_environment(os.environ),
            pass_fds=(sound_read, *ends.values(), kept_fd),
            preexec_fn=dies_with_parent(signal.SIGTERM),  # on which it finishes its files
        )
    except BaseException:
        for fd in (frames_write, sound_write, *(read for read, _ in pipes.values())):
            os.close(fd)
        raise
    finally:
        for fd in (frames_read, sound_read, *ends.values()):
            os.close(fd)
    streams = {kind: await _reader(read) for kind, (read, _) in pipes.items()}
    log: list[str] = []
    tasks = [asyncio.ensure_future(_segments(streams[kind], on_segment)) for kind in job.formats]
    if process.stderr is not None:
        tasks.append(asyncio.ensure_future(keep_last_lines(process.stderr, log)))
    return Encoder(
        process=process,
        frames_fd=frames_write,
        sound_fd=sound_write,
        relay=streams.get("relay"),
        readers=tasks,
        log=log,
    )


def _widen(fd: int) -> None:
    """Let a pipe hold more, so that fewer turns carry a frame; as far as this user may."""
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def arguments(job: ChildJob, raw: Size | None, sound_fd: int, ends: dict[str, int]) -> list[str]:
    """ffmpeg's arguments. They hold no address: relays are fed by this package, see relay.py."""
    outputs = []
    if "mp4" in job.formats:
        outputs.append(_mp4(job, ends["mp4"]))
    if "hls" in job.formats:
        outputs.append(_hls(job, ends["hls"]))
    if "relay" in ends:
        outputs.append(
            tee.Output(f"pipe:{ends['relay']}", {"f": "flv", "onfail": "ignore", "flush_packets": 1})
        )
    gop = str(FPS * _KEYFRAME_SECONDS)
    return [
        *("-hide_banner", "-nostdin", "-loglevel", "error"),
        *(*_AS_TOLD, *_frames(raw), "-framerate", str(FPS), "-threads", "1", "-i", "pipe:0"),
        *(*_AS_TOLD, "-f", "f32le", "-ar", str(sound.RATE), "-ac", "2", "-i", f"pipe:{sound_fd}"),
        *("-map", "0:v", "-map", "1:a"),
        *("-vf", _picture(job.width, job.height, raw), "-filter_threads", "1"),
        *("-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-crf", "23", "-threads", "2"),
        *("-maxrate", "6M", "-bufsize", "12M", "-profile:v", "high"),
        *("-g", gop, "-keyint_min", gop, "-sc_threshold", "0", "-fps_mode", "passthrough"),
        *("-c:a", "aac", "-b:a", "128k", "-flags", "+global_header"),
        *("-metadata", f"service_name={_NAME}", "-metadata", f"service_provider={_NAME}"),
        *("-f", "tee", "|".join(map(str, outputs))),
    ]


def _frames(raw: Size | None) -> tuple[str, ...]:
    if raw is None:
        return ("-f", "mjpeg")
    return ("-f", "rawvideo", "-pix_fmt", "bgr0", "-video_size", f"{raw[0]}x{raw[1]}")


def _picture(width: int, height: int, raw: Size | None) -> str:
    """Any frame to the video's size: its shape kept, the rest black, its colours to HD video's."""
    if raw is not None:
        colours = (
            "scale=out_color_matrix=bt709:out_range=tv:flags=bilinear+accurate_rnd+full_chroma_inp,"
            "format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        )
        return f"{colours},{_pad(width, height)}"
    return (
        f"scale={width}:{height}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
        # Exacter than scale's own conversion, and an eighth of its work. The input's values are every JPEG's.
        # (Its primaries are those of the page's sRGB, which are HD video's too.)
        "colorspace=all=bt709:range=tv:format=yuv420p:fast=1"
        ":irange=pc:ispace=smpte170m:iprimaries=bt709:itrc=bt709,"
        f"{_pad(width, height)}"
    )


def _pad(width: int, height: int) -> str:
    return f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2:black,setsar=1"


def _mp4(job: ChildJob, listing: int) -> tee.Output:
    inside: tee.Options = {
        "movflags": "+frag_keyframe+empty_moov+default_base_moof",
        "frag_duration": _FRAGMENT_MICROSECONDS,
        "flush_packets": 1,
    }
    options: tee.Options = {
        "f": "segment",
        "segment_format": "mp4",
        "segment_time": job.split_seconds or _NEVER_SPLIT_SECONDS,
        "reset_timestamps": 1,
        "segment_list_type": "csv",
        "segment_list": f"pipe:{listing}",
        "segment_format_options": tee.nested(inside),
    }
    return tee.Output(files.part(files.mp4_name(job.name, "%d")), options)


def _hls(job: ChildJob, listing: int) -> tee.Output:
    # Not ffmpeg's hls muxer: it keeps a segment in memory until it is complete, and a kill would lose it.
    options: tee.Options = {
        "f": "segment",
        "segment_format": "mpegts",
        "segment_time": job.hls_seconds,
        "individual_header_trailer": 0,
        "segment_list_type": "csv",
        "segment_list": f"pipe:{listing}",
        "segment_format_options": tee.nested({"flush_packets": 1}),
    }
    return tee.Output(files.part(files.segment_name(job.name, "%05d")), options)


async def _reader(fd: int) -> asyncio.StreamReader:
    stream = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(fd, "rb", buffering=0)
    )
    return stream


async def _segments(stream: asyncio.StreamReader, on_segment: Callable[[Segment], Awaitable[None]]) -> None:
    async for line in stream:
        name, start, end = line.decode().strip().rsplit(",", 2)
        await on_segment((name, float(start), float(end)))
