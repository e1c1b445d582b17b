"""Settings are whole or the service does not start."""

import stat
from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from geo_service.settings import PREFIX, PROJECT, Settings, SettingsError, kept_secret_key

SECRET = "0123456789abcdef0123456789abcdef"


def read(**given: str) -> Settings:
    return Settings.from_env({PREFIX + name.upper(): text for name, text in given.items()})


def test_an_empty_environment_describes_a_whole_service() -> None:
    assert read() == Settings()


def test_the_home_is_var_in_the_project_unless_it_is_told() -> None:
    assert read().home == PROJECT / "var"


def test_variables_of_others_are_none_of_our_business() -> None:
    assert Settings.from_env({"PATH": "/bin", "PORT": "x"}) == Settings()


def test_a_misspelt_setting_stops_the_start_and_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="DATABSE_URL is not a setting; did you mean GEO_SERV"):
        read(databse_url="postgresql://db/x")


def test_a_setting_like_no_other_gets_no_suggestion() -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_env({"GEO_SERVICE_": "x"})
    assert str(raised.value).startswith("GEO_SERVICE_ is not a setting")


def test_a_lower_case_variable_is_not_taken_for_a_setting() -> None:
    with pytest.raises(SettingsError, match="GEO_SERVICE_port is not a setting"):
        Settings.from_env({"GEO_SERVICE_port": "80"})


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as raised:
        read(port="0", workers="many", colour="red")
    assert len(str(raised.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "65536"),
        ("port", "1_000"),
        ("port", "\uff18\uff10"),  # full-width digits
        ("port", " 80"),
        ("workers", "0"),
        ("trusted_proxies", "-1"),
        ("detour_factor", "0.9"),
        ("detour_factor", "nan"),
        ("walking_speed_m_per_min", "inf"),
        ("served_margin_m", "1e3"),
        ("statement_timeout_ms", "0"),
        ("log_level", "INFO"),
        ("log_format", "xml"),
        ("time_zone", "Asia/Luohe"),
        ("time_zone", "../etc/passwd"),
        ("planar_crs", "4547"),
        ("public_url", "stations.example.org"),
        ("public_url", "https://stations.example.org/?a=b"),
        ("database_url", "mysql://db/x"),
        ("secret_key", "short"),
        ("host", ""),
        ("home", " "),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"{PREFIX}{name.upper()} .*must"):
        read(**{name: text})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", "8080", 8080),
        ("detour_factor", "1.25", 1.25),
        ("served_margin_m", "0", 0.0),
        ("data", "/srv/stations", Path("/srv/stations")),
        ("time_zone", "America/Toronto", "America/Toronto"),
        ("planar_crs", "EPSG:4547", "EPSG:4547"),
        ("public_url", "https://stations.example.org/", "https://stations.example.org"),
        ("place_name", "漯河市", "漯河市"),
        ("secret_key", SECRET, SECRET),
    ],
)
def test_a_good_value_is_read_into_its_type(name: str, text: str, value: object) -> None:
    assert getattr(read(**{name: text}), name) == value


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_usual_spelling_of_a_database_url_means_the_one_driver(scheme: str) -> None:
    assert read(database_url=f"{scheme}://u@db/x").database_url == "postgresql+psycopg://u@db/x"


def test_a_relative_folder_counts_from_where_the_service_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read(home="here").home == tmp_path / "here"


def test_an_owner_without_a_database_is_refused() -> None:
    with pytest.raises(SettingsError, match="OWNER_DATABASE_URL needs GEO_SERVICE_DATABASE_URL"):
        read(owner_database_url="postgresql://owner@db/x")


@pytest.mark.parametrize("name", ["database_url", "owner_database_url", "secret_key"])
def test_secrets_stay_out_of_logs(name: str) -> None:
    settings = Settings(**{name: "hush"})  # type: ignore[arg-type]  # a text for a text
    assert "hush" not in repr(settings)


@pytest.mark.parametrize("name", ["database_url", "secret_key"])
def test_a_refused_secret_is_not_repeated(name: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read(**{name: "hush"})
    assert "hush" not in str(raised.value)


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 80  # type: ignore[misc]  # this is what must fail


def test_every_setting_is_documented_with_its_default() -> None:
    documented = {each.variable for each in Settings.documentation() if each.text and each.default}
    assert documented == {PREFIX + each.name.upper() for each in fields(Settings)}


def test_a_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    assert kept_secret_key(tmp_path) == kept_secret_key(tmp_path)


def test_two_homes_have_two_secret_keys(tmp_path: Path) -> None:
    assert kept_secret_key(tmp_path / "one") != kept_secret_key(tmp_path / "two")


def test_the_secret_key_is_for_its_owners_eyes_only(tmp_path: Path) -> None:
    kept_secret_key(tmp_path)
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_making_the_secret_key_leaves_nothing_else_behind(tmp_path: Path) -> None:
    kept_secret_key(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_key_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("short\n")
    with pytest.raises(SettingsError, match="cannot be used as the secret key"):
        kept_secret_key(tmp_path)


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("none", []),
        ("10.0.0.0/8", ["10.0.0.0/8"]),
        ("10.1.2.3, 2001:db8::/32", ["10.1.2.3/32", "2001:db8::/32"]),
    ],
)
def test_networks_are_listed_with_commas(text: str, networks: list[str]) -> None:
    assert [str(each) for each in read(unlimited_networks=text).unlimited_networks] == networks


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/33", "everybody", "10.0.0.0/8,"])
def test_what_is_no_network_stops_the_start(text: str) -> None:
    with pytest.raises(SettingsError, match=r"UNLIMITED_NETWORKS .* must look like 10\.0\.0\.0/8"):
        read(unlimited_networks=text)
