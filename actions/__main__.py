"""The action server, on the loopback interface only: it has no authentication of its own."""

from __future__ import annotations

import sys
import warnings

from actions.deployment import deployment
from bedside.knowledge import KnowledgeError
from bedside.settings import Settings, SettingsError


def main() -> int:
    """Serve until stopped; 1 and one sentence when it cannot start."""
    try:
        port = Settings.from_environment().actions_port
        deployment()
    except (SettingsError, KnowledgeError) as error:
        print(f"The action server cannot start: {error}", file=sys.stderr)
        return 1
    # Sanic turns warnings on, and what it imports deprecates itself at every start.
    warnings.showwarning = lambda *_, **__: None
    from rasa_sdk.endpoint import create_app

    app = create_app("actions", cors_origins=[])
    app.run(host="127.0.0.1", port=port, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
