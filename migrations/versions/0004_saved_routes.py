"""saved routes"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "route",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("datum", sa.String(), nullable=False),
        sa.Column(
            "line",
            Geometry(
                geometry_type="LINESTRING",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{0,63}$'", name=op.f("ck_route_id")),
        sa.CheckConstraint("datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_route_datum")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
    )


def downgrade() -> None:
    op.drop_table("route")
