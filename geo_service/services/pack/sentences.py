"""The words of a briefing: what was asked, what came out, how, within which limits, from where."""

from collections import Counter
from collections.abc import Iterable

from geo_service.domain.reach import DistanceType
from geo_service.domain.survey import Level
from geo_service.services.coverage import day_counted
from geo_service.services.demand import name_in as name_in_language
from geo_service.services.demand import unit_in
from geo_service.services.exporting import Row, answer_totals, unit_rows
from geo_service.services.pack import figures
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.figures import decimal, name_in, share, whole
from geo_service.services.pack.words import WORDS
from maps.language import WORDS as MAP_WORDS


def title(contents: Contents) -> str:
    """Name the analysis."""
    return f"{contents.place_name} · {WORDS[contents.language]['title']}"


def status_text(contents: Contents) -> str:
    """Say what the figures are worth."""
    return MAP_WORDS[contents.language][f"status_{contents.data_status}"]


def distance_text(contents: Contents) -> str:
    """Say what the metres mean."""
    kind = contents.answer.report.distance_type
    return WORDS[contents.language].get(f"distance_{kind}", kind)


def instant_text(contents: Contents) -> str:
    """Say for which moment the figures hold."""
    words, query = WORDS[contents.language], contents.answer.query
    if query.instant is None or query.open is None:
        return words["any_time"]
    when = f"{query.instant.astimezone(contents.register.place.zone):%Y-%m-%d %H:%M}"
    return words["open_for_sure" if query.open.certain else "open_then"].format(when=when)


def basis(contents: Contents) -> str:
    """Say in one line what every figure rests on."""
    return WORDS[contents.language]["basis"].format(
        place=contents.place_name,
        radius=whole(contents.answer.report.radius_m),
        distance=distance_text(contents),
        instant=instant_text(contents),
        revision=contents.register.revision.number,
        when=f"{contents.made_at:%Y-%m-%d %H:%M}",
        status=status_text(contents),
    )


def parameters(contents: Contents) -> list[tuple[str, str]]:
    """Return what was asked, and of which data: each with its name."""
    words = WORDS[contents.language]
    register, answer = contents.register, contents.answer
    revision = register.revision
    committed = revision.committed_at.astimezone(register.place.zone)
    counted = whole(len(answer.stations))
    in_being = register.numbers_in(register.eras.on(day_counted(register, answer.query)))
    said = {
        "place": contents.place_name,
        "made": f"{contents.made_at:%Y-%m-%d %H:%M}（{contents.made_at:UTC%z}）"
        if contents.language == "zh"
        else f"{contents.made_at:%Y-%m-%d %H:%M (UTC%z)}",
        "revision": words["revision_of"].format(
            number=revision.number, when=f"{committed:%Y-%m-%d %H:%M}"
        ),
        "level": words[f"level_{contents.level}"],
        "radius": words["radius"].format(radius=whole(answer.report.radius_m)),
        "distance": distance_text(contents),
        "instant": instant_text(contents),
        "filters": filters(contents),
        "demand": _layer(contents),
        "crs": answer.report.crs.name,
        "stations": words["stations_of"].format(
            counted=counted,
            all=whole(len(in_being)),
        ),
    }
    if answer.of_unknown_openness:
        said["unknown"] = whole(answer.of_unknown_openness)
    said["status"] = words["comma"].join(
        words["status_count"].format(
            status=MAP_WORDS[contents.language][f"status_{status}"], count=whole(count)
        )
        for status, count in register.data_status.items()
    )
    return [(words[f"parameter_{key}"], text) for key, text in said.items()]


def _layer(contents: Contents) -> str:
    words, layer = WORDS[contents.language], contents.answer.query.demand
    if layer is None:
        return words["by_area"]
    said = words["of_layer"].format(
        name=name_in_language(layer, contents.language),
        total=whole(layer.points.total),
        unit=unit_in(layer, contents.language),
        status=MAP_WORDS[contents.language][f"status_{layer.data_status}"],
    )
    return said if layer.estimate is None else f"{said}{words['comma']}{words['layer_estimate']}"


