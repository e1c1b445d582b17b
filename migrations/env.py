"""Alembic's entry: runs on the connection that geo_service.persistence.migrate hands over."""

from alembic import context
from geoalchemy2 import alembic_helpers

from geo_service.persistence.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
)
with context.begin_transaction():
    context.run_migrations()
