"""The two roles of the database: one owns the tables, the other works with them."""

import psycopg
from psycopg import sql

OWNER = "geo_owner"  # owns the tables; migrates
SERVICE = "geo_service"  # owns nothing; what the service is, day in, day out

_DEFAULT_PRIVILEGES = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "GRANT USAGE, SELECT ON SEQUENCES",
)


def arrange(connection: psycopg.Connection, *, owner: str, service: str, database: str) -> None:
    """Give a database PostGIS, and the service's role what it may do with the owner's tables."""
    names = {"owner": owner, "service": service, "database": database}
    quoted = {key: sql.Identifier(name) for key, name in names.items()}
    extension = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if not extension.fetchone():  # IF NOT EXISTS would notify at every start
        connection.execute("CREATE EXTENSION postgis")
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {service}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",  # PostgreSQL 14 and older grant it
        "GRANT USAGE ON SCHEMA public TO {service}",
        "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
        *(
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {{owner}} IN SCHEMA public {grant} TO {{service}}"
            for grant in _DEFAULT_PRIVILEGES
        ),
    ):
        connection.execute(sql.SQL(statement).format(**quoted))
