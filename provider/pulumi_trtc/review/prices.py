"""What recordings cost: the vendor's prices, and exact sums of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from pulumi_trtc.inputs.check_values import whole
from pulumi_trtc.settings import values
from pulumi_trtc.settings.table import PRICE
from pulumi_trtc.settings.values import ConfigReader, is_loopback

SIZE: Final = (1280, 720)
"""The service's own size, for a recording that gives none."""

LONGEST_S: Final = 86400
"""The service's own limit, for a recording that gives none."""

_NOTHING = Decimal(0)


@attrs.frozen
class Tier:
    """The price of 1000 minutes of a recording that is not larger than this."""

    width: int
    height: int
    price: Decimal


@attrs.frozen
class Prices:
    """What a site asks for 1000 minutes.

    Attributes:
        currency: What the amounts are in.
        tiers: The cheapest first; none if no price is known.
        relay: The price of 1000 minutes of relaying to one CDN address; None if it is not known.
        source: Where and when they were read.
        free: Whether nothing costs anything.
    """

    currency: str
    tiers: tuple[Tier, ...]
    relay: Decimal | None
    source: str
    free: bool = False


SITES: Final[Mapping[str, Prices]] = {
    "intl": Prices(
        "USD",
        (Tier(1280, 720, Decimal(14)), Tier(1920, 1080, Decimal(28))),
        Decimal("2.99"),  # accounts since 2025-10-23; earlier ones pay for bandwidth
        "the vendor's billing pages of web recording and of relay to CDN, read in 2026-11",
    ),
    "china": Prices("CNY", (), None, "no price in CNY was found"),
    "emulator": Prices(
        "USD", (Tier(1920, 1080, _NOTHING),), _NOTHING, "the emulator costs nothing", free=True
    ),
}


@attrs.frozen
class Cost:
    """What one recording costs while it runs.

    Attributes:
        hour: An hour; None if that is not known.
        limit: Seconds after which it ends.
        at_most: Its size is not known: the dearest was taken.
        each: An hour of each CDN address, where a preview hides how many there are; in no other amount.
        why: Why there is no amount.
    """

    hour: Decimal | None = _NOTHING
    limit: int = 0
    at_most: bool = False
    each: Decimal = _NOTHING
    why: str = ""

    @property
    def most(self) -> Decimal | None:
        """Until its limit ends it."""
        return None if self.hour is None else self.hour * self.limit / 3600

    @property
    def each_most(self) -> Decimal:
        """Each CDN address until its limit ends it."""
        return self.each * self.limit / 3600


FREE: Final = Cost()


@attrs.frozen
class Total:
    """The sum of what is known of several.

    Attributes:
        at_most: Of one the size is not known.
        unpriced: How many are not in it.
        each: See `Cost`: the sum, were there one CDN address for each.
    """

    hour: Decimal = _NOTHING
    most: Decimal = _NOTHING
    at_most: bool = False
    unpriced: int = 0
    each: Decimal = _NOTHING

    @classmethod
    def of(cls, costs: Iterable[Cost]) -> Total:
        """Add them up, exactly."""
        found = cls()
        for one in costs:
            found = cls(
                found.hour + (one.hour or _NOTHING),
                found.most + (one.most or _NOTHING),
                found.at_most or one.at_most,
                found.unpriced + (one.hour is None),
                found.each + one.each,
            )
        return found


def prices_of(config: Mapping[str, str]) -> Prices:
    """The prices for a stack's configuration: its site's, with its own price for recording."""
    reader = ConfigReader(config)
    site, endpoint = reader.site(), reader.endpoint()
    if reader.problems:
        return Prices("USD", (), None, f"{reader.problems[0].partition(': ')[0]} names no site, or is secret")
    own = reader.price()
    if endpoint and is_loopback(urlsplit(endpoint).hostname or ""):
        site = "emulator"
    elif endpoint:
        site = next((name for name, one in values.SITES.items() if one.endpoint == endpoint), site)
    found = SITES[site]
    if found.free or f"trtc:{PRICE}" not in config:
        return found
    if own is None:
        return attrs.evolve(found, tiers=(), source=f"trtc:{PRICE} is no amount, or secret")
    source = f"trtc:{PRICE}" + (f"; relay: {found.source}" if found.relay else "")
    return attrs.evolve(found, tiers=(Tier(1920, 1080, own),), source=source)


def cost_of(inputs: Mapping[str, Any], prices: Prices) -> Cost:
    """What a recording of these inputs costs while it runs."""
    relays = _relays(inputs.get("publishCdnParams"))
    if not prices.tiers:
        return Cost(None, why=prices.source)
    if relays != 0 and prices.relay is None:
        return Cost(None, why="no price of a relay is known")
    price, certain = _tier(inputs.get("webRecordVideoParams"), prices.tiers)
    relay = _hour(prices.relay or _NOTHING)
    limit = whole(inputs.get("maxDurationLimit"))
    return Cost(
        _hour(price) + relay * (relays or 0),
        limit if limit is not None and 0 < limit <= LONGEST_S else LONGEST_S,
        not certain,
        relay if relays is None else _NOTHING,
    )


def _hour(price: Decimal) -> Decimal:
    return price * 60 / 1000


def _tier(size: Any, tiers: tuple[Tier, ...]) -> tuple[Decimal, bool]:
    """The price for a size, and whether it is certain; the dearest where it is not."""
    dearest = tiers[-1].price
    size = {} if size is None else size
    if not isinstance(size, Mapping):
        return dearest, len(tiers) == 1
    given = (size.get("width") or SIZE[0], size.get("height") or SIZE[1])
    width, height = map(whole, given)
    if width is None or height is None:
        return dearest, len(tiers) == 1
    return next((one.price for one in tiers if width <= one.width and height <= one.height), dearest), True


def _relays(addresses: Any) -> int | None:
    """How many CDN addresses there are; None if a preview hides or does not know it."""
    if isinstance(addresses, list):
        return len(addresses)
    return 0 if addresses is None else None
