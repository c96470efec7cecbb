"""how long ago a sign was."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

conversations = sa.table(
    'conversations',
    sa.column('id', sa.String()),
    sa.column('report', sa.JSON()),
    sa.column('pending', sa.JSON(none_as_null=True)),
)


def upgrade() -> None:
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('days_ago', sa.Float(), nullable=True))
    tx = op.get_bind()
    for row in tx.execute(sa.select(conversations)).all():
        tx.execute(
            conversations.update()
            .where(conversations.c.id == row.id)
            .values(report=_with_dates(row.report), pending=_with_list(row.pending))
        )


def downgrade() -> None:
    with op.batch_alter_table('mentions', schema=None) as batch_op:
        batch_op.drop_column('days_ago')


def _with_dates(report: dict[str, Any]) -> dict[str, Any]:
    """A report has dates and earlier signs now; one from before has none."""
    return {'clock': {}, 'earlier': [], **report}


def _with_list(pending: dict[str, Any] | None) -> dict[str, Any] | None:
    """A question is about several facts now; one from before was about one, or about nothing."""
    if pending is None or isinstance(pending['about'], list):
        return pending
    return {**pending, 'about': [pending['about']] if pending['about'] else []}
