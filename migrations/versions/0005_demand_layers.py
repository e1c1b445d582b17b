"""demand layers"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demand_layer",
        sa.Column("id", sa.String(), nullable=False),
        # Given out once and never again, also to a layer that replaces one of the same identifier.
        sa.Column("version", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_en", sa.String(), nullable=True),
        sa.Column("data_status", sa.String(), nullable=False),
        sa.Column("datum", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("estimate", sa.String(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("total", sa.Float(), nullable=False),
        sa.Column("bounds", sa.ARRAY(sa.Float()), nullable=False),
        sa.Column(
            "loaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name=op.f("ck_demand_layer_id")),
        sa.CheckConstraint("points > 0", name=op.f("ck_demand_layer_points")),
        sa.CheckConstraint(
            "data_status IN ('official', 'derived', 'demonstration')",
            name=op.f("ck_demand_layer_data_status"),
        ),
        sa.CheckConstraint(
            "datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_demand_layer_datum")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_layer")),
    )
    op.create_table(
        "demand_point",
        sa.Column("layer_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "location",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.CheckConstraint(
            "weight >= 0 AND weight < 'Infinity'", name=op.f("ck_demand_point_weight")
        ),
        sa.ForeignKeyConstraint(
            ["layer_id"],
            ["demand_layer.id"],
            name=op.f("fk_demand_point_layer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("layer_id", "number", name=op.f("pk_demand_point")),
    )


def downgrade() -> None:
    op.drop_table("demand_point")
    op.drop_table("demand_layer")
