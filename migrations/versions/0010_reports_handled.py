"""reports handled"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a default: no row is written anew, however many there are.
    op.add_column("station", sa.Column("reported_closed_on", sa.Date(), nullable=True))
    _let_reports_be_handled()
    _make_keeper_links()


def downgrade() -> None:
    op.drop_table("keeper_link")
    op.drop_index("ix_station_report_open", table_name="station_report")
    op.drop_constraint(op.f("ck_station_report_handled"), "station_report", type_="check")
    op.drop_constraint(op.f("ck_station_report_merged"), "station_report", type_="check")
    op.drop_constraint(op.f("ck_station_report_state"), "station_report", type_="check")
    for column in _HANDLED:
        op.drop_column("station_report", column)
    op.drop_column("station", "reported_closed_on")


_HANDLED = ("state", "voices", "senders", "handled_at", "handled_by", "handled_why", "merged_into")


def _let_reports_be_handled() -> None:
    op.add_column(
        "station_report", sa.Column("state", sa.String(), server_default="open", nullable=False)
    )
    op.add_column(
        "station_report", sa.Column("voices", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column(
        "station_report",
        sa.Column(
            "senders", sa.ARRAY(sa.LargeBinary()), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column("station_report", sa.Column("handled_at", sa.DateTime(timezone=True)))
    op.add_column("station_report", sa.Column("handled_by", sa.String()))
    op.add_column("station_report", sa.Column("handled_why", sa.String()))
    op.add_column("station_report", sa.Column("merged_into", sa.BigInteger()))
    op.create_check_constraint(
        op.f("ck_station_report_state"),
        "station_report",
        "state IN ('open', 'accepted', 'rejected', 'merged')",
    )
    op.create_check_constraint(
        op.f("ck_station_report_merged"),
        "station_report",
        "(state = 'merged') = (merged_into IS NOT NULL)",
    )
    # What tells senders apart is gone as soon as somebody has looked.
    op.create_check_constraint(
        op.f("ck_station_report_handled"),
        "station_report",
        "(state = 'open') = (handled_at IS NULL) AND (state = 'open') = (handled_by IS NULL) "
        "AND (state = 'open' OR senders = '{}')",
    )
    op.create_index(
        "ix_station_report_open",
        "station_report",
        ["station_id", "sent_at"],
        postgresql_where=sa.text("state = 'open'"),
    )
    # Whoever serves may say what became of a report, and alter nothing of what it says.
    op.execute(
        f"""
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
                EXECUTE format('GRANT UPDATE ({", ".join(_HANDLED)}) ON station_report TO %I', role);
            END LOOP;
        END
        $$
        """  # noqa: S608  our own words alone
    )


def _make_keeper_links() -> None:
    op.create_table(
        "keeper_link",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        # No foreign key: a load replaces all stations, and links to them go on.
        sa.Column("station_id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column(
            "made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_keeper_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_keeper_link_token_hash")),
    )
    op.create_index(op.f("ix_keeper_link_station_id"), "keeper_link", ["station_id"])
