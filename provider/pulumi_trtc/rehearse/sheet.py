"""The contact sheet: all recordings at a glance, a page of HTML of which the browser makes a picture."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path

from pulumi_trtc.rehearse.children import Children
from pulumi_trtc.rehearse.failure import CannotRehearse
from pulumi_trtc.rehearse.take import Outcome, Result

_COLUMNS, _CARD, _PICTURE, _TEXT, _GAP, _HEAD = 4, 400, 225, 76, 16, 72
# The browser's window has a frame, even where nobody sees it.
_FRAME = 120
_SWITCHES = (
    "--headless",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--force-device-scale-factor=1",
    "--force-color-profile=srgb",
)
_STYLE = f"""
body {{ margin: 0; background: #16181d; color: #e8eaed; font: 15px/1.35 system-ui, sans-serif; }}
h1 {{ height: {_HEAD - _GAP}px; margin: {_GAP}px {_GAP}px 0; font-size: 20px; overflow: hidden; }}
main {{ display: grid; gap: {_GAP}px; padding: 0 {_GAP}px {_GAP}px; }}
figure {{ margin: 0; width: {_CARD}px; height: {_PICTURE + _TEXT}px; background: #22262e; overflow: hidden; }}
.shot {{ width: {_CARD}px; height: {_PICTURE}px; background: #000; display: grid; place-items: center; }}
img {{ width: 100%; height: 100%; object-fit: contain; display: block; min-height: 0; }}
.failed .shot {{ background: #7a1420; }} .left-out .shot {{ background: #3a3f4a; }}
.shot b {{ font-size: 17px; padding: 12px; text-align: center; overflow-wrap: anywhere; }}
figcaption {{ padding: 8px 12px; }}
figcaption div {{ white-space: nowrap; overflow: hidden; text-overflow: ellipsis; color: #aab0bb; }}
figcaption .name {{ color: #fff; font-weight: 600; }}
"""


def page(title: str, outcomes: Sequence[Outcome]) -> str:
    """The sheet as HTML; names may hold anything."""
    cards = "".join(map(_card, outcomes))
    columns = f"grid-template-columns: repeat({_columns(len(outcomes))}, {_CARD}px)"
    return (
        f"<!doctype html><meta charset='utf-8'><style>{_STYLE}</style>"
        f"<h1>{html.escape(title)}</h1><main style='{columns}'>{cards}</main>"
    )


def size(count: int) -> tuple[int, int]:
    """Width and height of a sheet of so many recordings, in pixels."""
    columns = _columns(count)
    rows = -(-count // columns)
    return _GAP + columns * (_CARD + _GAP), _HEAD + rows * (_PICTURE + _TEXT + _GAP)


def picture(children: Children, browser: str, text: str, count: int, scratch: Path) -> bytes:
    """The page of a sheet of so many recordings as a PNG.

    Raises:
        CannotRehearse: The browser made none.
    """
    source, target = scratch / "sheet.html", scratch / "sheet.png"
    source.write_text(text)
    # As root, a browser does not start with its sandbox.
    switches = [*_SWITCHES, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    width, height = size(count)
    switches += [f"--user-data-dir={scratch / 'profile'}", f"--window-size={width},{height + _FRAME}"]
    command = [browser, *switches, f"--screenshot={target}", source.as_uri()]
    done = children.run(command, cwd=scratch, env={**children.environ, "TMPDIR": str(scratch)})
    if not target.is_file():
        lines = [line for line in done.err.splitlines() if "FATAL" in line] or done.err.splitlines()[-1:]
        raise CannotRehearse(f"the browser made no contact sheet: {' '.join(lines)[-300:]}")
    return target.read_bytes()


def _columns(count: int) -> int:
    return max(2, min(count, _COLUMNS))


def _card(outcome: Outcome) -> str:
    recorded = outcome.result is Result.RECORDED
    if outcome.picture is not None:
        shot = f"<img src='{html.escape(outcome.picture.as_uri())}'>"
    else:
        shot = f"<b>{html.escape('(no picture)' if recorded else outcome.said)}</b>"
    kind = outcome.result.value
    lines = (outcome.declared.site, f"{kind}: {outcome.said}" if recorded else kind)
    name = html.escape(outcome.declared.name)
    about = "".join(f"<div>{html.escape(line)}</div>" for line in lines if line)
    return (
        f"<figure class='{kind.replace(' ', '-')}'><div class='shot'>{shot}</div>"
        f"<figcaption><div class='name'>{name}</div>{about}</figcaption></figure>"
    )
