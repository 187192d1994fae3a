"""What tells one backend of stacks from every other, and is the same for all who use it.

It is hashed into derived RecordIds: two backends may hold stacks of one name.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit


def backend_id(url: str, home: Path) -> str:
    """The identity of a backend.

    Args:
        url: As `pulumi whoami --json` tells it; for Pulumi Cloud and its like it ends with the user's name,
            which does not belong to the backend. "" if it is not known.
        home: The folder that "~" stands for.
    """
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        return f"{parts.scheme}://{parts.netloc}"
    if parts.scheme != "file":
        return url
    place = url.removeprefix("file://")
    folder = home / place.removeprefix("~").lstrip("/") if place.startswith("~") else Path(place)
    try:
        # Written once, when the backend is made. Machines may have backends at one path.
        made = (folder / ".pulumi" / "meta.yaml").stat().st_mtime_ns
    except OSError:
        return f"file://{folder}"
    return f"file://{folder.resolve()}#{made}"
