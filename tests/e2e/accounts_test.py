"""Accounts and TLS with the real programs: a server on TLS, workers with certificates, tokens, and what the logs say.

Usage: accounts_test.py SOURCE_ROOT BIN_DIR PYTHON
Makes a CA, has a worker score a network over mutual TLS, puts new certificates in place of the old ones while all of it runs, tries
what must be refused, and looks for the secrets in every log, in the database and in the audit log.
"""

import json
import os
import pathlib
import re
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from quickstart_test import expect, run  # noqa: E402

RELOAD_SECONDS = 1


class Service:
    """A database, a server, a worker, and files for all of them."""

    def __init__(self, root, programs, folder):
        self.root, self.programs, self.folder = root, programs, folder
        self.logs, self.children, self.address = folder / "logs", [], ""
        self.logs.mkdir()
        self.ca, self.tls = folder / "ca", folder / "tls"
        self.clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}

    def postgres(self, command, *options):
        return subprocess.run(["bash", f"{self.root}/deploy/private_postgres.sh", command, self.folder / "postgres", *options],
                              check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def start(self, name, *words, environment=None):
        with open(self.logs / f"{name}.log", "a") as log:
            child = subprocess.Popen([f"{self.programs}/{name.split('.')[0]}", *map(str, words)], stderr=log, stdout=log,
                                     env={**self.clean, **(environment or {})})
        self.children.append(child)
        return child

    def start_server(self, *words):
        file = self.folder / "address"
        file.unlink(missing_ok=True)
        server = self.start("ventral-server", "--blobs", self.folder / "blobs", "--listen", self.address or "127.0.0.1:0",
                            "--address-file", file, "--log-level", "debug", "--tls-cert", self.tls / "server.pem", "--tls-key",
                            self.tls / "server.key", "--tls-client-ca", self.ca / "ca.pem", "--tls-reload-seconds", RELOAD_SECONDS,
                            *words, environment={"VENTRAL_DATABASE": self.database})
        eventually(lambda: file.exists() or server.poll() is not None, "the server listens")
        expect(file.exists(), "the server listens", (self.logs / "ventral-server.log").read_text())
        self.address = file.read_text().strip()
        return server

    def ventral(self, *words, token="admin-token", ca=None, environment=None):
        """`ventral` over TLS; stderr goes to the logs, too."""
        ca = ("ca/ca.pem" if (self.ca / "ca.pem").exists() else "") if ca is None else ca
        shown = {"VENTRAL_SERVER": self.address, **({"VENTRAL_TOKEN_FILE": str(self.folder / token)} if token else {}),
                 **({"VENTRAL_TLS_CA": str(self.folder / ca)} if ca else {})}
        done = subprocess.run([f"{self.programs}/ventral", *map(str, words)], env={**self.clean, **shown, **(environment or {})},
                              text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)
        with open(self.logs / "ventral.log", "a") as log:
            log.write(done.stderr)
        return done

    def works(self, *words, **options):
        done = self.ventral(*words, **options)
        expect(done.returncode == 0, f"{' '.join(map(str, words))} ends well", done.stdout + done.stderr)
        return done.stdout

    def refuses(self, code, says, *words, **options):
        done = self.ventral(*words, **options)
        expect(done.returncode == code and says in done.stderr, f"{' '.join(map(str, words))}: exit {code}, {says!r}",
               f"exit {done.returncode}\n{done.stdout}{done.stderr}")

    def stop(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait(timeout=60)
        self.children.clear()

    # Certificates.

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def make_ca(self, folder):
        folder.mkdir(exist_ok=True)
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", 2, "-subj",
                     "/CN=a CA for a test", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")

    def make_certificate(self, ca, name, serial, address="127.0.0.1"):
        """Signed by `ca`, in self.tls/name.{pem,key}; each put in place whole."""
        self.tls.mkdir(exist_ok=True)
        new = self.folder / f"new-{name}"
        extension = self.folder / "extension"
        extension.write_text(f"subjectAltName = IP:{address}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}", "-keyout",
                     f"{new}.key", "-out", f"{new}.csr")
        self.openssl("x509", "-req", "-in", f"{new}.csr", "-CA", ca / "ca.pem", "-CAkey", ca / "ca.key", "-set_serial", serial, "-days",
                     2, "-extfile", extension, "-out", f"{new}.pem")
        for suffix in ("key", "pem"):
            os.replace(f"{new}.{suffix}", self.tls / f"{name}.{suffix}")

    def served_serial(self):
        """Of the certificate that the server shows now, in hexadecimal."""
        shown = subprocess.run(["openssl", "s_client", "-connect", self.address, "-alpn", "h2"], stdin=subprocess.DEVNULL,
                               capture_output=True, timeout=30).stdout
        serial = subprocess.run(["openssl", "x509", "-noout", "-serial"], input=shown, capture_output=True, timeout=30).stdout
        return serial.decode().strip().removeprefix("serial=").lstrip("0")


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-accounts-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o711)
        run([python, "-m", "ventral.simulated", folder / "made"], {**os.environ, "PYTHONPATH": f"{root}/client/python"})
        service = Service(root, programs, folder)
        service.make_ca(service.ca)
        service.make_ca(folder / "strangers")
        service.make_certificate(service.ca, "server", 0x11)
        service.make_certificate(service.ca, "worker", 0x12)
        service.make_certificate(folder / "strangers", "stranger", 0x13)
        service.postgres("start", "--fast")
        try:
            service.database = service.postgres("url")
            run([f"{programs}/ventral-migrate", "up", "--database", service.database], service.clean)
            check_certificates_at_start(service)
            check_first_start(service)
            check_tls(service)
            secrets = check_users_and_tokens(service)
            secrets += check_worker(service)
            secrets += check_private(service)
            check_reload(service)
            secrets += check_lost_admin(service)
            check_health(service)
            check_secrets_are_nowhere(service, secrets)
        finally:
            service.stop()
            service.postgres("remove")
    print("accounts and TLS hold")


def check_certificates_at_start(service):
    """What gRPC would listen with, and then refuse each connection."""
    def refused(says, *words):
        done = subprocess.run([f"{service.programs}/ventral-server", "--blobs", service.folder / "blobs", *map(str, words)],
                              env={**service.clean, "VENTRAL_DATABASE": service.database}, capture_output=True, text=True, timeout=60)
        expect(done.returncode == 6 and says in done.stderr, f"exit 6, {says!r}", f"exit {done.returncode}\n{done.stderr}")
    tls = service.tls
    refused("none.pem cannot be read", "--tls-cert", tls / "none.pem", "--tls-key", tls / "server.key")
    refused("server.key is no certificate", "--tls-cert", tls / "server.key", "--tls-key", tls / "server.key")
    refused("is not the key of --tls-cert", "--tls-cert", tls / "server.pem", "--tls-key", tls / "worker.key")
    expect(not (service.folder / "admin-token").exists(), "a server that does not start makes no admin", "")


def check_first_start(service):
    service.start_server()
    token = service.folder / "admin-token"
    expect(stat.S_IMODE(token.stat().st_mode) == 0o600, "only its owner may read the first admin's token", oct(token.stat().st_mode))
    expect(re.fullmatch("ventral_[0-9a-f]{64}\n", token.read_text()), "it is one line, with 256 bits", "")
    log = (service.logs / "ventral-server.log").read_text()
    expect(f"made user 'admin'; its token is in {token}" in log, "the server says where it is", log)
    service.works("status")
    service.stop()
    before = token.read_text()
    service.start_server()
    expect(token.read_text() == before and (service.logs / "ventral-server.log").read_text().count("first start") == 1,
           "a second start makes none", "")
    service.works("status")


def check_tls(service):
    service.refuses(3, "cannot reach", "status", ca="strangers/ca.pem")
    service.refuses(3, "cannot reach", "status", ca="")  # in the clear, to a port that speaks TLS
    service.refuses(7, "in the clear", "status", ca="", environment={"VENTRAL_SERVER": "192.0.2.1:7411"})
    service.refuses(5, "--tls-ca", "status", ca="made/teacher.pt2")
    expect(f"{service.address} serves" in service.works("health", token=""), "health is asked over TLS, without a token", "")
    service.refuses(3, "cannot reach", "health", "--tls-name", "lab.example.org", token="")
    show = {"VENTRAL_TLS_CERT": str(service.tls / "stranger.pem"), "VENTRAL_TLS_KEY": str(service.tls / "stranger.key")}
    service.refuses(3, "cannot reach", "status", environment=show)
    # The right CA, and another's certificate.
    service.make_certificate(service.ca, "elsewhere", 0x14, address="192.0.2.1")
    kept = {suffix: (service.tls / f"server.{suffix}").read_bytes() for suffix in ("pem", "key")}
    for suffix in ("key", "pem"):
        os.replace(service.tls / f"elsewhere.{suffix}", service.tls / f"server.{suffix}")
    eventually(lambda: service.served_serial() == "14", "the server shows a certificate of another address")
    service.refuses(3, "cannot reach", "status")
    service.refuses(3, "cannot reach", "health")
    service.works("health", "--tls-name", "192.0.2.1")
    for suffix in ("key", "pem"):
        (service.tls / f"new.{suffix}").write_bytes(kept[suffix])
        os.replace(service.tls / f"new.{suffix}", service.tls / f"server.{suffix}")
    eventually(lambda: service.served_serial() == "11", "the server shows its own again")
    service.works("status")


def check_users_and_tokens(service):
    service.refuses(7, "wants a token", "models", token="")
    service.works("admin", "user", "create", "mara", "--role", "reader", "--name", "Mara")
    out = service.works("admin", "token", "create", "mara", "--for", "laptop", "--days", "1", "--out", service.folder / "mara-token")
    secret = (service.folder / "mara-token").read_text().strip()
    expect(secret not in out and stat.S_IMODE((service.folder / "mara-token").stat().st_mode) == 0o600,
           "--out writes the token for its owner only, and prints none", out)
    service.refuses(6, "is there already", "admin", "token", "create", "mara", "--out", service.folder / "mara-token")
    printed = json.loads(service.works("admin", "token", "create", "mara", "--json"))
    mine = {"VENTRAL_TOKEN": printed["secret"]}
    service.works("models", token="", environment=mine)
    service.refuses(7, "user mara is a reader, and FindMissingBlobs wants a submitter", "pack", "publish",
                    service.folder / "made/simulated-cortex", token="mara-token")
    service.refuses(7, "user mara is a reader, and ListUsers wants an admin", "admin", "user", "list", token="mara-token")
    expect(re.search("^mara +reader +Mara", service.works("admin", "user", "list"), re.MULTILINE), "users are listed", "")
    name = printed["token"]["name"]
    expect("laptop" in service.works("admin", "token", "list", "mara"), "tokens are listed with their purpose", "")
    for words in (("token", "revoke", printed["secret"]), ("user", "disable", printed["secret"])):
        done = service.ventral("admin", *words)
        expect(done.returncode == 2 and "shows each token's name" in done.stderr and printed["secret"] not in done.stderr,
               "a secret is not taken for a name", f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    service.works("admin", "token", "revoke", name.removeprefix("users/").replace("/tokens/", "/"))
    service.refuses(7, "was revoked", "models", token="", environment=mine)
    service.works("admin", "user", "disable", "mara")
    service.refuses(7, "mara is disabled", "models", token="mara-token")
    service.works("admin", "user", "enable", "mara")
    service.works("admin", "user", "role", "mara", "publisher")
    quota = json.loads(service.works("admin", "quota", "set", "mara", "--uploads", 1, "--json"))
    expect(quota["dailyUploads"]["limit"] == "1" and quota["dailyUploads"]["own"], "a quota is set", str(quota))
    service.refuses(7, "may upload 1 files a day: none is left until", "pack", "publish", service.folder / "made/simulated-cortex",
                    token="mara-token")
    service.works("admin", "quota", "set", "mara", "--uploads", "default", "--jobs", 5)
    shown = service.works("admin", "quota", "show", "mara")
    expect(re.search("^jobs at a time +5 +0 +this user$", shown, re.MULTILINE), "a quota is shown", shown)
    expect(service.works("quota", token="mara-token") == shown, "and each sees its own", shown)
    service.works("pack", "publish", service.folder / "made/simulated-cortex", token="mara-token")
    service.refuses(6, "only admin", "admin", "user", "disable", "admin")
    (service.folder / "mara-token").chmod(0o644)
    service.refuses(7, "chmod 600", "models", token="mara-token")
    (service.folder / "mara-token").chmod(0o600)
    (service.folder / "no-token").write_text("hunter2\n")
    (service.folder / "no-token").chmod(0o600)
    service.refuses(5, "no-token holds no token", "models", token="no-token")
    config = service.folder / "config"
    config.write_text(f"server = {service.address}\ntoken_file = mara-token\ntls_ca = ca/ca.pem\n")
    own = {"VENTRAL_CONFIG": str(config), "VENTRAL_SERVER": ""}
    service.works("models", token="", ca="", environment=own)
    config.write_text(config.read_text() + "tokn = x\n")
    service.refuses(5, "config, line 4: 'tokn' is no setting", "models", token="", ca="", environment=own)
    return [secret, printed["secret"]]


def check_worker(service):
    """With a token and a certificate; with one of them alone it gets no job."""
    service.works("admin", "user", "create", "gpu", "--role", "worker")
    service.works("admin", "token", "create", "gpu", "--out", service.folder / "gpu-token")
    service.works("submit", service.folder / "made/student.pt2", "--name", "student", "--pack", "simulated-cortex", token="mara-token")
    common = ("--server", service.address, "--cache", service.folder / "cache", "--device", "cpu", "--threads", 1, "--log-level", "debug",
              "--poll-seconds", 0.2, "--tls-ca", service.ca / "ca.pem")
    certificate = ("--tls-cert", service.tls / "worker.pem", "--tls-key", service.tls / "worker.key")

    def refused(says, *words):
        log = service.logs / "ventral-worker.refused.log"
        log.unlink(missing_ok=True)
        worker = service.start("ventral-worker.refused", *common, "--once", *words)
        code = worker.wait(timeout=120)
        expect(code == 4 and says in log.read_text(), f"a worker hears {says!r}", f"exit {code}\n{log.read_text()}")
        log.rename(service.logs / f"ventral-worker.refused-{len(list(service.logs.iterdir()))}.log")
    refused("workers show a certificate here", "--token-file", service.folder / "gpu-token")
    refused("LeaseJob wants a token", *certificate)
    refused("LeaseJob wants a worker's token", *certificate, "--token-file", service.folder / "admin-token")
    service.start("ventral-worker", *common, *certificate, environment={"VENTRAL_TOKEN": (service.folder / "gpu-token").read_text().strip()})
    eventually(lambda: len(json.loads(service.works("show", "student", "--json", token="mara-token"))["scores"]) == 2,
               "the worker scores over mutual TLS", seconds=300)
    audit = json.loads(service.works("admin", "audit", "--json", "--user", "gpu"))["events"]
    expect([(event["method"].split(".")[-1], event["outcome"]) for event in audit] ==
           [("CompleteJob", "OK"), ("UploadGrams", "OK"), ("LeaseJob", "OK")] + [("LeaseJob", "PERMISSION_DENIED")],
           "the audit log tells what the worker did and was refused", str(audit))
    return [(service.folder / "gpu-token").read_text().strip()]


def check_private(service):
    """A private model is its owner's and the admins'; a held-out pack takes so many jobs."""
    service.works("admin", "user", "create", "noor", "--role", "submitter")
    service.works("admin", "token", "create", "noor", "--out", service.folder / "noor-token")

    def listed(token, command="models"):
        return "hidden" in service.works(command, token=token)
    service.works("submit", service.folder / "made/teacher.pt2", "--name", "hidden", "--private", "--pack", "simulated-cortex", "--watch",
                  token="mara-token")
    for command in ("models", "jobs", "leaderboard"):
        expect(listed("mara-token", command) and listed("admin-token", command), f"its owner and admins see it: {command}", "")
        expect(not listed("noor-token", command), f"others do not: {command}", "")
    service.refuses(4, "there is no model hidden", "show", "hidden", token="noor-token")
    service.refuses(4, "there is no model hidden", "model", "publish", "hidden", token="noor-token")
    service.refuses(6, "everyone sees it: withdraw it first", "submit", service.folder / "made/student.pt2", "--name", "student", "--private",
                    "--pack", "simulated-cortex", token="mara-token")
    expect("hidden is seen by everyone" in service.works("model", "publish", "hidden", token="mara-token"), "its owner publishes it", "")
    expect(listed("noor-token"), "now others see it", "")
    service.refuses(7, "another user's", "model", "delete", "hidden", token="noor-token")
    service.works("model", "withdraw", "hidden", token="mara-token")
    service.works("model", "delete", "hidden", token="mara-token")
    expect(not listed("mara-token") and "hidden" in service.works("models", "--deleted", token="mara-token"), "it is deleted", "")
    service.works("model", "undelete", "hidden", token="mara-token")
    expect(listed("mara-token", "leaderboard"), "it is back, with its scores", "")
    shown = service.works("pack", "policy", "simulated-cortex", "--private", "--jobs", 1, "--days", 7, token="mara-token")
    expect("private, 1 jobs in 7 days" in shown, "a pack is held out", shown)
    submit = ("submit", service.folder / "made/student.pt2", "--name", "noors", "--pack", "simulated-cortex", "--watch")
    service.works(*submit, token="noor-token")
    service.refuses(7, "pack simulated-cortex is held out: a submitter may be scored on it 1 times within 7 days", *submit, token="noor-token")
    job = json.loads(service.works("jobs", "--model", "noors", "--json", token="noor-token"))["jobs"][0]["name"].removeprefix("jobs/")
    service.refuses(7, "is private: Grams", "rdms", job, "--out", service.folder / "rdms", token="noor-token")
    service.works("rdms", job, "--out", service.folder / "rdms", token="mara-token")
    service.works("pack", "policy", "simulated-cortex", "--open", token="mara-token")
    return [(service.folder / "noor-token").read_text().strip()]


def check_reload(service):
    """A new certificate of the server, while server and worker run."""
    service.make_certificate(service.ca, "server", 0x21)
    eventually(lambda: service.served_serial() == "21", "the server shows its new certificate")
    service.works("status")
    seen = json.loads(service.works("status", "--json"))["workers"][0]["lastSeenTime"]
    eventually(lambda: json.loads(service.works("status", "--json"))["workers"][0]["lastSeenTime"] > seen,
               "the worker goes on", seconds=60)


def check_lost_admin(service):
    """A new token, by whoever runs the server: accounts off, on loopback."""
    service.stop()
    service.start_server("--accounts", "off")
    service.works("admin", "token", "create", "admin", "--out", service.folder / "new-admin-token", token="")
    service.stop()
    service.start_server()
    service.works("admin", "user", "list", token="new-admin-token")
    # In a container, beside the server that runs.
    run([f"{service.root}/deploy/images/without_accounts.sh", "ventral", "admin", "token", "create", "admin", "--out", service.folder / "third-admin-token"],
        {**service.clean, "PATH": f"{service.programs}:{os.environ['PATH']}", "VENTRAL_DATABASE": service.database,
         "VENTRAL_BLOBS": str(service.folder / "blobs"), "VENTRAL_TOKEN_FILE": "/no/such", "VENTRAL_TLS_CA": "/no/such"})
    service.works("admin", "user", "list", token="third-admin-token")
    return [(service.folder / f"{name}admin-token").read_text().strip() for name in ("", "new-", "third-")]


def check_health(service):
    """What a probe is told when the database goes away, and when it comes back."""
    service.works("health", token="")
    service.works("health", token="not-there")
    service.postgres("stop")
    eventually(lambda: "cannot serve now" in service.ventral("health", token="").stderr, "health tells that the database is away")
    service.refuses(3, "cannot serve now", "health", token="")
    service.postgres("start", "--fast")
    eventually(lambda: service.ventral("health", token="").returncode == 0, "health tells that it is back")


def check_secrets_are_nowhere(service, secrets):
    service.stop()
    texts = {log.name: log.read_text(errors="replace") for log in service.logs.iterdir()}
    expect(sum(map(len, texts.values())) > 10_000 and "CreateToken OK" in texts["ventral-server.log"], "there are logs", str(texts.keys()))
    texts["the database"] = subprocess.run(["pg_dump", service.database], check=True, capture_output=True, text=True).stdout
    texts["PostgreSQL's log"] = (service.folder / "postgres/data/server.log").read_text(errors="replace")
    expect("database system is ready" in texts["PostgreSQL's log"], "PostgreSQL's log is there", texts["PostgreSQL's log"])
    expect(all(re.fullmatch("ventral_[0-9a-f]{64}", secret) for secret in secrets), f"{len(secrets)} tokens are looked for", "")
    for name, text in texts.items():
        expect(not any(secret[8:24] in text for secret in secrets), f"no token is in {name}", text[-2000:])


def eventually(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)
    expect(condition(), what, f"not within {seconds} s")


if __name__ == "__main__":
    main()
