"""published views"""

import sqlalchemy as sa
from alembic import op

from geo_service.persistence.roles import READER

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OFFERED = """
    CREATE VIEW ogc_station AS
    SELECT
        station.id, station.name, station.name_en,
        array_to_string(ARRAY(
            SELECT kind FROM station_service WHERE station_id = station.id ORDER BY kind DESC
        ), ';') AS services,
        rest.opening_hours AS rest_hours,
        CASE WHEN rest.kind IS NULL THEN NULL
            ELSE COALESCE(NULLIF(array_to_string(rest.groups, ';'), ''), 'anyone')
        END AS rest_for,
        breakfast.opening_hours AS breakfast_hours,
        CASE WHEN breakfast.kind IS NULL THEN NULL
            ELSE COALESCE(NULLIF(array_to_string(breakfast.groups, ';'), ''), 'anyone')
        END AS breakfast_for,
        array_to_string(station.amenities, ';') AS amenities,
        station.address,
        station.township_code, township.name AS township,
        township.county_code, county.name AS county,
        station.telephone, station.capacity, station.accessibility,
        station.data_status, station.source, station.accuracy_m,
        station.verified_on, station.opened_on, station.closed_on, station.reported_closed_on,
        station.location::geometry(POINT, 4326) AS geometry
    FROM station
    LEFT JOIN station_service AS rest ON rest.station_id = station.id AND rest.kind = 'rest'
    LEFT JOIN station_service AS breakfast
        ON breakfast.station_id = station.id AND breakfast.kind = 'breakfast'
    LEFT JOIN township ON township.code = station.township_code
    LEFT JOIN county ON county.code = township.county_code
"""
_TOWNSHIPS = """
    CREATE VIEW ogc_township AS
    SELECT
        township.code, township.name, township.name_en,
        township.county_code, county.name AS county,
        township.boundary_status, township.population, township.population_year,
        township.population_source, township.source, township.note,
        township.boundary AS geometry
    FROM township LEFT JOIN county ON county.code = township.county_code
"""
_COUNTIES = """
    CREATE VIEW ogc_county AS
    SELECT
        code, name, name_en, boundary_status, population, population_year,
        population_source, source, note, boundary AS geometry
    FROM county
"""
_COVERAGE = """
    CREATE VIEW ogc_coverage AS
    SELECT
        township.code, township.name, township.name_en,
        township.county_code, county.name AS county, township.boundary_status,
        measured.revision, measured.measured_on, measured.radius_m,
        measured.stations, measured.stations_rest, measured.stations_breakfast,
        measured.area_km2, measured.covered_km2, measured.area_coverage, measured.cross_coverage,
        measured.population, measured.stations_per_10000,
        measured.nearest_mean_m, measured.nearest_median_m, measured.nearest_p90_m,
        measured.nearest_max_m,
        township.boundary AS geometry
    FROM measured_coverage AS measured
    JOIN township ON township.code = measured.code
    LEFT JOIN county ON county.code = township.county_code
"""
_VIEWS = ("ogc_station", "ogc_township", "ogc_county", "ogc_coverage")


def upgrade() -> None:
    op.create_table(
        "measured_coverage",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False),
        sa.Column("stations_rest", sa.Integer(), nullable=False),
        sa.Column("stations_breakfast", sa.Integer(), nullable=False),
        sa.Column("area_km2", sa.Double(), nullable=True),
        sa.Column("covered_km2", sa.Double(), nullable=True),
        sa.Column("area_coverage", sa.Double(), nullable=True),
        sa.Column("cross_coverage", sa.Double(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("stations_per_10000", sa.Double(), nullable=True),
        sa.Column("nearest_mean_m", sa.Double(), nullable=True),
        sa.Column("nearest_median_m", sa.Double(), nullable=True),
        sa.Column("nearest_p90_m", sa.Double(), nullable=True),
        sa.Column("nearest_max_m", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_measured_coverage")),
    )
    for view in (_OFFERED, _TOWNSHIPS, _COUNTIES, _COVERAGE):
        op.execute(view)
    # A database of somebody's own may do without this role.
    op.execute(
        f"""
        DO $$ BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN
                GRANT SELECT ON {", ".join(_VIEWS)} TO {READER};
            END IF;
        END $$
        """
    )


def downgrade() -> None:
    for view in reversed(_VIEWS):
        op.execute(f"DROP VIEW {view}")
    op.drop_table("measured_coverage")
