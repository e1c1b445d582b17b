"""Everything the service can be told, read once, from one place."""

import difflib
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PREFIX = "GEO_SERVICE_"
PROJECT = Path(__file__).resolve().parent.parent

_SECRET_LENGTH = 32
_PLAIN_INTEGER = re.compile(r"-?[0-9]{1,12}")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?")


class SettingsError(ValueError):
    """The environment does not describe a service that can start."""


class SettingDocumentation(NamedTuple):
    """What a person needs to know to use one setting."""

    variable: str
    default: str
    text: str


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; leave the variable out for the default")
    return value.strip()


def _path(value: str) -> Path:
    return Path(_text(value)).expanduser().absolute()


def _integer(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        # int() alone would take 1_000 and full-width digits
        if not _PLAIN_INTEGER.fullmatch(value) or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _number(low: float, high: float) -> Callable[[str], float]:
    def read(value: str) -> float:
        # float() alone would take nan, inf and 1_000
        if not _PLAIN_NUMBER.fullmatch(value) or not low <= float(value) <= high:
            raise ValueError(f"must be a number from {low:g} to {high:g}")
        return float(value)

    return read


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return read


def _switch(value: str) -> bool:
    return _one_of("true", "false")(value) == "true"


def _secret(value: str) -> str:
    if len(value) < _SECRET_LENGTH:
        raise ValueError(f"must be at least {_SECRET_LENGTH} characters long")
    return value


def _database_url(value: str) -> str:
    scheme = value.partition("://")[0]
    if scheme in {"postgresql", "postgres"}:
        return "postgresql+psycopg" + value.removeprefix(scheme)
    if scheme == "postgresql+psycopg":
        return value
    raise ValueError("must look like postgresql://user:password@host:5432/database")


def _database_urls(value: str) -> tuple[str, ...]:
    # A URL may have commas of its own, between hosts; none of them stands before a scheme.
    urls = re.split(r",(?=\s*postgres(?:ql)?(?:\+psycopg)?://)", value)
    return tuple(_database_url(each.strip()) for each in urls)


def _web_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must look like https://stations.example.org")
    if parts.query or parts.fragment:
        raise ValueError("must not carry a query or a fragment")
    return value.rstrip("/")


def _time_zone(value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise ValueError("must be a name of the tz database, such as Asia/Shanghai") from None


def _bounds(value: str) -> tuple[float, float, float, float]:
    degrees = value.split(",")
    if len(degrees) != 4 or not all(_PLAIN_NUMBER.fullmatch(each.strip()) for each in degrees):
        raise ValueError("must look like 113.4,33.4,114.3,34.0: west,south,east,north")
    west, south, east, north = map(float, degrees)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("must be degrees: west,south,east,north, with south below north")
    return west, south, east, north


def _crs(value: str) -> str:
    # Whether PROJ knows it, and whether it is in metres, is found out where PROJ is loaded.
    if not re.fullmatch(r"EPSG:[0-9]{4,6}", value):
        raise ValueError("must look like EPSG:4547")
    return value


def _setting(
    default: Any, read: Callable[[str], Any], text: str, *, shown: str = "", secret: bool = False
) -> Any:
    """Declare a field: its default, how its text is read, and its one line of documentation."""
    metadata = {"read": read, "text": text, "shown": shown, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A complete, immutable configuration; each field is one GEO_SERVICE_ variable."""

    home: Path = _setting(
        PROJECT / "var",
        _path,
        "Folder for all that the service writes: its private database, its copies, its key.",
        shown="var/ in the project",
    )
    data: Path = _setting(
        PROJECT / "data" / "stations",
        _path,
        "Folder with the register that is loaded into an empty database.",
        shown="data/stations/ in the project",
    )
    database_url: str | None = _setting(
        None,
        _database_url,
        "A PostGIS of your own, as the role the service works with; none: a private one is run.",
        shown="none",
        secret=True,
    )
    owner_database_url: str | None = _setting(
        None,
        _database_url,
        "The same database as the role that owns its tables, used only to migrate and load.",
        shown="GEO_SERVICE_DATABASE_URL",
        secret=True,
    )
    reader_database_url: str | None = _setting(
        None,
        _database_url,
        "The same database as a role that can only read what is published under /ogc; none: the "
        "service's own role, in read-only transactions.",
        shown="none",
        secret=True,
    )
    replica_urls: tuple[str, ...] = _setting(
        (),
        _database_urls,
        "Streaming replicas that the register is read from, with commas between; the first that "
        "has the present revision is taken.",
        shown="none",
        secret=True,
    )
    secret_key: str | None = _setting(
        None,
        _secret,
        "Key that signs cookies, 32 characters or more; none: one is made and kept in the home.",
        shown="none",
        secret=True,
    )
    host: str = _setting("127.0.0.1", _text, "Address to listen on; 0.0.0.0 is every address.")
    port: int = _setting(8000, _integer(1, 65535), "Port to listen on.")
    workers: int = _setting(2, _integer(1, 64), "Processes that answer requests.")
    public_url: str | None = _setting(
        None,
        _web_url,
        "Address under which people reach the service, for links, when it stands behind a proxy.",
        shown="none",
    )
    trusted_proxies: int = _setting(
        0, _integer(0, 10), "How many proxies in front may name the caller's address and scheme."
    )
    place_name: str | None = _setting(
        None, _text, "Name of the place served, for titles.", shown="chosen from the data"
    )
    time_zone: str | None = _setting(
        None, _time_zone, "Time zone of the opening hours.", shown="chosen from the data"
    )
    bounds: tuple[float, float, float, float] | None = _setting(
        None,
        _bounds,
        "Box of the place served, as west,south,east,north in degrees on WGS 84.",
        shown="chosen from the data",
    )
    planar_crs: str | None = _setting(
        None,
        _crs,
        "Projected CRS, in metres, that areas are computed in.",
        shown="chosen from the data",
    )
    served_margin_m: float = _setting(
        20_000.0,
        _number(0, 1_000_000),
        "How far outside the register's bounds an origin may lie, in metres.",
    )
    walking_speed_m_per_min: float = _setting(
        60.0, _number(10, 300), "Walking speed for estimated times, in metres a minute."
    )
    detour_factor: float = _setting(
        1.3, _number(1, 5), "How much longer the estimated walk is than the straight line."
    )
    network: Path | None = _setting(
        None,
        _path,
        "File of the street network that walks are measured along; `geo-service network load` "
        "writes it.",
        shown="network/streets.npz in the home",
    )
    closed_after_reports: int = _setting(
        3,
        _integer(1, 100),
        "How many independent reports within 30 days show a station as reported closed.",
    )
    verify_after_days: int = _setting(
        180,
        _integer(1, 36_500),
        "After how many days a station wants to be verified anew.",
    )
    statement_timeout_ms: int = _setting(
        3000, _integer(100, 600_000), "Longest time one database statement may take."
    )
    connect_timeout_s: int = _setting(
        2, _integer(1, 60), "Longest time to wait for a database connection."
    )
    log_level: str = _setting(
        "info", _one_of("debug", "info", "warning", "error"), "Least severity that is logged."
    )
    log_format: str = _setting(
        "json", _one_of("json", "console"), "Shape of a log line: for programs or for people."
    )
    access_log: bool = _setting(
        True,  # noqa: FBT003  the default of a switch
        _switch,
        "Whether each request is logged: true or false.",
        shown="true",
    )

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read every GEO_SERVICE_* variable; all that is wrong with them is said at once."""
        known = {PREFIX + each.name.upper(): each for each in fields(cls)}
        values, faults = {}, []
        for variable, text in sorted(environ.items()):
            if not variable.startswith(PREFIX):
                continue
            if variable not in known:
                faults.append(_unknown(variable, known))
                continue
            setting = known[variable]
            try:
                values[setting.name] = setting.metadata["read"](text)
            except ValueError as error:
                # A secret that is wrong is still a secret.
                shown = "" if setting.metadata["secret"] else f" {text!r}"
                faults.append(f"{variable}{shown} {error}")
        if "owner_database_url" in values and "database_url" not in values:
            faults.append(f"{PREFIX}OWNER_DATABASE_URL needs {PREFIX}DATABASE_URL beside it")
        if "replica_urls" in values and "database_url" not in values:
            faults.append(f"{PREFIX}REPLICA_URLS needs {PREFIX}DATABASE_URL beside it")
        if faults:
            raise SettingsError("\n".join(faults))
        return cls(**values)

    @classmethod
    def documentation(cls) -> list[SettingDocumentation]:
        """List every setting: its variable, its default in words, and what it does."""
        return [
            SettingDocumentation(
                PREFIX + each.name.upper(),
                each.metadata["shown"] or str(each.default).removesuffix(".0"),
                each.metadata["text"],
            )
            for each in fields(cls)
            if each.default is not MISSING
        ]


def _unknown(variable: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(variable, known, n=1)
    return f"{variable} is not a setting" + (f"; did you mean {near[0]}?" if near else "")


def kept_secret_key(home: Path) -> str:
    """Return the key kept in the home; one is made, for its owner's eyes only, if there is none."""
    kept = home / "secret_key"
    try:
        return _secret(kept.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        pass
    except (ValueError, OSError) as error:
        raise SettingsError(f"{kept} cannot be used as the secret key: {error}") from None
    home.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(_SECRET_LENGTH)
    draft = home / f"secret_key.{os.getpid()}"
    # Written aside and linked into place: nobody ever reads half a key, and of two
    # processes that start at once both end with the key that came first.
    with open(draft, "x", encoding="ascii", opener=_for_owner_only) as file:
        file.write(made + "\n")
    try:
        kept.hardlink_to(draft)
    except FileExistsError:
        return kept_secret_key(home)
    finally:
        draft.unlink()
    return made


def _for_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
