"""station register"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geography, Geometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A database of one's own may have it already; then no privilege is needed.
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.create_table(
        "claim",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("source_title", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_claim")),
    )
    op.create_geospatial_table(
        "county",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("boundary_status", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("population_source", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "boundary_status IN ('official', 'approximate', 'none')",
            name=op.f("ck_county_boundary_status"),
        ),
        sa.CheckConstraint("population >= 0", name=op.f("ck_county_population")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_county")),
    )
    op.create_geospatial_index(
        "idx_county_boundary",
        "county",
        ["boundary"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('public_holiday', 'makeup_workday')", name=op.f("ck_holiday_kind")
        ),
        sa.CheckConstraint("status IN ('published', 'statutory')", name=op.f("ck_holiday_status")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("population_source", sa.String(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_place_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
    )
    op.create_table(
        "revision",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "committed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revision")),
    )
    op.create_geospatial_table(
        "township",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("county_code", sa.String(), nullable=True),
        sa.Column(
            "boundary",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("boundary_status", sa.String(), nullable=False),
        sa.Column(
            "seat",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("population_year", sa.Integer(), nullable=True),
        sa.Column("population_source", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(boundary IS NULL) = (boundary_status = 'none')", name=op.f("ck_township_boundary")
        ),
        sa.CheckConstraint(
            "boundary_status IN ('official', 'approximate', 'none')",
            name=op.f("ck_township_boundary_status"),
        ),
        sa.CheckConstraint("population >= 0", name=op.f("ck_township_population")),
        sa.ForeignKeyConstraint(
            ["county_code"], ["county.code"], name=op.f("fk_township_county_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_township")),
    )
    op.create_geospatial_index(
        "idx_township_boundary",
        "township",
        ["boundary"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_township_county_code"), "township", ["county_code"], unique=False)
    op.create_geospatial_table(
        "station",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column(
            "location",
            Geography(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeogFromText",
                name="geography",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("reading_x", sa.Double(), nullable=False),
        sa.Column("reading_y", sa.Double(), nullable=False),
        sa.Column("reading_datum", sa.String(), nullable=False),
        sa.Column("amenities", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("township_code", sa.String(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("accessibility", sa.String(), nullable=False),
        sa.Column("data_status", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "accessibility IN ('yes', 'limited', 'no', 'unknown')",
            name=op.f("ck_station_accessibility"),
        ),
        sa.CheckConstraint(
            "amenities <@ ARRAY['water', 'seating', 'meal_heating', 'first_aid', 'health_advice', 'reading', 'charging', 'toilet', 'cooling', 'heating']::varchar[]",
            name=op.f("ck_station_amenities"),
        ),
        sa.CheckConstraint(
            "data_status IN ('official', 'derived', 'demonstration')",
            name=op.f("ck_station_data_status"),
        ),
        sa.CheckConstraint(
            "reading_datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_station_reading_datum")
        ),
        sa.CheckConstraint("accuracy_m >= 0", name=op.f("ck_station_accuracy_m")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_station_capacity")),
        sa.ForeignKeyConstraint(
            ["township_code"], ["township.code"], name=op.f("fk_station_township_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_geospatial_index(
        "idx_station_location",
        "station",
        ["location"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_station_township_code"), "station", ["township_code"], unique=False)
    op.create_table(
        "station_service",
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("opening_hours", sa.String(), nullable=True),
        sa.Column("groups", sa.ARRAY(sa.String()), nullable=False),
        sa.CheckConstraint(
            "groups <@ ARRAY['sanitation', 'bus_driver']::varchar[]",
            name=op.f("ck_station_service_groups"),
        ),
        sa.CheckConstraint("kind IN ('rest', 'breakfast')", name=op.f("ck_station_service_kind")),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
            name=op.f("fk_station_service_station_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("station_id", "kind", name=op.f("pk_station_service")),
    )


def downgrade() -> None:
    op.drop_table("station_service")
    op.drop_index(op.f("ix_station_township_code"), table_name="station")
    op.drop_geospatial_index(
        "idx_station_location",
        table_name="station",
        postgresql_using="gist",
        column_name="location",
    )
    op.drop_geospatial_table("station")
    op.drop_index(op.f("ix_township_county_code"), table_name="township")
    op.drop_geospatial_index(
        "idx_township_boundary",
        table_name="township",
        postgresql_using="gist",
        column_name="boundary",
    )
    op.drop_geospatial_table("township")
    op.drop_table("revision")
    op.drop_table("place")
    op.drop_table("holiday")
    op.drop_geospatial_index(
        "idx_county_boundary", table_name="county", postgresql_using="gist", column_name="boundary"
    )
    op.drop_geospatial_table("county")
    op.drop_table("claim")