def filters(contents: Contents) -> str:
    """Say which stations count."""
    words, named = WORDS[contents.language], MAP_WORDS[contents.language]
    asked = contents.answer.query.conditions
    parts = []
    if asked.service is not None:
        parts.append(named[f"service_{asked.service}"])
    if asked.group is not None:
        parts.append(named[f"group_{asked.group}"])
    parts += [named[f"amenity_{each}"] for each in sorted(asked.amenities)]
    return words["comma"].join(parts) or words["no_filters"]


def key_figures(contents: Contents) -> list[tuple[str, str]]:
    """Return the few figures to see first, each with its name."""
    words, of = WORDS[contents.language], answer_totals(contents.whole)
    worst = next(iter(contents.gaps.gaps), None)
    shown = {
        "stations": whole(len(contents.answer.stations)),
        "area": share(of["area_coverage"]),
        "cross": share(of["cross_coverage"]),
        "mean": _metres(of["nearest_mean_m"]),
        "gap": _metres(None if worst is None else worst.distance_m),
    }
    if "demand_coverage" in of:
        shown = {"stations": shown.pop("stations"), "demand": share(of["demand_coverage"])} | shown
    return [(words[f"figure_{key}"], text) for key, text in shown.items()]


def summary(contents: Contents) -> list[str]:
    """Say what came out, in sentences."""
    words, answer = WORDS[contents.language], contents.answer
    if not answer.stations:
        return [words["sum_none"]]
    of = answer_totals(contents.whole)
    rows = unit_rows(answer)
    sentences = [
        words["sum_counted"].format(
            counted=whole(len(answer.stations)),
            rest=whole(of["stations_rest"]),
            breakfast=whole(of["stations_breakfast"]),
        )
    ]
    if of["area_coverage"] is not None:
        sentences.append(_covered(contents, of))
    if of["nearest_mean_m"] is not None:
        sentences.append(
            words["sum_nearest"].format(
                place=contents.place_name,
                mean=whole(of["nearest_mean_m"]),
                median=whole(of["nearest_median_m"]),
                p90=whole(of["nearest_p90_m"]),
            )
        )
    sentences += _demand(contents, of)
    sentences += _people(contents)
    if contents.level is not Level.CITY:
        sentences += _extremes(contents, rows)
    return sentences + _farthest(contents)


def _covered(contents: Contents, of: Row) -> str:
    return WORDS[contents.language]["sum_covered"].format(
        radius=whole(contents.answer.report.radius_m),
        distance=distance_text(contents),
        place=contents.place_name,
        share=share(of["area_coverage"]),
        covered=decimal(of["covered_km2"]),
        area=decimal(of["area_km2"]),
        cross=share(of["cross_coverage"]),
    )


def _demand(contents: Contents, of: Row) -> list[str]:
    words, layer = WORDS[contents.language], contents.answer.query.demand
    if layer is None or of.get("demand_coverage") is None:
        return []
    said = [
        words["sum_demand"].format(
            name=name_in_language(layer, contents.language),
            total=whole(of["demand"]),
            unit=unit_in(layer, contents.language),
            share=share(of["demand_coverage"]),
            cross=share(of["demand_cross_coverage"]),
            uncovered=whole(of["demand_uncovered"]),
        )
    ]
    if of["demand_nearest_mean_m"] is not None:
        said.append(
            words["sum_demand_nearest"].format(
                mean=whole(of["demand_nearest_mean_m"]), p90=whole(of["demand_nearest_p90_m"])
            )
        )
    return said


def _people(contents: Contents) -> list[str]:
    of, place = answer_totals(contents.whole), contents.register.place
    if of["stations_per_10000"] is None or place.population_year is None:
        return []
    said = WORDS[contents.language]["sum_people"].format(
        per=decimal(of["stations_per_10000"], 2),
        population=whole(of["population"]),
        year=place.population_year,
    )
    return [said]


