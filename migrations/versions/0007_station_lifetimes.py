"""station lifetimes"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a default: no row is written anew, however many there are.
    op.add_column("station", sa.Column("opened_on", sa.Date(), nullable=True))
    op.add_column("station", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_station_closed_on"), "station", "closed_on > opened_on")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_station_closed_on"), "station", type_="check")
    op.drop_column("station", "closed_on")
    op.drop_column("station", "opened_on")
