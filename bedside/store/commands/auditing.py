"""`verify-audit`: whether the audit log is as it was written."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator

from bedside.store import Verified, audited_clinics, check_current, verify_audit
from bedside.store.commands.opening import Commands, Record, Refused


def add_to(commands: Commands) -> None:
    verifying = commands.add_parser(
        "verify-audit", help="check that no line of the audit log was changed, removed or put in"
    )
    verifying.add_argument("--clinic", metavar="ID", help="this clinic alone, not all")
    verifying.add_argument(
        "--expect", metavar="DIGEST", help="a digest printed earlier, which must still be there"
    )
    verifying.set_defaults(run=_verify_audit)


def _verify_audit(given: argparse.Namespace, record: Record) -> None:
    kept = None if given.expect is None else given.expect.strip().lower()
    if kept is not None and not re.fullmatch("[0-9a-f]{64}", kept):
        raise Refused("A digest has 64 characters, 0 to 9 and a to f")
    check_current(record.database)
    with record.database.reading() as tx:
        names = audited_clinics(tx)
        if given.clinic is not None:
            if given.clinic not in names:
                raise Refused(f"The record knows no clinic {given.clinic!r}")
            names = [given.clinic]
        verified = [verify_audit(tx, name, kept=kept) for name in names]
    for each in verified:
        if each.fault is None:
            print(f"Clinic {each.clinic_id}: {each.number} lines, each follows the one before it.")
            print(f"Digest of the last: {each.digest}")
    faults = list(_faults(verified, kept))
    if faults:
        raise Refused("\n".join(faults))


def _faults(verified: list[Verified], kept: str | None) -> Iterator[str]:
    for each in verified:
        if each.fault is not None:
            before = f" Lines 1 to {each.number} fit together." if each.number else ""
            yield f"Clinic {each.clinic_id}: {each.fault}.{before}"
    if kept is not None and not any(each.kept or each.fault for each in verified):
        yield f"No line has the digest {kept}: lines were removed or written again since it was kept."