def _extremes(contents: Contents, rows: Iterable[Row]) -> list[str]:
    words, language = WORDS[contents.language], contents.language
    rows = list(rows)
    units = words[f"level_{contents.level}"]
    measured = [row for row in rows if row["area_coverage"] is not None]
    sentences = []
    if len(measured) > 1:
        best = max(measured, key=lambda row: row["area_coverage"])
        worst = min(measured, key=lambda row: row["area_coverage"])
        sentences.append(
            words["sum_extremes"].format(
                measured=whole(len(measured)),
                units=units,
                best=name_in(best, language),
                best_share=share(best["area_coverage"]),
                worst=name_in(worst, language),
                worst_share=share(worst["area_coverage"]),
            )
        )
    if empty := sum(not row["stations"] for row in rows):
        sentences.append(words["sum_empty"].format(count=whole(empty), units=units))
    return sentences


def _farthest(contents: Contents) -> list[str]:
    worst = next(iter(contents.gaps.gaps), None)
    if worst is None or worst.distance_m is None or worst.unit is None:
        return []
    unit = worst.unit
    said = WORDS[contents.language]["sum_gap"].format(
        unit=(unit.name_en or unit.name) if contents.language == "en" else unit.name,
        distance=whole(worst.distance_m),
        longitude=f"{worst.at.longitude:.4f}",
        latitude=f"{worst.at.latitude:.4f}",
    )
    return [said]


def method(contents: Contents) -> list[str]:
    """Say how the figures are made."""
    words, crs = WORDS[contents.language], contents.answer.report.crs.name
    keys = ["coverage", "cross", "nearest", "gap", "people"]
    if contents.answer.query.distances.distance_type is DistanceType.STRAIGHT:
        keys.append("straight")
    # Along streets shares are of the places of a grid, as the notes say.
    keys += ["six"] if contents.along_streets else ["plane", "six"]
    if contents.answer.query.demand is not None:
        keys[2:2] = ["demand", "supply"]
    return [words[f"method_{key}"].format(crs=crs) for key in keys]


def limits(contents: Contents) -> list[str]:
    """Say what the figures do not tell."""
    words, query = WORDS[contents.language], contents.answer.query
    said = contents.notes()
    if query.distances.distance_type is DistanceType.STRAIGHT:
        said.append(words["limit_straight"])
    if query.demand is None:
        said.append(words["limit_area"])
    return said


def sources(contents: Contents) -> list[str]:
    """Say where the data come from."""
    words, register = WORDS[contents.language], contents.register
    counts = Counter(station.source for station in contents.answer.stations)
    said = [
        words["source_stations"].format(source=source, count=whole(count))
        for source, count in counts.most_common(_SOURCES)
    ]
    outlines = Counter(unit.source for unit in register.counties if unit.boundary)
    outlines += Counter(unit.source for unit in register.townships if unit.boundary)
    said += [words["source_boundaries"].format(source=source) for source in outlines][:_SOURCES]
    people = {register.place.population_source}
    people |= {unit.population_source for unit in register.counties}
    people |= {unit.population_source for unit in register.townships}
    said += [
        words["source_population"].format(source=source) for source in sorted(filter(None, people))
    ]
    return said


def claims(contents: Contents) -> list[str]:
    """Quote the programme's figures as what they are: reported, and not checked."""
    words, register = WORDS[contents.language], contents.register
    if not register.claims:
        return []
    quoted = (
        words["source_claim"].format(
            name=claim.name,
            value=claim.value,
            unit=claim.unit,
            source=claim.source_title or figures.NOTHING,
        )
        for claim in register.claims
    )
    separator = "；" if contents.language == "zh" else "; "
    return [words["source_claims"].format(claims=separator.join(quoted))]


_SOURCES = 20


def _metres(value: float | None) -> str:
    return figures.NOTHING if value is None else f"{whole(value)}\u202fm"
