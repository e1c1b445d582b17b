"""scenarios"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenario",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("edits", JSONB(), nullable=False),
        sa.Column("suggestion", JSONB(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("progress", JSONB(), nullable=True),
        sa.Column("result", JSONB(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
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
        sa.CheckConstraint("id ~ '^[A-Za-z0-9_-]{22}$'", name=op.f("ck_scenario_id")),
        sa.CheckConstraint("jsonb_typeof(edits) = 'array'", name=op.f("ck_scenario_edits")),
        sa.CheckConstraint(
            "state IN ('ready', 'queued', 'solving', 'cancelled', 'failed', 'interrupted')",
            name=op.f("ck_scenario_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario")),
    )
    op.create_index(op.f("ix_scenario_state"), "scenario", ["state", "created_at"])


def downgrade() -> None:
    op.drop_table("scenario")
