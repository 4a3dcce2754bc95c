"""What stands around the containers of images_test.py: images on disk, PostgreSQL, certificates, a bucket, networks and packs."""

import json
import os
import pathlib
import shutil

import s3_server
from containers import Containers
from quickstart_test import expect, run

TLS_NAME, BUCKET = "lab.example.org", "lab-blobs"


def images(folder):
    return {place.name: {"rootfs": (place / "rootfs").resolve(), "config": json.loads((place / "config.json").read_text())}
            for place in pathlib.Path(folder).iterdir() if place.name.startswith("ventral-")}


class Postgres:
    """A cluster of this machine on 127.0.0.1:5432 of this network namespace, with the password that the service made."""

    def __init__(self, folder, password):
        self.folder, self.programs = folder, sorted(pathlib.Path("/usr/lib/postgresql").iterdir())[-1] / "bin"
        folder.mkdir()
        secret = folder.with_suffix(".password")
        secret.write_text(password)
        for place in (folder, secret):
            run(["chown", "postgres", place], os.environ)
        self.call("initdb", "--pgdata", folder, "--username", "ventral", "--auth-host", "scram-sha-256", "--auth-local", "trust", "--pwfile",
                  secret, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        self.call("pg_ctl", "start", "--pgdata", folder, "--wait", "--silent", "--log", folder / "log", "--options",
                  f"-c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}")
        self.call("createdb", "--host", folder, "--username", "ventral", "ventral")

    def call(self, program, *words):
        run(["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", self.programs / program, *words],
            {"PATH": os.environ["PATH"], "HOME": "/"})

    def stop(self):
        self.call("pg_ctl", "stop", "--pgdata", self.folder, "--mode", "fast", "--silent")


def make_certificate(folder):
    """ca.pem, server.pem and server.key, for TLS_NAME and readable by user 10001."""
    folder.mkdir()
    (folder / "names").write_text(f"subjectAltName = DNS:{TLS_NAME}\n")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    run(["openssl", "req", "-x509", *key, "-subj", "/CN=ca", "-days", "2", "-keyout", folder / "ca.key", "-out", folder / "ca.pem"], os.environ)
    run(["openssl", "req", *key, "-subj", "/CN=server", "-keyout", folder / "server.key", "-out", folder / "server.csr"], os.environ)
    run(["openssl", "x509", "-req", "-in", folder / "server.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key", "-set_serial", "7", "-days",
         "2", "-extfile", folder / "names", "-out", folder / "server.pem"], os.environ)
    os.chown(folder / "server.key", 10001, 10001)


class Bucket:
    """moto's, and the file with its keys."""

    def __init__(self, folder):
        self.folder = folder
        s3_server.start(folder)
        self.address = (folder / "address").read_text().strip()
        expect(self.address != "missing", "moto is installed", "")
        self.control("bucket", {"name": BUCKET})
        (folder / "keys").mkdir()
        self.keys = folder / "keys/credentials"
        self.keys.write_text("[default]\n" + "".join(f"{name} = {s3_server.KEYS[key]}\n" for name, key in (
            ("aws_access_key_id", "id"), ("aws_secret_access_key", "secret"), ("aws_session_token", "token"))))
        self.keys.chmod(0o600)
        os.chown(self.keys, 10001, 10001)

    def control(self, what, fields):
        return json.loads(run(["curl", "--silent", "--fail", "--noproxy", "*", "--data", json.dumps(fields), f"http://{self.address}/_control/{what}"],
                              os.environ))

    def variables(self):
        return {"VENTRAL_BLOBS": f"s3://{BUCKET}/service", "VENTRAL_S3_ENDPOINT": f"http://{self.address}", "VENTRAL_S3_FOLDER": str(self.keys.parent)}

    def check(self, containers):
        keys = self.control("state", {"bucket": BUCKET})["keys"]
        blobs = [key for key in keys if key.startswith("service/") and len(key.rsplit("/", 1)[1]) == 64]
        here = list((containers.folder / "volumes/server-data").rglob("sha256"))
        expect(len(blobs) > 100 and not here, f"{len(blobs)} blobs are in the bucket, and none in the volume", f"{keys} {here}")

    def stop(self):
        s3_server.stop(self.folder)


def make_networks_and_packs(root, all_images, python, made, shared):
    """MADE/PACK is a pack, MADE/networks/PACK/NAME.pt2 what is scored on it."""
    environment = {**os.environ, "PYTHONPATH": f"{root}/client/python"}
    run([python, "-m", "ventral.simulated", made], environment)
    file = made / "simulated-cortex/pack.json"
    pack = json.loads(file.read_text())
    ridge = pack["benchmarks"][0]
    # Its features come through memory that two processes share: a container has to allow that.
    pack["benchmarks"].append({**ridge, "id": "simulated-cortex.neurons.nearest_unit", "metric": "nearest_unit",
                               "options": {"folds": 5, "bootstrap": 100, "ceiling_splits": 20}})
    file.write_text(json.dumps(pack))
    networks = made / "networks/simulated-cortex"
    networks.mkdir(parents=True)
    for name in ("teacher", "student"):
        shutil.copy(made / f"{name}.pt2", networks)
    if shared:
        networks = made / "networks/kriegeskorte2008"
        networks.mkdir()
        run([python, "-m", "ventral.export_known", "squeezenet1_1", "--models", f"{shared}/models", "--out", networks / "squeezenet1_1.pt2"], environment)
        build_pack(root, all_images, made, shared, "kriegeskorte2008")
    run(["chmod", "-R", "a+rX", made], os.environ)


def build_pack(root, all_images, made, shared, name):
    """From published files, by `ventral pack build` in the server's image."""
    built = made.parent / "built"
    built.mkdir()
    os.chown(built, 10001, 10001)
    service = {"image": "ventral-server:0", "entrypoint": ["ventral", "pack", "build", f"/benchmarks/{name}", "--from", "/data", "--out", f"/built/{name}"],
               "user": "10001:10001", "read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"],
               "tmpfs": ["/tmp:mode=1777,size=64m"],
               "volumes": [f"{root}/benchmarks:/benchmarks:ro", f"{shared}/data:/data:ro", f"{built}:/built"]}
    containers = Containers(made.parent / "builder", all_images, {"builder": service}, {})
    containers.start("builder")
    containers.wait("builder", "service_completed_successfully")
    shutil.move(built / name, made / name)
