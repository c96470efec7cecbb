"""What a role of PostgreSQL needs to run the programs: all but a way to change the audit log."""

from __future__ import annotations

from sqlalchemy import text

from bedside.store.database import Transaction
from bedside.store.tables import audit, audit_heads, metadata

ALL = "SELECT, INSERT, UPDATE, DELETE"
# A trigger that runs as the role moves a head on; another refuses it any other move.
LESS = {audit.name: "SELECT, INSERT", audit_heads.name: "SELECT, INSERT, UPDATE"}


def grants(tx: Transaction, role: str) -> list[str]:
    """The statements that give the role what the programs need and take from it what it has beyond."""
    schema = tx.execute(text("SELECT current_schema()")).scalar_one()
    to, within = _quoted(tx, role), _quoted(tx, schema)
    given = {table.name: LESS.get(table.name, ALL) for table in metadata.sorted_tables}
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {within} FROM {to}",
        f"GRANT USAGE ON SCHEMA {within} TO {to}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {within} TO {to}",
        f"GRANT SELECT ON {within}.alembic_version TO {to}",
        *(f"GRANT {rights} ON {within}.{name} TO {to}" for name, rights in given.items()),
    ]


def unfit(tx: Transaction, role: str) -> str | None:
    """Why no grants would keep this role from changing the audit log, in a sentence; None if they do."""
    row = tx.execute(
        text("SELECT oid, rolsuper FROM pg_roles WHERE rolname = :role"), {"role": role}
    ).first()
    if row is None:
        return (
            f"There is no role {role!r}: make it first, with "
            f"CREATE ROLE {_quoted(tx, role)} LOGIN PASSWORD '…'"
        )
    if row.rolsuper:
        return f"{role!r} is a superuser, whom nothing is refused: make a role that is none"
    owner = text(
        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        " AND pg_has_role(:oid, relowner, 'MEMBER')"
    )
    if tx.execute(owner, {"oid": row.oid}).scalar_one():
        return (
            f"{role!r} owns the tables, so it can lift what guards them: make a role that owns none"
        )
    return None


def _quoted(tx: Transaction, name: str) -> str:
    return str(tx.connection.dialect.identifier_preparer.quote_identifier(name))
