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


def downgrade() -> None:
    op.drop_column("station", "reported_closed_on")
