"""Stands in for one program: says who it is, and with a port answers 200 to everything."""

from __future__ import annotations

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    print(f"{sys.argv[1]} starts as {os.getpid()}", flush=True)
    if len(sys.argv) > 2:
        HTTPServer(("127.0.0.1", int(sys.argv[2])), Ready).serve_forever()
    signal.pause()
