"""tell of revisions"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A trigger, not the writer: whoever adds a revision, by whatever way, is heard of.
    op.execute(
        """
        CREATE FUNCTION tell_of_revision() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_notify('geo_service_revision', '');
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER tell_of_revision AFTER INSERT OR UPDATE OR DELETE ON revision
        FOR EACH STATEMENT EXECUTE FUNCTION tell_of_revision()
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_of_revision ON revision")
    op.execute("DROP FUNCTION tell_of_revision()")
