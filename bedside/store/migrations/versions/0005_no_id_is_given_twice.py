"""no id is given twice.

SQLite gives the id of a removed last row to the next one. Once patients are erased, a page or a program
that still holds the old id would act on somebody else's flag, message or notification.
"""

from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

NAMED_ELSEWHERE = ('messages', 'flags', 'outbox')


def upgrade() -> None:
    _make_again(sqlite_autoincrement=True)


def downgrade() -> None:
    _make_again(sqlite_autoincrement=False)


def _make_again(**how: bool) -> None:
    """PostgreSQL's sequences never give a number twice."""
    if op.get_bind().dialect.name != 'sqlite':
        return
    for name in NAMED_ELSEWHERE:
        with op.batch_alter_table(name, recreate='always', table_kwargs=how):
            pass
