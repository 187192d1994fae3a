"""What in a preview looks like a mistake: a rename that nobody said, and two that want one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import attrs

from pulumi_trtc.inputs.changes import Changes, compare
from pulumi_trtc.inputs.types import UNKNOWN
from pulumi_trtc.inputs.urls import public_part, target
from pulumi_trtc.lifecycle.props import Props, given_only
from pulumi_trtc.review.fates import Fate
from pulumi_trtc.review.preview import SECRET, Side

_ALIAS = "With an alias of the old name (`aliases`) it would run on."


@attrs.frozen
class Flag:
    """What a reviewer should look at.

    Attributes:
        words: With a `{}` for each name.
    """

    words: str
    names: tuple[str, ...]


def flags_of(fates: Sequence[Fate], labels: Mapping[str, str]) -> tuple[Flag, ...]:
    """What a reviewer should look at.

    Args:
        labels: What each recording is called, by URN.
    """
    gone = [(labels[one.urn], one.old) for one in fates if one.stops and not one.starts and not one.was_over]
    new = [(labels[one.urn], one.new) for one in fates if one.starts and not one.stops]
    left = {one.urn for one in fates if one.stops and not one.starts}
    stay = [(labels[one.urn], one.new or one.old) for one in fates if one.urn not in left]
    return (*_renames(gone, new), *_clashes(stay))


Named = tuple[str, Side | None]


def _renames(gone: Iterable[Named], new: Iterable[Named]) -> Iterator[Flag]:
    free = [(name, given_only(side.inputs)) for name, side in new if side]
    for name, side in gone:
        old = given_only(side.props) if side else {}
        pairs = [(words, at) for at, (_, inputs) in enumerate(free) if (words := _alike(old, inputs))]
        if pairs:
            # What is most alike comes first in the table.
            words, at = min(pairs, key=lambda pair: list(_ALIKE).index(pair[0]))
            other, inputs = free.pop(at)
            pushes = old.get("publishCdnParams") and inputs.get("publishCdnParams")
            both = " Both push to CDNs: to one address they cannot push at once." if pushes else ""
            yield Flag(f"{{}} stops and {{}} starts: {words}. Is it a rename? {_ALIAS}{both}", (name, other))


_Alike = Callable[[Changes, Props, Props], bool]
_ALIKE: Mapping[str, _Alike] = {
    "they share a CDN address or a record_id, which only one of them can have": (
        lambda changes, _old, _new: changes.stop_first
    ),
    "all inputs that the preview shows are the same": lambda changes, _old, _new: not changes.replaces,
    "they record the same page": lambda _changes, old, new: (
        _page(old) is not None and _page(old) == _page(new)
    ),
}


def _alike(old: Props, new: Props) -> str | None:
    changes = compare(old, new)
    return next((words for words, holds in _ALIKE.items() if holds(changes, old, new)), None)


def _page(props: Props) -> tuple[object, object] | None:
    url = props.get("recordUrl")
    known = isinstance(url, str) and url != SECRET
    return (props.get("sdkAppId"), url) if known else None


def _clashes(stay: Iterable[Named]) -> Iterator[Flag]:
    """Recordings that want the same RecordId, or the same stream of a CDN."""
    ids: dict[tuple[object, object], list[str]] = {}
    streams: dict[str, list[str]] = {}
    hosts: dict[str, str] = {}
    for name, side in stay:
        props = given_only(side.props) if side and not side.read else {}
        record_id = props.get("recordId")
        if record_id not in (None, UNKNOWN, SECRET):
            ids.setdefault((props.get("sdkAppId"), record_id), []).append(name)
        for url in _cdn_urls(props):
            streams.setdefault(target(url).stream, []).append(name)
            hosts[target(url).stream] = public_part(url) or "a CDN"
    for names in ids.values():
        if len(names) > 1:
            yield Flag(f"{_places(names)} give the same record_id: only one of them can run", tuple(names))
    for stream, names in streams.items():
        if len(names) > 1:
            words = f"{_places(names)} push to the same address on {{}}: only one of them can"
            yield Flag(words, (*names, hosts[stream]))


def _places(names: Sequence[str]) -> str:
    return ", ".join("{}" for _ in names)


def _cdn_urls(props: Props) -> Iterator[str]:
    params = props.get("publishCdnParams")
    for one in params if isinstance(params, list) else ():
        url = one.get("publishCdnUrl") if isinstance(one, Mapping) else None
        if isinstance(url, str) and url != SECRET:
            yield url
