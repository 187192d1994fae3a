"""The stack's settings: site, region, endpoint, credentials, storage keys, times."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from pulumi_trtc.errors import ConfigError
from pulumi_trtc.inputs.body import StorageKeys
from pulumi_trtc.settings.ca_bundle import CaBundle, ca_bundle
from pulumi_trtc.settings.credentials import CredentialChain, Credentials, Place, Sts
from pulumi_trtc.settings.profile import profile_of, tccli_region
from pulumi_trtc.settings.roles import role_of
from pulumi_trtc.settings.table import TIMES
from pulumi_trtc.settings.values import SITES, ConfigReader, Site, is_loopback


@attrs.frozen
class Settings:
    """What a stack is configured with, checked.

    Attributes:
        site: "intl", "china" or "emulator".
        region: One that the site has.
        endpoint: Scheme, host and, where it is given, port; no path.
        request_timeout: Seconds for one request.
        max_retry_time: Seconds for one call with all its repetitions.
        start_window: Seconds after a Start in which a Describe may still say that there is no such task.
        storage_keys: COS keys for programs that leave them out; None if none are set.
        sts_host: Of the site's security token service.
        ca_bundle: Whose certificates are trusted; None for the SDK's own choice.
    """

    site: str
    region: str
    endpoint: str
    request_timeout: float
    max_retry_time: float
    start_window: float
    storage_keys: StorageKeys | None = attrs.field(repr=False)
    sts_host: str
    ca_bundle: CaBundle | None
    _chain: CredentialChain = attrs.field(repr=False, eq=False)

    @property
    def protocol(self) -> str:
        """`https`, or `http` for loopback."""
        return urlsplit(self.endpoint).scheme

    @property
    def host(self) -> str:
        """The endpoint's host, with the port where one is given."""
        return urlsplit(self.endpoint).netloc

    @property
    def place(self) -> str:
        """Where recordings run, in one spelling: endpoint and region."""
        parts = urlsplit(self.endpoint)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        return f"{parts.scheme}://{host}:{port} ({self.region})"

    @property
    def is_local(self) -> bool:
        """Whether the endpoint is on this machine, as the emulator's is."""
        return is_loopback(urlsplit(self.endpoint).hostname or "")

    def credentials(self, sts: Sts) -> Credentials:
        """The API credentials, looked for at the first call; renewed when they are about to expire.

        Args:
            sts: Asked for keys of a role.

        Raises:
            MissingCredentials: There are none; the message lists where they were looked for.
            ConfigError: A place holds half a pair or cannot be read.
            ApiError: STS gave no keys of a role.
        """
        return self._chain.get(sts)


def read_settings(config: Mapping[str, str], environ: Mapping[str, str], home: Path) -> Settings:
    """Check a stack's configuration and fill in defaults. Nothing is sent; credentials are not looked for.

    Args:
        config: Full keys ("trtc:site") and their values, decrypted; other namespaces are no concern.
        environ: The environment's variables.
        home: Where the dot folders of tccli and the SDK are.

    Raises:
        ConfigError: With all problems at once.
    """
    reader = ConfigReader(config)
    reader.refuse_unknown()
    name = reader.site()
    site = SITES[name]
    # The emulator's region says nothing of a real account's, and its own default accepts the first alone.
    borrowed = None if name == "emulator" else _borrowed_region(site, config, environ, home)
    region = reader.region(name) or borrowed or site.regions[0]
    endpoint = reader.endpoint() or site.endpoint
    times = {key: reader.seconds(key) for key in TIMES}
    reader.price()  # only a review uses it
    reader.pair("secretId", "secretKey", "securityToken")
    storage_keys = reader.storage_keys(environ)
    chain, bundle = None, None
    try:
        # On this machine nobody's certificate is asked for, and no account's credentials are used.
        chain = _chain(name, config, environ, home)
        bundle = None if is_loopback(urlsplit(endpoint).hostname or "") else ca_bundle(config, environ)
    except ConfigError as wrong:
        reader.problems += wrong.problems
    if reader.problems or chain is None:
        raise ConfigError(tuple(reader.problems))
    return Settings(
        site=name,
        region=region,
        endpoint=endpoint,
        request_timeout=times["requestTimeout"],
        max_retry_time=times["maxRetryTime"],
        start_window=times["startWindow"],
        storage_keys=storage_keys,
        sts_host=site.sts_host,
        ca_bundle=bundle,
        chain=chain,
    )


def _borrowed_region(
    site: Site, config: Mapping[str, str], environ: Mapping[str, str], home: Path
) -> str | None:
    """A region that was set for other resources counts where this API is offered in it."""
    borrowed = (
        config.get("tencentcloud:region"),
        environ.get("TENCENTCLOUD_REGION"),
        tccli_region(config, environ, home),
    )
    return next((region for region in borrowed if region in site.regions), None)


def _chain(site: str, config: Mapping[str, str], environ: Mapping[str, str], home: Path) -> CredentialChain:
    """Where credentials are looked for.

    Raises:
        ConfigError: A role or a profile is named in a way that cannot be used.
    """
    is_emulator, role = site == "emulator", None
    if not is_emulator:
        profile_of(config, environ)  # the search for keys comes too late to refuse it
        role = role_of(config, environ)

    def places() -> tuple[Place, ...]:
        from pulumi_trtc.settings import places as all_places  # noqa: PLC0415
        from pulumi_trtc.settings.machine import Machine  # noqa: PLC0415

        machine = Machine(config, environ, home)
        return all_places.emulator_places(machine) if is_emulator else all_places.places(machine)

    return CredentialChain(places, time.time, role)
