"""what tells of a patient is sealed.

Values from before are sealed with the newest key. What they were stays readable in old backups, and in
the pages that the database has freed, until `schema.migrate` has it write them again.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

AT_ONCE = 500
TEXTS = {
    'clinicians': ('name',),
    'patients': ('name', 'contact'),
    'conversations': (),
    'messages': ('text',),
    'mentions': ('text', 'cue'),
    'reports': (),
    'flags': ('closed_reason',),
}
# What was JSON is text now; whether it may be missing.
JSONS = {
    'conversations': {'report': False, 'pending': True},
    'messages': {'choices': False},
    'reports': {'report': False, 'reasons': False, 'advice': False},
}


def upgrade() -> None:
    tx = op.get_bind()
    ring = tx.dialect.keys
    keys = op.create_table('keys',
    sa.Column('id', sa.String(length=8), nullable=False),
    sa.Column('proof', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_keys'))
    )
    tx.execute(keys.insert().values(
        id=ring.ids[0],
        proof=ring.seal('This key opens the record.', 'keys.proof'),
        created_at=datetime.now(timezone.utc).replace(tzinfo=None),
    ))
    _retype(sa.JSON(), sa.Text())
    _each_value(tx, ring.seal)


def downgrade() -> None:
    tx = op.get_bind()
    _each_value(tx, tx.dialect.keys.open)
    _retype(sa.Text(), sa.JSON())
    op.drop_table('keys')


def _retype(before: Any, after: Any) -> None:
    for name, columns in JSONS.items():
        with op.batch_alter_table(name, schema=None) as batch_op:
            for column, nullable in columns.items():
                batch_op.alter_column(
                    column,
                    existing_type=before,
                    existing_nullable=nullable,
                    type_=after,
                    postgresql_using=f'{column}::{after.__visit_name__}',
                )


def _each_value(tx: Any, change: Callable[[str, str], str]) -> None:
    """Change all values that are sealed from this version on, some rows at once."""
    for name, texts in TEXTS.items():
        columns = (*texts, *JSONS.get(name, {}))
        table = sa.table(name, sa.column('id'), *(sa.column(each, sa.Text()) for each in columns))
        for rows in _pages(tx, table):
            tx.execute(
                table.update()
                .where(table.c.id == sa.bindparam('of_id'))
                .values({each: sa.bindparam(f'its_{each}') for each in columns}),
                [_changed(row, name, columns, change) for row in rows],
            )


def _changed(
    row: Any, name: str, columns: tuple[str, ...], change: Callable[[str, str], str]
) -> dict[str, Any]:
    values = {each: row._mapping[each] for each in columns}
    return {'of_id': row.id} | {
        f'its_{each}': None if value is None else change(value, f'{name}.{each}')
        for each, value in values.items()
    }


def _pages(tx: Any, table: Any) -> Iterator[list[Any]]:
    wanted = sa.select(table).order_by(table.c.id).limit(AT_ONCE)
    rows = tx.execute(wanted).all()
    while rows:
        yield rows
        rows = tx.execute(wanted.where(table.c.id > rows[-1].id)).all()
