"""an audit log that shows tampering.

Lines from before are numbered for each clinic in the order of their ids, and chained as they stand:
what was changed in them until now cannot be found any more.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

AT_ONCE = 1000
GENESIS = '0' * 64

audit = sa.table(
    'audit',
    sa.column('id', sa.Integer()),
    sa.column('at', sa.DateTime()),
    sa.column('clinic_id', sa.String()),
    sa.column('actor', sa.String()),
    sa.column('action', sa.String()),
    sa.column('subject', sa.String()),
    sa.column('detail', sa.JSON()),
    sa.column('number', sa.Integer()),
    sa.column('previous', sa.String()),
    sa.column('digest', sa.String()),
)


def upgrade() -> None:
    tx = op.get_bind()
    heads = op.create_table('audit_heads',
    sa.Column('clinic_id', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('clinic_id', name=op.f('pk_audit_heads'))
    )
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.add_column(sa.Column('number', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('previous', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('digest', sa.String(length=64), nullable=True))
    found = _chain(tx)
    if found:
        tx.execute(heads.insert(), [
            {'clinic_id': clinic_id, 'number': number, 'digest': digest}
            for clinic_id, (number, digest) in sorted(found.items())
        ])
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.alter_column('number', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('previous', existing_type=sa.String(length=64), nullable=False)
        batch_op.alter_column('digest', existing_type=sa.String(length=64), nullable=False)
        batch_op.create_unique_constraint(op.f('uq_audit_clinic_id_number'), ['clinic_id', 'number'])
    for statement in _guards(tx):
        op.execute(statement)


def downgrade() -> None:
    tx = op.get_bind()
    if tx.dialect.name == 'sqlite':
        for name in _sqlite_triggers():
            op.execute(f'DROP TRIGGER {name}')
    else:
        for name in ('audit_refuses', 'audit_line_moves_head', 'audit_head_moves'):
            op.execute(f'DROP FUNCTION {name}() CASCADE')
    with op.batch_alter_table('audit', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('uq_audit_clinic_id_number'), type_='unique')
        batch_op.drop_column('digest')
        batch_op.drop_column('previous')
        batch_op.drop_column('number')
    op.drop_table('audit_heads')


def _chain(tx: Any) -> dict[str, tuple[int, str]]:
    """Numbers and chains all lines, some at once; gives back the head of each clinic."""
    heads: dict[str, tuple[int, str]] = {}
    chained = (
        audit.update()
        .where(audit.c.id == sa.bindparam('of_id'))
        .values({name: sa.bindparam(f'its_{name}') for name in ('number', 'previous', 'digest')})
    )
    for lines in _pages(tx):
        values = []
        for line in lines:
            number, previous = heads.get(line.clinic_id, (0, GENESIS))
            digest = _digest(line, number + 1, previous)
            heads[line.clinic_id] = (number + 1, digest)
            values.append({
                'of_id': line.id,
                'its_number': number + 1,
                'its_previous': previous,
                'its_digest': digest,
            })
        tx.execute(chained, values)
    return heads


def _pages(tx: Any) -> Iterator[list[Any]]:
    wanted = sa.select(audit).order_by(audit.c.id).limit(AT_ONCE)
    lines = tx.execute(wanted).all()
    while lines:
        yield lines
        lines = tx.execute(wanted.where(audit.c.id > lines[-1].id)).all()


def _digest(line: Any, number: int, previous: str) -> str:
    """As bedside/store/audit.py does it, at the time of this migration."""
    at = f"{line.at.isoformat(timespec='microseconds')}Z"
    values = [
        line.clinic_id, number, at, line.actor, line.action, line.subject, line.detail, previous
    ]
    canonical = json.dumps(values, sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(canonical.encode()).hexdigest()


ONLY_ADDED = 'audit lines are added, never changed or removed'
FOLLOWS = 'an audit line follows the last one, and the head moves with it'


def _guards(tx: Any) -> list[str]:
    """Lines are only added, each after the last; a head only moves on to the line after it."""
    if tx.dialect.name == 'sqlite':
        return list(_sqlite_triggers().values())
    return _postgresql_guards(tx)


def _sqlite_triggers() -> dict[str, str]:
    follows = """
        NEW.clinic_id = OLD.clinic_id AND NEW.number = OLD.number + 1 AND EXISTS (
            SELECT 1 FROM audit WHERE clinic_id = NEW.clinic_id AND number = NEW.number
            AND previous = OLD.digest AND digest = NEW.digest)"""
    triggers = {
        'audit_no_update': f"""BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END""",
        'audit_no_delete': f"""BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END""",
        # REPLACE deletes without a DELETE.
        'audit_no_replace': f"""BEFORE INSERT ON audit
            WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id
                OR (clinic_id = NEW.clinic_id AND number = NEW.number))
            BEGIN SELECT RAISE(ABORT, '{ONLY_ADDED}'); END""",
        'audit_line_moves_head': f"""AFTER INSERT ON audit BEGIN
            UPDATE audit_heads SET number = NEW.number, digest = NEW.digest
                WHERE clinic_id = NEW.clinic_id;
            SELECT RAISE(ABORT, '{FOLLOWS}') WHERE NOT EXISTS (
                SELECT 1 FROM audit_heads
                WHERE clinic_id = NEW.clinic_id AND number = NEW.number AND digest = NEW.digest);
            END""",
        'audit_head_begins': f"""BEFORE INSERT ON audit_heads
            WHEN NEW.number <> 0 OR NEW.digest <> '{GENESIS}'
                OR EXISTS (SELECT 1 FROM audit_heads WHERE clinic_id = NEW.clinic_id)
            BEGIN SELECT RAISE(ABORT, '{FOLLOWS}'); END""",
        'audit_head_moves': f"""BEFORE UPDATE ON audit_heads WHEN NOT ({follows})
            BEGIN SELECT RAISE(ABORT, '{FOLLOWS}'); END""",
        'audit_head_stays': f"""BEFORE DELETE ON audit_heads
            BEGIN SELECT RAISE(ABORT, '{FOLLOWS}'); END""",
    }
    return {name: f'CREATE TRIGGER {name} {rest}' for name, rest in triggers.items()}


def _postgresql_guards(tx: Any) -> list[str]:
    schema = tx.dialect.identifier_preparer.quote(
        tx.execute(sa.text('SELECT current_schema()')).scalar_one()
    )
    # pg_temp last, else somebody's temporary table `audit` stands before the real one.
    begins = f'RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$ BEGIN'
    return [
        f"""CREATE FUNCTION audit_refuses() {begins}
            RAISE EXCEPTION '{ONLY_ADDED}';
            END $$""",
        f"""CREATE FUNCTION audit_line_moves_head() {begins}
            UPDATE audit_heads SET number = NEW.number, digest = NEW.digest
                WHERE clinic_id = NEW.clinic_id;
            IF NOT FOUND THEN RAISE EXCEPTION '{FOLLOWS}'; END IF;
            RETURN NULL;
            END $$""",
        f"""CREATE FUNCTION audit_head_moves() {begins}
            IF TG_OP = 'INSERT' THEN
                IF NEW.number = 0 AND NEW.digest = '{GENESIS}' THEN RETURN NEW; END IF;
            ELSIF NEW.clinic_id = OLD.clinic_id AND NEW.number = OLD.number + 1 AND EXISTS (
                SELECT 1 FROM audit WHERE clinic_id = NEW.clinic_id AND number = NEW.number
                AND previous = OLD.digest AND digest = NEW.digest
            ) THEN RETURN NEW; END IF;
            RAISE EXCEPTION '{FOLLOWS}';
            END $$""",
        """CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()""",
        """CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_heads
            FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses()""",
        """CREATE TRIGGER audit_line_moves_head AFTER INSERT ON audit
            FOR EACH ROW EXECUTE FUNCTION audit_line_moves_head()""",
        """CREATE TRIGGER audit_head_moves BEFORE INSERT OR UPDATE ON audit_heads
            FOR EACH ROW EXECUTE FUNCTION audit_head_moves()""",
        'REVOKE UPDATE, DELETE, TRUNCATE ON audit, audit_heads FROM PUBLIC',
    ]
