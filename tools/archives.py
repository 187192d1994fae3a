"""Packs the plugin for `pulumi plugin install`: `python -m tools.archives dist/pulumi_trtc-….whl FOLDER`.

An archive holds the package, and what the CLI needs to install it with all that it depends on. It is the
same for each platform; `--server` asks for one by the platform's name.
"""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
from pathlib import Path

PARTS = Path(__file__).resolve().parent / "plugin"
PLATFORMS = tuple(
    f"{system}-{chip}" for system in ("linux", "darwin", "windows") for chip in ("amd64", "arm64")
)


def pack(wheel: Path) -> bytes:
    """The archive's content; the same wheel gives the same bytes."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file,
        tarfile.open(fileobj=file, mode="w") as archive,
    ):
        for path in (*sorted(path for path in PARTS.iterdir() if path.is_file()), wheel):
            _add(archive, path.name, path.read_bytes(), executable=not path.suffix)
        _add(archive, "requirements.txt", f"./{wheel.name}\n".encode())
    return packed.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, *, executable: bool = False) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o755 if executable else 0o644
    archive.addfile(entry, io.BytesIO(content))


def main(wheel: Path, folder: Path) -> None:
    """Write an archive for each platform."""
    version = wheel.name.split("-")[1]
    content = pack(wheel)
    folder.mkdir(parents=True, exist_ok=True)
    for platform in PLATFORMS:
        (folder / f"pulumi-resource-trtc-v{version}-{platform}.tar.gz").write_bytes(content)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
