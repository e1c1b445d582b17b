"""How often one sender may ask, and the headers that say so, of the IETF's draft.

draft-ietf-httpapi-ratelimit-headers, as of version 11: ``RateLimit-Policy`` names the limit that
an answer counts for, ``RateLimit`` what is left of it, and in how many seconds it begins anew.

What a request costs is known from its route. A route that is not named here is a plain read, or a
write if it takes a method that may change something.
"""

from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING, Final

from flask import Flask, Request, request

from geo_service import runtime
from geo_service.domain.errors import TooManyRequestsError
from geo_service.persistence.tallies import Tallied, Tallies
from geo_service.settings import Settings
from geo_service.web.senders import Networks, packed

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

SECONDS: Final = 60

# What asks little of anybody, and has to be answered when nothing else is.
NOT_COUNTED: Final = frozenset({"static", "health.alive", "health.ready", "metrics.metrics"})

# Computed, drawn or written for each who asks; by blueprint, or one by one.
EXPENSIVE_BLUEPRINTS: Final = frozenset(
    {
        "along",
        "coverage",
        "history",
        "isochrones",
        "maps",
        "measures",
        "ogc",
        "on_foot",
        "planner",
        "quality",
        "register",
        "route",
        "scorecard",
        "tiles",
        "stations_nearest",
    }
)
EXPENSIVE: Final = frozenset(
    {
        "demand.points",
        "planner_scenarios.scenario",
        "print.sign_pdf",
        "print.township_pdf",
        "scenarios.comparison",
    }
)

_MOST_KNOWN: Final = 4096
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS: Final = "geo_service.rate_limit"


class Policy:
    """A limit: so many of one sort, from one sender, in each minute."""

    def __init__(self, name: str, what: Tallied, quota: int) -> None:
        self.name = name
        self.what = what
        self.quota = quota
        self.header = ("RateLimit-Policy", f'"{name}";q={quota};w={SECONDS}')
        self.left = f'"{name}";r=%d;t=%d'


class Limits:
    """The limits of one app."""

    def __init__(self, settings: Settings, tallies: Tallies) -> None:
        self.reads = Policy("reads", Tallied.READS, settings.reads_per_minute)
        self.expensive_reads = Policy(
            "expensive", Tallied.EXPENSIVE_READS, settings.expensive_reads_per_minute
        )
        self.writes = Policy("writes", Tallied.WRITES, settings.writes_per_minute)
        self._tallies = tallies
        self._unlimited = Networks(settings.unlimited_networks)
        # Where a sender is counted, by Python's own hash of the address: keyed, and known to this
        # process alone. The addresses themselves are not kept.
        self._places: dict[int, int | None] = {}

    def policy(self, endpoint: str | None, method: str) -> Policy | None:
        """Return what a request to a route counts for; None: it is not counted."""
        policy = self._policy(endpoint or "", method)  # what is not there is asked for as well
        return policy if policy is not None and policy.quota else None

    def _policy(self, endpoint: str, method: str) -> Policy | None:
        if endpoint in NOT_COUNTED:
            return None
        if endpoint in EXPENSIVE or endpoint.partition(".")[0] in EXPENSIVE_BLUEPRINTS:
            return self.expensive_reads  # questions too long for an address are posted
        return self.reads if method in _SAFE else self.writes

    def count(self, policy: Policy, environ: "WSGIEnvironment") -> None:
        """Count a request, or raise TooManyRequestsError."""
        address = environ.get("REMOTE_ADDR")
        try:
            places = self._places[hash(address)]
        except KeyError:
            places = self._remember(address)
        if places is None:
            return
        now = int(monotonic())
        left = policy.quota - self._tallies.count(policy.what, places, now // SECONDS)
        again_in_s = SECONDS - now % SECONDS
        said = policy.left % (max(left, 0), again_in_s)
        environ[_HEADERS] = policy.header, ("RateLimit", said)
        if left < 0:
            raise TooManyRequestsError(
                f"more than {policy.quota} requests of the sort {policy.name} came from your "
                f"connection within a minute",
                policy=policy.name,
                again_in_s=again_in_s,
            )

    def _remember(self, address: str | None) -> int | None:
        sender = packed(address)
        places = None if sender in self._unlimited else self._tallies.places(sender)
        if len(self._places) >= _MOST_KNOWN:
            self._places.clear()
        self._places[hash(address)] = places
        return places


def register(app: Flask) -> None:
    """Count every request of an app; to be called before whatever works for one."""
    with app.app_context():
        limits = Limits(runtime.settings(), runtime.tallies())
    policies: dict[tuple[str | None, str], Policy | None] = {}

    def count() -> None:
        given: Request = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  each look through the proxy costs
        rule, method = given.url_rule, given.method
        asked = None if rule is None else rule.endpoint, method
        try:
            policy = policies[asked]
        except KeyError:
            policy = limits.policy(*asked)
            if len(policies) < _MOST_KNOWN:  # a method may be any word
                policies[asked] = policy
        if policy is not None:
            limits.count(policy, given.environ)

    app.before_request(count)


def headers(environ: "WSGIEnvironment") -> Iterable[tuple[str, str]]:
    """Return the headers of this answer that say how much its sender may still ask."""
    found: Iterable[tuple[str, str]] = environ.get(_HEADERS, ())
    return found
