"""All that a database is, in a form in which two of them can be compared."""

import re
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg import sql

from geo_service.persistence.postgresql_clients import address_of

_CASTS = r"::(text|character varying)(\[\])?|[()]"

QUESTIONS = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, udt_name, is_nullable,
               column_default, is_identity, identity_generation
        FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), condeferrable
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "indexes": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled
        FROM pg_trigger WHERE NOT tgisinternal
    """,
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'
            AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
    """,
    "sequences": """
        SELECT sequencename, data_type, last_value, increment_by, cycle
        FROM pg_sequences WHERE schemaname = 'public'
    """,
    "owners": """
        SELECT relname, pg_get_userbyid(relowner) = current_user FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
            AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
    """,
}
_PRIVILEGES = """
    SELECT relname, entry.privilege_type FROM pg_class, aclexplode(relacl) AS entry
    WHERE relnamespace = 'public'::regnamespace AND entry.grantee = %s::regrole
        AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
"""
_TABLES = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
"""


def portrait(owner_url: str, service_url: str) -> dict[str, Any]:
    """Return every row and every definition of a database, and what its service's role may do."""
    with psycopg.connect(**address_of(service_url)) as connection:
        role = _all(connection.execute("SELECT quote_ident(current_user)"))[0][0]
    with psycopg.connect(**address_of(owner_url)) as connection:
        drawn: dict[str, Any] = {
            name: _all(connection.execute(question.encode()))
            for name, question in QUESTIONS.items()
        }
        # Text that a parser made of an expression, parsed once more, has its casts elsewhere.
        drawn["constraints"] = sorted(
            (*names, re.sub(_CASTS, "", definition), deferrable)
            for *names, definition, deferrable in drawn["constraints"]
        )
        drawn["privileges"] = _all(connection.execute(_PRIVILEGES.encode(), (role,)))
        for (table,) in _all(connection.execute(_TABLES.encode())):
            rows = sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(table))
            drawn[f"rows of {table}"] = _all(connection.execute(rows))
    return drawn


def _all(found: Iterable[Any]) -> list[Any]:
    return sorted(found, key=repr)
