"""station history"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Triggers, not privileges: they hold whatever the role of the service is called in a database of
# somebody's own, and where one role does everything.
_REFUSE = """
    CREATE FUNCTION refuse_to_alter_history() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
    BEGIN
        RAISE EXCEPTION '% is added to, and never altered', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END
    $$
"""

# What there is when the history begins is the first of it.
_BEGIN = """
    INSERT INTO station_history (revision, station_id, document)
    SELECT (SELECT max(number) FROM revision), station.id, jsonb_build_object(
        'name', station.name,
        'name_en', station.name_en,
        'reading_x', station.reading_x,
        'reading_y', station.reading_y,
        'reading_datum', station.reading_datum,
        'amenities', station.amenities,
        'address', station.address,
        'township_code', station.township_code,
        'telephone', station.telephone,
        'capacity', station.capacity,
        'accessibility', station.accessibility,
        'data_status', station.data_status,
        'source', station.source,
        'accuracy_m', station.accuracy_m,
        'verified_on', station.verified_on,
        'opened_on', station.opened_on,
        'closed_on', station.closed_on,
        'longitude', ST_X(station.location::geometry),
        'latitude', ST_Y(station.location::geometry),
        'services', COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                'kind', service.kind,
                'opening_hours', service.opening_hours,
                'groups', service.groups) ORDER BY service.kind DESC)
            FROM station_service AS service WHERE service.station_id = station.id
        ), '[]')
    )
    FROM station
"""


def upgrade() -> None:
    # All that made a revision before could do was to load a whole register.
    op.add_column("revision", sa.Column("kind", sa.String(), server_default="load", nullable=False))
    op.alter_column("revision", "kind", server_default=None)
    op.add_column("revision", sa.Column("undoes", sa.BigInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_revision_kind"),
        "revision",
        "kind IN ('load', 'import', 'edit', 'verify', 'reported', 'undo')",
    )
    op.create_check_constraint(
        op.f("ck_revision_undoes"),
        "revision",
        "undoes < number AND (undoes IS NULL OR kind = 'undo')",
    )
    op.create_table(
        "station_history",
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("document", JSONB(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["revision"],
            ["revision.number"],
            name=op.f("fk_station_history_revision"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("revision", "station_id", name=op.f("pk_station_history")),
    )
    op.execute(_BEGIN)
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger may wait where a table is altered
    op.create_index(
        op.f("ix_station_history_station_id"), "station_history", ["station_id", "revision"]
    )
    op.execute(_REFUSE)
    for table in ("revision", "station_history"):
        op.execute(
            f"""
            CREATE TRIGGER refuse_to_alter BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_alter_history()
            """
        )


def downgrade() -> None:
    op.drop_table("station_history")
    op.execute("DROP TRIGGER refuse_to_alter ON revision")
    op.execute("DROP FUNCTION refuse_to_alter_history()")
    op.drop_constraint(op.f("ck_revision_undoes"), "revision")
    op.drop_constraint(op.f("ck_revision_kind"), "revision")
    op.drop_column("revision", "undoes")
    op.drop_column("revision", "kind")
