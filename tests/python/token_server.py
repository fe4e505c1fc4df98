#!/usr/bin/env python3
"""A token server for tests/e2e/oauth.sh: device code, client credentials, refresh tokens that work once, introspection.

usage: token_server.py FOLDER USER CLIENT_SECRET

Writes its port to FOLDER/port, each secret that it gives to FOLDER/secrets, and each request to FOLDER/requests. Reads
FOLDER/mode at each request: `revoked` refuses every refresh token, `forgotten` no longer knows the access tokens given so
far.
"""

import json
import secrets
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs

folder, user, client_secret = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
lock = Lock()
codes, refresh_tokens, access_tokens = {}, set(), set()


def new_secret(kind):
    secret = f"hemmelig-{kind}-{secrets.token_urlsafe(24)}"
    with open(folder / "secrets", "a", encoding="utf-8") as file:
        print(secret, file=file)
    return secret


def tokens(with_refresh):
    access = new_secret("access")
    access_tokens.add(access)
    answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": access}
    if with_refresh:
        answer["refresh_token"] = new_secret("refresh")
        refresh_tokens.add(answer["refresh_token"])
    return 200, answer


def refusal(code, words=""):
    return 400, {"error": code, "error_description": words}


def token(form, mode):
    grant = form.get("grant_type", "")
    if grant == "client_credentials":
        if form.get("client_secret") != client_secret:
            return refusal("invalid_client", "AADSTS7000215: Invalid client secret provided. Trace ID: 1")
        return tokens(with_refresh=False)
    if grant.endswith(":device_code"):
        waited = codes.get(form.get("device_code"))
        if waited is None:
            return refusal("bad_verification_code")
        codes[form["device_code"]] = waited + 1
        return tokens(with_refresh=True) if waited >= int(mode.get("waits", 1)) else refusal("authorization_pending")
    if grant == "refresh_token":
        refresh = form.get("refresh_token")
        if "revoked" in mode or refresh not in refresh_tokens:
            return refusal("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 2")
        refresh_tokens.remove(refresh)
        return tokens(with_refresh=True)
    return refusal("unsupported_grant_type")


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        form = {key: values[0] for key, values in parse_qs(body).items()}
        words = (folder / "mode").read_text().split()
        mode = dict(word.partition("=")[::2] for word in words)
        with lock:
            if "forgotten" in mode:
                access_tokens.clear()
                (folder / "mode").write_text("")
            what = self.path.rsplit("/", 1)[-1]
            with open(folder / "requests", "a", encoding="utf-8") as file:
                print(what, form.get("grant_type", ""), file=file)
            if what == "devicecode":
                code = new_secret("device")
                codes[code] = 0
                page = "https://login.example/device"
                status, answer = 200, {
                    "device_code": code,
                    "user_code": "ABCD-EFGH",
                    "verification_uri": page,
                    "expires_in": 900,
                    "interval": 1,
                }
            elif what == "introspect":
                is_active = form.get("token") in access_tokens
                status, answer = 200, {"active": is_active, "username": user} if is_active else {"active": False}
            else:
                status, answer = token(form, mode)
        octets = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
(folder / "port.part").write_text(f"{server.server_address[1]}\n")
(folder / "port.part").rename(folder / "port")
server.serve_forever()
