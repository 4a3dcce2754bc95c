"""Blobs in a bucket, with the real programs: two servers share one, and a worker's scores are those of a server with a folder.

Usage: s3_test.py SOURCE_ROOT BIN_DIR PYTHON
The bucket is moto's, whose requests' signatures are checked (tests/support/s3_server.py). Without moto it says so and is skipped.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from accounts_test import eventually  # noqa: E402
from quickstart_test import expect, run  # noqa: E402
import s3_server  # noqa: E402

BUCKET = "lab-blobs"


class Side:
    """A database, servers whose blobs are at `blobs`, and a worker."""

    def __init__(self, root, programs, folder, blobs, options=(), environment=None):
        self.root, self.programs, self.folder, self.blobs, self.options = root, programs, folder, blobs, options
        self.children, self.addresses = [], []
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **(environment or {})}
        folder.mkdir()
        folder.chmod(0o711)

    def postgres(self, command, *options):
        return subprocess.run(["bash", f"{self.root}/deploy/private_postgres.sh", command, self.folder / "postgres", *options],
                              check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def __enter__(self):
        self.postgres("start", "--fast")
        self.database = self.postgres("url")
        run([f"{self.programs}/ventral-migrate", "up", "--database", self.database], self.environment)
        return self

    def __exit__(self, *_):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait(timeout=60)
        self.postgres("remove")

    def start(self, name, *words, **more):
        with open(self.folder / f"{name}.log", "a") as log:
            child = subprocess.Popen([f"{self.programs}/{name}", *map(str, words)], stderr=log, stdout=log,
                                     env={**self.environment, **more})
        self.children.append(child)
        return child

    def log(self, name="ventral-server"):
        return (self.folder / f"{name}.log").read_text()

    def start_server(self, listen="127.0.0.1:0"):
        file = self.folder / f"address-{len(self.children)}"
        server = self.start("ventral-server", "--blobs", self.blobs, "--listen", listen, "--accounts", "off", "--address-file", file,
                            "--log-level", "debug", *self.options, VENTRAL_DATABASE=self.database)
        eventually(lambda: file.exists() or server.poll() is not None, "the server listens")
        expect(file.exists(), "the server listens", self.log())
        if listen not in self.addresses:
            self.addresses.append(file.read_text().strip())
        return server

    def start_worker(self):
        """Of the last server."""
        self.start("ventral-worker", "--server", self.addresses[-1], "--cache", self.folder / "cache", "--device", "cpu", "--threads", 1,
                   "--poll-seconds", 0.2)

    def ventral(self, *words, code=0):
        """To the first server."""
        done = subprocess.run([f"{self.programs}/ventral", *map(str, words)], env={**self.environment, "VENTRAL_SERVER": self.addresses[0]},
                              text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        if words[0] == "show" and done.returncode == code:
            return done.stdout  # it is asked again and again
        expect(done.returncode == code, f"{' '.join(map(str, words))} ends with {code}",
               f"exit {done.returncode}\n{done.stdout}{done.stderr}\n{self.log()[-3000:]}")
        return done.stdout

    def scores(self, made):
        """Of a checkpoint that was submitted to the first server."""
        self.ventral("pack", "publish", made / "simulated-cortex")
        self.ventral("submit", made / "student.pt2", "--name", "student", "--pack", "simulated-cortex")
        self.start_worker()
        eventually(lambda: len(self.shown()) == 2, f"a worker scores with blobs at {self.blobs}", seconds=300)
        return self.shown()

    def shown(self):
        """Every digit, and nothing of who made it when."""
        scores = json.loads(self.ventral("show", "student", "--json"))["scores"]
        return sorted((score["result"] for score in scores), key=lambda result: result["benchmark"])


def control(address, what, fields):
    with urllib.request.urlopen(f"http://{address}/_control/{what}", json.dumps(fields).encode(), timeout=60) as answer:
        return json.loads(answer.read())


def blobs_of_bucket(address):
    keys = control(address, "state", {"bucket": BUCKET})["keys"]
    return {key.rsplit("/", 1)[1]: size for key, size in keys.items() if len(key.rsplit("/", 1)[1]) == 64}


def check_same(root, programs, scratch, made, address):
    with Side(root, programs, scratch / "folder", scratch / "blobs") as folder:
        folder.start_server()
        wanted = folder.scores(made)
    files = {file.name: file.stat().st_size for file in (scratch / "blobs/sha256").rglob("*") if file.is_file()}
    credentials = scratch / "credentials"
    credentials.write_text(f"[default]\naws_access_key_id = {s3_server.KEYS['id']}\n"
                           f"aws_secret_access_key = {s3_server.KEYS['secret']}\naws_session_token = {s3_server.KEYS['token']}\n")
    credentials.chmod(0o600)
    options = ("--s3-endpoint", f"http://{address}", "--s3-credentials", credentials, "--http-listen", "127.0.0.1:0", "--http-address-file",
               scratch / "http")
    with Side(root, programs, scratch / "bucket", f"s3://{BUCKET}/service", options) as bucket:
        bucket.start_server()
        bucket.start_server()  # beside it, with the same database and bucket; the worker is this one's
        found = bucket.scores(made)
        expect(found == wanted, "scores are those of a server with a folder", f"{found}\n{wanted}")
        held = blobs_of_bucket(address)
        same = {name: size for name, size in held.items() if files.get(name) == size}
        expect(len(same) >= 3 and len(held) == len(files), "the bucket has what the folder has", f"{held}\n{files}")
        bucket.ventral("rdms", json.loads(bucket.ventral("jobs", "--json"))["jobs"][0]["name"], "--out", scratch / "rdms")
        expect(any((scratch / "rdms").iterdir()), "kept Grams come out of the bucket, too", "")
        check_measures((scratch / "http").read_text().strip())
        check_logs(bucket.log() + bucket.log("ventral-worker"))
    return len(found)


def check_measures(http):
    """Nobody knows the room of a bucket: an alarm on a full disk must not ring."""
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{http}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    expect("ventral_database_up 1" in text and "ventral_blob_disk_free_bytes" not in text, "no free disk among a bucket's measures", text)


def check_logs(text):
    for name in ("secret", "token"):
        expect(s3_server.KEYS[name] not in text, f"no {name} is in a log", text[-2000:])


def check_refusals(root, programs, scratch, address):
    """A bucket that cannot be used ends the server at its start, with what to check."""
    with Side(root, programs, scratch / "refused", f"s3://{BUCKET}/service", ("--s3-endpoint", f"http://{address}"),
              {"AWS_ACCESS_KEY_ID": s3_server.KEYS["id"], "AWS_SECRET_ACCESS_KEY": "another"}) as side:
        server = side.start("ventral-server", "--blobs", side.blobs, "--accounts", "off", *side.options, VENTRAL_DATABASE=side.database)
        expect(server.wait(timeout=60) == 4 and "check the keys" in side.log(), "wrong keys: exit 4", side.log())
        server = side.start("ventral-server", "--blobs", side.blobs, *side.options, VENTRAL_DATABASE=side.database)
        expect(server.wait(timeout=60) == 2 and "--admin-token-file says" in side.log(), "no place for a token: exit 2", side.log())


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-s3-") as folder:
        scratch = pathlib.Path(folder)
        scratch.chmod(0o711)
        run([python, f"{root}/tests/support/s3_server.py", "start", scratch / "s3"], dict(os.environ))
        try:
            address = (scratch / "s3/address").read_text()
            if address == "missing":
                print("SKIPPED: moto[server] of tests/requirements.txt is not installed")
                return
            control(address, "bucket", {"name": BUCKET})
            run([python, "-m", "ventral.simulated", scratch / "made"], {**os.environ, "PYTHONPATH": os.pathsep.join(
                [f"{root}/client/python", *filter(None, [os.environ.get("PYTHONPATH")])])})
            check_refusals(root, programs, scratch, address)
            count = check_same(root, programs, scratch, scratch / "made", address)
        finally:
            s3_server.stop(scratch / "s3")
    print(f"{count} scores with blobs in a bucket are those with blobs in a folder")


if __name__ == "__main__":
    main()
