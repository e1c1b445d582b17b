"""station report"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "station_report",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        # No foreign key: a load replaces all stations, and what was reported of them stays.
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amenity", sa.String(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column(
            "sent_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint(
            "kind IN ('closed', 'no_breakfast', 'moved', 'amenity_missing', 'other')",
            name=op.f("ck_station_report_kind"),
        ),
        sa.CheckConstraint(
            "amenity IN ('water', 'seating', 'meal_heating', 'first_aid', 'health_advice', 'reading', 'charging', 'toilet', 'cooling', 'heating')",
            name=op.f("ck_station_report_amenity"),
        ),
        sa.CheckConstraint("char_length(words) <= 500", name=op.f("ck_station_report_words")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_station_report")),
    )
    op.create_index(
        op.f("ix_station_report_station_id"), "station_report", ["station_id", "sent_at"]
    )
    # Whoever serves may add to the queue and read it. What the owner's default privileges gave
    # beyond that is taken back, by whatever name the role goes.
    op.execute(
        """
        DO $$
        DECLARE
            role name;
        BEGIN
            FOR role IN
                SELECT DISTINCT pg_get_userbyid(entry.grantee)
                FROM pg_class, aclexplode(relacl) AS entry
                WHERE pg_class.oid = 'station_report'::regclass
                    AND entry.grantee NOT IN (0, relowner)
            LOOP
                EXECUTE format('REVOKE ALL ON station_report FROM %I', role);
                EXECUTE format('GRANT SELECT, INSERT ON station_report TO %I', role);
            END LOOP;
        END
        $$
        """
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_station_report_station_id"), table_name="station_report")
    op.drop_table("station_report")
