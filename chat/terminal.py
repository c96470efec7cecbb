"""Talks to the running bot in a terminal, through the same API as the page."""

from __future__ import annotations

import sys
import uuid

import httpx

from bedside.settings import Settings, SettingsError

WAIT_SECONDS = 15.0


def main() -> int:
    """Talk until the input ends; 1 and one sentence when the bot cannot be reached."""
    try:
        port = Settings.from_environment().chat_port
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT_SECONDS) as client:
            client.post("/api/conversations", json={}).raise_for_status()
            print("Write what you notice. An empty line or Ctrl-D ends.")
            while text := _asked():
                _say(client, text)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except httpx.HTTPError:
        print("The bot cannot be reached: start it with `make run` first.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print()
    return 0


def _asked() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


def _say(client: httpx.Client, text: str) -> None:
    response = client.post("/api/messages", json={"text": text, "message_id": str(uuid.uuid4())})
    data = response.json()
    if response.is_error:
        print(data["error"])
        return
    for reply in data["replies"]:
        mark = f"[{reply['urgency']}] " if "urgency" in reply else ""
        print(f"{mark}{reply['text']}")
        if reply["choices"]:
            print("  " + " / ".join(choice["title"] for choice in reply["choices"]))


if __name__ == "__main__":
    raise SystemExit(main())
