"""What is asked of recordings: inputs and a policy's configuration in, faults out.

A property may be a secret, and nothing tells which: no fault ever holds a value of one. Configured values are
the organization's own, and may be shown.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from pulumi_trtc.inputs.table import CDN_ADDRESSES
from pulumi_trtc.review.prices import LONGEST_S, Total, cost_of, prices_of

COS: Final = "storageParams.cloudStorage"
VOD: Final = "storageParams.cloudVod"


class NotYet(enum.Enum):
    """The type of UNKNOWN."""

    UNKNOWN = enum.auto()


UNKNOWN: Final = NotYet.UNKNOWN
"""Stands for a value that a preview does not know yet."""


@dataclass(frozen=True)
class Fault:
    """One thing that is against the rule, or cannot be judged yet.

    Attributes:
        path: Which input; empty for all recordings together.
        reason: What is asked; empty if the value is not known yet.
    """

    path: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


Props = Mapping[str, Any]
Config = Mapping[str, Any]
Named = Sequence[tuple[str, Props]]
OfOne = Callable[[Props, Config], Iterator[Fault]]
OfAll = Callable[[Named, Config], Iterator[Fault]]


def allowed_buckets(props: Props, config: Config) -> Iterator[Fault]:
    """Files go to one of these buckets, media to one of these VOD applications."""
    yield from _one_of(props, COS, "bucket", config.get("buckets"))
    yield from _one_of(props, VOD, "tencentVod.subAppId", config.get("vodApplications"))


def allowed_regions(props: Props, config: Config) -> Iterator[Fault]:
    """Files and media are stored in one of these regions."""
    yield from _one_of(props, COS, "region", config["regions"])
    yield from _one_of(props, VOD, "tencentVod.storageRegion", config["regions"])


def longest_duration(props: Props, config: Config) -> Iterator[Fault]:
    """A recording ends by itself after this time at the latest."""
    path = "maxDurationLimit"
    given = _at(props, path)
    limit = LONGEST_S if given is None else given
    if limit is UNKNOWN:
        yield Fault(path)
    elif not isinstance(limit, (int, float)) or limit > config["seconds"]:
        yield Fault(path, f"must be at most {_text(config['seconds'])} seconds; left out it is {LONGEST_S}")


def allowed_cdn_hosts(props: Props, config: Config) -> Iterator[Fault]:
    """Recordings are relayed to these hosts alone."""
    hosts = config["hosts"]
    addresses = _at(props, "publishCdnParams")
    if addresses is UNKNOWN:
        yield Fault("publishCdnParams")
    elif addresses and not hosts:
        yield Fault("publishCdnParams", "must be left out")
    else:
        for index, address in enumerate(addresses if isinstance(addresses, list) else ()):
            path = f"publishCdnParams[{index}].publishCdnUrl"
            url = _at(address, "publishCdnUrl")
            if url is UNKNOWN:
                yield Fault(path)
            elif _host_of(url) not in map(_host_name, hosts):
                yield Fault(path, f"its host must be {_any_of(hosts)}")


def prefix_required(props: Props, _config: Config) -> Iterator[Fault]:
    """Files in COS lie in a folder."""
    path = f"{COS}.fileNamePrefix"
    prefix = _at(props, path)
    if prefix is UNKNOWN:
        yield Fault(path)
    elif not prefix and _at(props, COS) is not None:
        yield Fault(path, "must name a folder")


def keys_outside_program(props: Props, _config: Config) -> Iterator[Fault]:
    """No storage key comes from the program: it would be in the stack's state."""
    for path, variable in (
        (f"{COS}.accessKey", "TRTC_STORAGE_ACCESS_KEY"),
        (f"{COS}.secretKey", "TRTC_STORAGE_SECRET_KEY"),
    ):
        value = _at(props, path)
        if value is UNKNOWN:
            yield Fault(path)
        elif value is not None:
            yield Fault(path, f"must be left out: {variable} of the environment gives it")


def number_of_recordings(recordings: Named, config: Config) -> Iterator[Fault]:
    """A stack declares so many at most."""
    if len(recordings) > config["most"]:
        yield Fault("", f"{len(recordings)} recordings are declared; {_text(config['most'])} are allowed")


def cost_of_recordings(recordings: Named, config: Config) -> Iterator[Fault]:
    """All of a stack cost so much at most, if each runs to its limit once."""
    if "most" not in config:
        yield Fault("", "the configuration needs most")
        return
    given = {"trtc:site": config.get("site", "intl")}
    if "pricePer1000Minutes" in config:
        given["trtc:pricePer1000Minutes"] = f"{config['pricePer1000Minutes']:.6f}"
    prices = prices_of(given)
    costs = [cost_of(props, prices) for _, props in recordings]
    unknown = [[path for path in _PRICED if _at(props, path) is UNKNOWN] for _, props in recordings]
    certain = Total.of(cost for cost, paths in zip(costs, unknown, strict=True) if not paths)
    total = Total.of(costs)
    more = (CDN_ADDRESSES.most or 0) * sum(cost.each_most for cost in costs)
    if total.unpriced:
        yield Fault("", f"the cost is not known ({prices.source}): set pricePer1000Minutes of this policy")
    elif certain.most > config["most"]:
        sums = f"{certain.most:.2f} {prices.currency}; {_text(config['most'])} are allowed"
        yield Fault("", f"together they cost up to {sums}")
    elif total.most + more > config["most"]:
        for (name, _), paths in zip(recordings, unknown, strict=True):
            yield from (Fault(f"{name}: {path}") for path in paths)


_PRICED: Final = (
    "webRecordVideoParams.width",
    "webRecordVideoParams.height",
    "maxDurationLimit",
    "publishCdnParams",
)


def _at(value: Any, path: str) -> Any:
    """The value at a path: None if there is none, UNKNOWN if it lies in an unknown one."""
    for key in path.split("."):
        if not isinstance(value, Mapping):
            return UNKNOWN if value is UNKNOWN else None
        value = value.get(key)
    return value


def _one_of(props: Props, storage: str, leaf: str, allowed: Sequence[str | int] | None) -> Iterator[Fault]:
    """Whoever uses a storage stores at one of the allowed places of it."""
    path = f"{storage}.{leaf}"
    value = _at(props, path)
    if _at(props, storage) is UNKNOWN:
        yield Fault(storage)
    elif _at(props, storage) is None:
        return
    elif not allowed:
        yield Fault(storage, "must be left out")
    elif value is UNKNOWN:
        yield Fault(path)
    elif value not in allowed:
        yield Fault(path, f"must be {_any_of(allowed)}")


def _any_of(allowed: Sequence[str | int]) -> str:
    return " or ".join(map(_text, allowed))


def _text(value: str | float) -> str:
    """A configured value; its numbers come as floats."""
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _host_of(url: Any) -> str:
    try:
        return _host_name(urlsplit(url).hostname or "")
    except (AttributeError, TypeError, ValueError):
        return ""


def _host_name(host: str) -> str:
    return host.lower().removesuffix(".")
