"""The second port of the server's image, asked by curl: JSON over HTTP, health and Prometheus' measures, as compose publishes them."""

import json
import re
import subprocess

from quickstart_test import expect

PORT = 7412
# Of this network namespace and not of loopback, as a published port shows a caller to the server.
OTHER_ADDRESS = "10.77.0.1"


class Curl:
    def __init__(self, name, ca=None, address="127.0.0.1"):
        self.base = f"{'https' if ca else 'http'}://{name}:{PORT}"
        self.words = ["curl", "--silent", "--show-error", "--max-time", "30", "--noproxy", "*", "--resolve", f"{name}:{PORT}:{address}",
                      *(["--cacert", str(ca)] if ca else [])]

    def ask(self, path, *words):
        """Status and body; 0 where there was no answer."""
        done = subprocess.run([*self.words, "--write-out", "\n%{http_code}", *words, self.base + path], capture_output=True, text=True)
        body, status = done.stdout.rsplit("\n", 1)
        return int(status), body + done.stderr

    def call(self, method, request, token):
        status, body = self.ask(f"/ventral.v1.{method}", "--header", "Content-Type: application/json", "--header", f"Authorization: Bearer {token}",
                                "--data", json.dumps(request))
        return status, json.loads(body)


def check_health(curl):
    for path in ("/healthz", "/readyz"):
        status, body = curl.ask(path)
        expect(status == 200, f"{curl.base}{path}", f"{status} {body}")


def check_leaderboard(curl, token, by_command):
    """What curl is told is what `ventral leaderboard --json` is told; and nothing without a token."""
    status, board = curl.call("ScoreService/GetLeaderboard", {}, token)
    expect(status == 200 and board["rows"] == by_command["rows"] and len(board["rows"]) > 1, "the leaderboard over HTTP is that of gRPC",
           f"{status} {board}\n---\n{by_command}")
    status, refusal = curl.call("ScoreService/GetLeaderboard", {}, "ventral_none")
    expect(status == 401 and refusal["code"] == "unauthenticated", "HTTP wants a token", f"{status} {refusal}")


def check_measures(name, ca, attempts, open_to_others):
    """On loopback always; to others as compose.yaml and compose.tls.yaml say."""
    status, text = Curl(name, ca).ask("/metrics")
    done = re.search(r'^ventral_attempts_total\{cause="[^"]*",outcome="succeeded"\} (\d+)', text, re.M)
    expect(status == 200 and done and int(done[1]) == attempts, f"the measures tell of {attempts} attempts that succeeded", f"{status} {text}")
    for measure in ("ventral_database_up 1", "ventral_extractor_peak_bytes_count", "ventral_rpc_total"):
        expect(re.search(rf"^{re.escape(measure)}", text, re.M), f"the measure {measure}", text)
    check_published_measures(Curl(name, ca, OTHER_ADDRESS), open_to_others)


def check_published_measures(curl, open_to_others):
    status, text = curl.ask("/metrics")
    expect(status == (200 if open_to_others else 403) and ("ventral_rpc_total" in text) == open_to_others,
           f"through a published port the measures are {'open' if open_to_others else 'closed'}", f"{status} {text}")
