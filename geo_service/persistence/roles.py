"""The three roles of the database: one owns the tables, one works with them, one reads views."""

import psycopg
from psycopg import sql

OWNER = "geo_owner"  # owns the tables; migrates
SERVICE = "geo_service"  # owns nothing; what the service is, day in, day out
READER = "geo_reader"  # reads the views that are published as OGC API, and nothing else

_DEFAULT_PRIVILEGES = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "GRANT USAGE, SELECT ON SEQUENCES",
)


def arrange(
    connection: psycopg.Connection, *, owner: str, service: str, reader: str, database: str
) -> None:
    """Give a database PostGIS, and each role what it may do with the owner's tables.

    What the reader may read is granted with the views, by the migration that makes them.
    """
    names = {"owner": owner, "service": service, "reader": reader, "database": database}
    quoted = {key: sql.Identifier(name) for key, name in names.items()}
    extension = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if not extension.fetchone():  # IF NOT EXISTS would notify at every start
        connection.execute("CREATE EXTENSION postgis")
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {service}, {reader}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",  # PostgreSQL 14 and older grant it
        "GRANT USAGE ON SCHEMA public TO {service}, {reader}",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        *(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} IN SCHEMA public {grant} TO {{service}}"
            for grant in _DEFAULT_PRIVILEGES
        ),
    ):
        connection.execute(sql.SQL(statement).format(**quoted))
