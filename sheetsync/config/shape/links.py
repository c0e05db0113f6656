"""Settings of how published links are looked at."""

from datetime import timedelta
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from sheetsync.config.shape.words import Settings, Text, on_or_off
from sheetsync.core.link_health import Manners

_MANNERS: Final = Manners()


class LinksShape(Settings):
    """How `sheetsync links check` asks published addresses whether they answer; nobody is asked unless check is on."""

    check: Annotated[
        Literal["on", "off"], BeforeValidator(on_or_off, json_schema_input_type=Literal["on", "off", True, False])
    ] = Field(
        "off",
        description="on: `sheetsync links check` may send requests to the hosts of your links. Default off, because it "
        "is the one thing sheetsync asks of anybody but Google and your own databases.",
    )
    timeout_seconds: float = Field(
        _MANNERS.timeout_seconds,
        gt=0,
        le=120,
        description="One address with all its redirects may take this long. 10: who waits longer has left the page.",
    )
    max_redirects: int = Field(
        _MANNERS.max_redirects, ge=0, le=20, description="Redirects followed. 5: three are usual, browsers take twenty."
    )
    max_bytes: int = Field(
        _MANNERS.max_bytes,
        ge=1,
        le=10_485_760,
        description="Bytes read for one address, redirects included; pages themselves are not read. 256 KiB: heads are "
        "seldom above 16.",
    )
    at_once: int = Field(
        _MANNERS.at_once, ge=1, le=32, description="Addresses asked at once. 4: nobody notices four visitors."
    )
    per_host_seconds: float = Field(
        _MANNERS.per_host_seconds,
        ge=0,
        le=60,
        description="Between two requests to one host at least so long. 1: what robots are asked for where nothing is "
        "said.",
    )
    cache_minutes: float = Field(
        _MANNERS.remembered / timedelta(minutes=1),
        ge=0,
        le=10_080,
        description="An address looked at so recently is not asked again, but with --fresh. 60: pages go live by the "
        "hour.",
    )
    user_agent: Text | None = Field(
        None,
        description="Whom the people of those hosts may write to about us, an address or a page; it stands in the "
        "User-Agent behind our name. Default: our name only.",
    )
    allow_addresses: list[Text] = Field(
        [],
        description="Networks (10.1.0.0/16) or addresses asked although they are not of the open internet. Default "
        "none, so that nobody's link or redirect leads us into your network. Cloud metadata is never asked, nor are "
        "names such as localhost or x.internal.",
    )
    allow_ports: list[Annotated[int, Field(ge=1, le=65535)]] = Field(
        [], description="Ports besides 80 and 443. Default none: nobody publishes a page on another one."
    )
