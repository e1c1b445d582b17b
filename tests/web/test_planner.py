"""The planner's page as HTML: what it says is what the API says, and its address is its state."""

import html
import re

import pytest
from flask.testing import FlaskClient

NOBODY = "service=breakfast&" + "&".join(
    f"amenity={each}"
    for each in (
        *("water", "seating", "meal_heating", "first_aid", "health_advice"),
        *("reading", "charging", "toilet", "cooling", "heating"),
    )
)


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/planner?lang=zh&{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(text: str) -> list[str]:
    """The units of the table, in order; hidden ones left out."""
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    found = re.findall(r'<tr data-unit="([^"]*)"[^>]*?(hidden)?>', table)
    return [code for code, hidden in found if not hidden]


def share(value: float) -> str:
    return f"{100 * value:.1f}\u202f%"


def test_the_headline_says_what_the_api_says(client: FlaskClient) -> None:
    totals = client.get("/api/v1/coverage?radius=1500&demand=population").get_json()["totals"]

    heading = re.findall("<h1>(.*?)</h1>", page(client, "radius=1500"))[0]

    assert share(totals["area_coverage"]) in heading
    assert share(totals["demand_coverage"]) in heading
    assert "1.5\u202f公里" in heading


def test_residents_spread_evenly_are_called_an_estimate(client: FlaskClient) -> None:
    text = page(client)

    assert "常住人口（估算）" in text
    assert "并非实际居住位置" in text


def test_a_planner_may_ask_of_the_ground_alone(client: FlaskClient) -> None:
    text = page(client, "demand=-")

    assert "需求覆盖率" not in text
    assert "按面积，没有选需求数据" in text


def test_the_page_says_what_its_figures_rest_on(client: FlaskClient) -> None:
    basis = re.findall('<p class="basis">(.*?)</p>', page(client, "radius=800"))[0]

    for said in ("800 米", "直线距离", "不限时刻", "CGCS2000", "修订号", "演示数据"):
        assert said in basis


def test_an_estimated_walk_says_so_wherever_it_counts(client: FlaskClient) -> None:
    text = page(client, "distance=estimated_walk")

    assert text.count("估算步行距离（直线 × 1.3）") >= 5


def test_the_worst_unit_stands_first_and_the_unknown_last(client: FlaskClient) -> None:
    units = client.get("/api/v1/coverage").get_json()["units"]
    known = {each["code"]: each["area_coverage"] for each in units}

    order = rows(page(client))

    assert len(order) == len(units)
    shares = [known[code] for code in order]
    without = sum(each is None for each in shares)
    assert shares[-without:] == [None] * without
    assert shares[:-without] == sorted(shares[:-without])


def test_the_table_is_sorted_as_the_address_says(client: FlaskClient) -> None:
    units = client.get("/api/v1/coverage").get_json()["units"]
    most = max(each["stations"] for each in units)
    stations = {each["code"]: each["stations"] for each in units}

    order = rows(page(client, "sort=stations&order=desc"))

    assert stations[order[0]] == most
    assert [stations[code] for code in order] == sorted(stations.values(), reverse=True)


def test_the_table_is_narrowed_to_a_county_and_a_name(client: FlaskClient) -> None:
    assert all(code.startswith("411121") for code in rows(page(client, "county=411121")))
    assert rows(page(client, "find=北舞渡")) == ["411121102"]
    assert rows(page(client, "find=beiwudu")) == ["411121102"]


def test_no_name_that_fits_is_said_in_words(client: FlaskClient) -> None:
    text = page(client, "find=没有这样的乡")

    assert rows(text) == []
    assert re.search('id="nothing">没有名称符合', text)


def test_a_chosen_unit_shows_its_card_without_a_script(client: FlaskClient) -> None:
    text = page(client, "unit=411121102")

    card = text[text.index('id="card"') : text.index("</aside>")]
    assert "<h3>北舞渡镇</h3>" in card
    assert "hidden" not in card.split(">")[0]
    assert '<tr data-unit="411121102" data-county="411121" class="chosen">' in text


def test_the_form_for_new_sites_is_filled_in_with_the_same_question(client: FlaskClient) -> None:
    text = page(client, "radius=1500&service=breakfast&find=x&measure=stations")
    address = html.unescape(re.findall(r'href="(/planner/scenarios\?[^"]*)"', text)[0])

    form = client.get(address)

    assert form.status_code == 200
    assert 'name="radius" min="50" max="50000" step="50" value="1500"' in form.text
    for chosen in ("breakfast", "population", "mclp"):
        assert f'<option value="{chosen}" selected>' in form.text


def test_the_files_answer_the_same_question(client: FlaskClient) -> None:
    text = page(client, "radius=700&level=county&unit=411121&sort=stations&measure=stations")

    links = re.findall('<a class="file" href="([^"]*)"', text)
    assert len(links) >= 2
    for link in map(html.unescape, links):
        assert "radius=700" in link
        assert "level=county" in link
        assert "demand=population" in link
    csv = next(html.unescape(each) for each in links if "f=csv" in each)
    answer = client.get(csv)
    assert answer.mimetype == "text/csv"
    assert "demand_coverage" in answer.text


@pytest.mark.parametrize("level", ["township", "county", "city"])
@pytest.mark.parametrize("demand", ["population", "-"])
def test_every_level_has_its_page(client: FlaskClient, level: str, demand: str) -> None:
    text = page(client, f"level={level}&demand={demand}&measure=demand_uncovered")

    assert "None" not in text
    assert "nan" not in text.lower().replace("nanjie", "")


def test_where_no_station_matches_the_page_says_so(client: FlaskClient) -> None:
    text = page(client, NOBODY)

    assert "没有站点符合这些条件" in text


def test_the_list_of_gaps_is_that_of_the_api(client: FlaskClient) -> None:
    gaps = client.get("/api/v1/coverage/gaps?demand=population").get_json()["gaps"]

    text = page(client)

    said = re.findall('<span class="gap-far">(.*?)</span>', text)
    assert said == [f"{each['distance_m'] / 1000:.1f}\u202f公里" for each in gaps]


def test_a_catchment_on_the_map_is_as_wide_as_the_radius(client: FlaskClient) -> None:
    text = page(client, "radius=2000")

    radius = float(re.findall(r"<circle [^>]*r=\"([\d.]+)\"", text)[0])
    metres = float(re.findall(r'data-metres="([\d.]+)"', text)[0])
    assert radius * metres == pytest.approx(2000, rel=0.01)


def test_a_catchment_of_an_estimated_walk_is_smaller_by_the_factor(client: FlaskClient) -> None:
    text = page(client, "radius=2000&distance=estimated_walk")

    radius = float(re.findall(r"<circle [^>]*r=\"([\d.]+)\"", text)[0])
    metres = float(re.findall(r'data-metres="([\d.]+)"', text)[0])
    assert radius * metres == pytest.approx(2000 / 1.3, rel=0.01)


def test_every_unit_with_a_boundary_is_on_the_map(client: FlaskClient) -> None:
    units = client.get("/api/v1/coverage").get_json()["units"]
    drawn = {each["code"] for each in units if each["boundary_status"] != "none"}

    found = re.findall(r'<path class="unit [^"]*" data-unit="(\d+)"', page(client))

    assert set(found) == drawn


def test_the_hours_are_those_of_the_api_and_lead_back(client: FlaskClient) -> None:
    days = client.get("/api/v1/coverage/hours?demand=population").get_json()["days"]

    text = client.get("/planner/hours?lang=zh&radius=1000").text

    links = [html.unescape(each) for each in re.findall('href="(/planner[^"]*open=[^"]*)"', text)]
    assert len(links) == 48
    shares = [float(each) for each in re.findall(r":00 · ([\d.]+)\u202f%", text)]
    told = [each for day in days for each in day["shares"]]
    assert shares == pytest.approx([100 * each for each in told], abs=0.051)
    assert "radius=1000" in links[5]
    assert client.get(links[5]).status_code == 200


def test_the_six_things_are_counted_over_all_stations(client: FlaskClient) -> None:
    text = client.get("/planner/six?lang=zh").text

    counts = re.findall(r"有 (\d+) · 不详 (\d+) · 无 (\d+)", text)
    assert len(counts) == 6
    assert all(sum(map(int, each)) == 203 for each in counts)


@pytest.mark.parametrize(
    "wrong", ["radius=abc", "radius=10", "sort=password", "demand=nothing-such", "colour=red"]
)
def test_what_cannot_be_asked_is_refused_in_a_page(client: FlaskClient, wrong: str) -> None:
    answer = client.get(f"/planner?{wrong}", headers={"Accept": "text/html"})

    assert answer.status_code in {400, 404}
    assert answer.mimetype == "text/html"


def test_text_in_the_address_stays_text(client: FlaskClient) -> None:
    text = page(client, "find=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")

    assert "<script>alert" not in text


def test_a_past_date_counts_the_stations_of_then(client: FlaskClient) -> None:
    then = client.get("/api/v1/coverage?on=2020-01-01").get_json()

    text = page(client, "on=2020-01-01")

    assert f"{then['stations_counted']} 个站点" in re.findall("<h1>(.*?)</h1>", text)[0]
    assert "站点截至 2020-01-01" in text


def test_the_years_are_those_of_the_api(client: FlaskClient) -> None:
    days = client.get("/api/v1/coverage/history?radius=1000").get_json()["days"]

    text = client.get("/planner/history?lang=zh&radius=1000").text

    told = re.findall(r'<th scope="row">(\S+)</th><td class="number">(\d+)</td>', text)
    assert told == [(each["on"], str(each["stations"])) for each in days]


def test_every_file_to_take_along_is_offered_in_the_pages_language(client: FlaskClient) -> None:
    links = re.findall('<a class="file" href="([^"]*)"', client.get("/planner?lang=en").text)

    forms = {re.findall("f=([a-z]+)", each)[0] for each in links}
    assert forms == {"xlsx", "pdf", "png", "gpkg", "geojson", "csv"}
    assert all("lang=en" in each for each in links)


def test_without_streets_nobody_is_offered_walks_along_them(client: FlaskClient) -> None:
    text = page(client)

    assert 'value="estimated_walk"' in text
    assert 'value="network_walk"' not in text
