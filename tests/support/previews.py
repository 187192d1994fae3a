"""Previews for tests: the real ones of tests/unit/previews, and made ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_trtc.review.preview import read_preview
from pulumi_trtc.review.report import Report, report_of
from tests.support.inputs import page_props
from tests.support.recordings import TYPE, urn_of

FOLDER = Path(__file__).resolve().parents[1] / "unit/previews"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def raw(name: str, site: str | None = None) -> bytes:
    """A real preview, as if its stack were configured for a site."""
    found = json.loads((FOLDER / f"{name}.json").read_text())
    if site is not None:
        found["config"] = {"trtc:site": site}
    return json.dumps(found).encode()


def real(name: str, site: str | None = None) -> Report:
    """The report of a real preview."""
    return report_of(read_preview(raw(name, site)))


def made(*steps: Mapping[str, Any], config: Mapping[str, str] | None = None, **more: Any) -> Report:
    """The report of a preview of these steps."""
    return report_of(read_preview(made_raw(*steps, config=config, **more)))


def made_raw(*steps: Mapping[str, Any], config: Mapping[str, str] | None = None, **more: Any) -> bytes:
    """A preview of these steps, as the CLI prints one."""
    return json.dumps({"config": config or {}, "steps": steps, **more}).encode()


def step(op: str, name: str = "lecture", *, old: Any = None, new: Any = None, **more: Any) -> dict[str, Any]:
    """One step; `old` and `new` are a recording's properties, `more` goes into both states."""
    keys = {"replaceReasons": more.pop("replaceReasons", None)}
    states = {"oldState": _state(old, more), "newState": _state(new, more)}
    return {"op": op, "urn": urn_of(name), **keys, **{key: one for key, one in states.items() if one}}


def replaced(
    *, old: Any = None, new: Any = None, stop_first: bool = False, **more: Any
) -> list[dict[str, Any]]:
    """The steps of a replacement."""
    old, new = old or running(), new or page_props()
    begin = step("create-replacement", old=old, new=new, **more)
    end = step(
        "delete-replaced", old=old, **{key: one for key, one in more.items() if key != "replaceReasons"}
    )
    both = step("replace", old=old, new=new, **more)
    return [end, both, begin] if stop_first else [begin, both, end]


def running(**changed: Any) -> dict[str, Any]:
    """The properties of a recording that the state holds; `changed` as `page_props` has it."""
    return page_props(**{"taskId": "task", "status": "recording", **changed})


def _state(props: Any, more: Mapping[str, Any]) -> dict[str, Any] | None:
    if props is None:
        return None
    return {"type": TYPE, "inputs": props, "outputs": props if "taskId" in props else {}, **more}
