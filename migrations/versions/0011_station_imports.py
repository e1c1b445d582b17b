"""imports of files of stations"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "station_import",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("approver", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("options", JSONB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", JSONB(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("summary", JSONB(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("applied", sa.BigInteger(), nullable=True),
        sa.Column("cancel_wanted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "changed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id ~ '^[A-Za-z0-9_-]{22}$'", name=op.f("ck_station_import_id")),
        sa.CheckConstraint(
            "state IN ('queued', 'planning', 'planned', 'approved', 'applying', 'applied',"
            " 'failed', 'discarded', 'interrupted')",
            name=op.f("ck_station_import_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_import")),
    )
    op.create_index(op.f("ix_station_import_state"), "station_import", ["state", "changed_at"])
    op.create_table(
        "station_import_entry",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("marks", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("station_id", sa.String(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("shown", JSONB(), nullable=False),
        sa.Column("document", JSONB(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('new', 'changed', 'unchanged', 'missing', 'wrong')",
            name=op.f("ck_station_import_entry_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["station_import.id"],
            name=op.f("fk_station_import_entry_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_station_import_entry")),
    )


def downgrade() -> None:
    op.drop_table("station_import_entry")
    op.drop_table("station_import")
