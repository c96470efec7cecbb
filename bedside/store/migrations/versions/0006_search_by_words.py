"""search by words.

Messages from before are indexed too; one whose text cannot be opened is left out.
"""

import hmac
from typing import Any

import sqlalchemy as sa
from alembic import op

from bedside.store.sealing import Unreadable
from bedside.words import words_of

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

AT_ONCE = 500


def upgrade() -> None:
    words = op.create_table('words',
    sa.Column('message_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=32), nullable=False),
    sa.Column('clinic_id', sa.String(length=40), nullable=False),
    sa.Column('key', sa.String(length=8), nullable=False),
    sa.ForeignKeyConstraint(['clinic_id'], ['clinics.id'], name=op.f('fk_words_clinic_id_clinics')),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_words_message_id_messages')),
    sa.PrimaryKeyConstraint('message_id', 'hash', name=op.f('pk_words'))
    )
    with op.batch_alter_table('words', schema=None) as batch_op:
        batch_op.create_index('ix_words_clinic_id_hash', ['clinic_id', 'hash'], unique=False)
    _index(op.get_bind(), words)


def downgrade() -> None:
    op.drop_table('words')


def _index(tx: Any, words: Any) -> None:
    wanted = sa.text(
        "SELECT messages.id, messages.text, clinic_id FROM messages JOIN conversations "
        "ON conversations.id = conversation_id WHERE sender = 'patient' AND messages.id > :last "
        f"ORDER BY messages.id LIMIT {AT_ONCE}"
    )
    last = 0
    while rows := tx.execute(wanted, {'last': last}).all():
        found = [each for row in rows for each in _words(tx.dialect.keys, row)]
        if found:
            tx.execute(words.insert(), found)
        last = rows[-1].id


def _words(ring: Any, row: Any) -> list[dict[str, Any]]:
    """As bedside/store/indexing.py does it, at the time of this migration."""
    try:
        text = ring.open(row.text, 'messages.text')
    except Unreadable:
        return []
    secret = ring.derived('word index')[0].encode()
    return [
        {
            'message_id': row.id,
            'hash': hmac.digest(secret, f'{row.clinic_id}\0{word}'.encode(), 'sha256')[:16].hex(),
            'clinic_id': row.clinic_id,
            'key': ring.ids[0],
        }
        for word in sorted(words_of(text))
    ]
