"""The door for any Python 3: says when it is too old, else installs what is missing.

Only this file must be readable to a Python older than 3.8, so it keeps to the syntax of 3.6.
"""

import sys


def main() -> int:
    if sys.version_info < (3, 8):  # noqa: UP036 - runs on any
        found = sys.version.split()[0]
        sys.stderr.write(f"Bedside needs Python 3.8 or newer to set itself up, not {found}.\n")
        return 1
    from launch import install  # not above: an older Python could not read it

    return install.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
