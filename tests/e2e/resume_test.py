"""Uploads that are cut in the middle, with the real programs: a server that is killed, a client that is interrupted.

Usage: resume_test.py SOURCE_ROOT BIN_DIR PYTHON
The client talks over a link that counts its bytes, and stands still when four fifths of a file are through: so both are disturbed in the middle,
however fast or slow the machine is, and whoever begins anew sends 1.8 times the file.
"""

import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "chaos"))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "support"))
from accounts_test import eventually  # noqa: E402
from quickstart_test import expect  # noqa: E402
from link import Links  # noqa: E402
from s3_test import Side  # noqa: E402

MIB = 1 << 20
SIZE = 40 * MIB


class Scene:
    def __init__(self, side, links):
        self.side = side
        self.server = side.start_server()
        self.port = int(side.addresses[0].rsplit(":", 1)[1])
        self.link = links.to_port("client", self.port)
        self.count = 0

    def checkpoint(self):
        """Noise of another kind each time: it is looked at only when it is run."""
        self.count += 1
        file = self.side.folder / f"net{self.count}.bin"
        file.write_bytes(hashlib.shake_256(b"%d" % self.count).digest(SIZE))
        return file

    def submit(self, file):
        """`ventral submit` over the link, as a process."""
        return subprocess.Popen([f"{self.side.programs}/ventral", "submit", file, "--name", f"net{self.count}", "--pack", "simulated-cortex"],
                                env={**self.side.environment, "VENTRAL_SERVER": self.link.address}, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def most_is_there(self):
        incoming = self.side.folder / "blobs/incoming"
        # What is under way between link and server is far less than the rest.
        return any(file.name.endswith(".half") and file.stat().st_size >= SIZE * 6 // 10 for file in incoming.iterdir())

    def in_the_middle(self, file):
        self.link.carried = 0
        self.link.hold_behind(SIZE * 8 // 10)
        client = self.submit(file)
        eventually(lambda: self.link.is_held or client.poll() is not None, "most of the upload is through")
        expect(client.poll() is None, "the client is in the middle of its upload", self.side.log())
        eventually(self.most_is_there, "the server has a part of it")
        return client

    def ends_well(self, client):
        out, err = client.communicate(timeout=300)
        expect(client.returncode == 0 and "queued" in out, "the checkpoint is submitted", out + err)
        return err

    def whole(self, file):
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        blob = self.side.folder / "blobs/sha256" / digest[:2] / digest
        expect(hashlib.sha256(blob.read_bytes()).hexdigest() == digest, "its bytes are whole", blob)
        expect(not any((self.side.folder / "blobs/incoming").iterdir()), "nothing is left of the upload", digest)


def a_server_is_killed(scene):
    file = scene.checkpoint()
    client = scene.in_the_middle(file)
    scene.server.kill()
    scene.server.wait()
    scene.server = scene.side.start_server(f"127.0.0.1:{scene.port}")
    scene.link.heal()
    scene.ends_well(client)
    scene.whole(file)
    expect(SIZE <= scene.link.carried < 1.5 * SIZE, "less than one and a half times the file went over the link", scene.link.carried)
    print(f"   {scene.link.carried / SIZE:.2f} times the file")


def a_connection_is_cut(scene):
    file = scene.checkpoint()
    client = scene.in_the_middle(file)
    scene.link.cut()
    scene.link.heal()
    scene.ends_well(client)
    scene.whole(file)
    expect(SIZE <= scene.link.carried < 1.5 * SIZE, "less than one and a half times the file went over the link", scene.link.carried)
    print(f"   {scene.link.carried / SIZE:.2f} times the file")


def a_client_is_interrupted(scene):
    file = scene.checkpoint()
    client = scene.in_the_middle(file)
    client.send_signal(signal.SIGINT)
    client.communicate(timeout=60)
    expect(client.returncode != 0, "it is interrupted", client.returncode)
    scene.link.cut()
    scene.link.heal()
    before = scene.link.carried
    told = scene.ends_well(scene.submit(file))
    line = next((line for line in told.splitlines() if line.startswith(f"going on with the upload of {file.name}: ")), "")
    expect(line.endswith("MiB of 40.0 MiB are there"), "it says that it goes on", told)
    scene.whole(file)
    expect(scene.link.carried - before < 0.5 * SIZE, "less than half of it is sent again", scene.link.carried - before)
    print(f"   {(scene.link.carried - before) / SIZE:.2f} of the file")


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-resume-") as folder:
        made = pathlib.Path(folder) / "made"
        os.chmod(folder, 0o711)
        subprocess.run([python, "-m", "ventral.simulated", made], check=True,
                       env={**os.environ, "PYTHONPATH": f"{root}/client/python", "VENTRAL_PROGRAM": f"{programs}/ventral"})
        links = Links()
        with Side(root, programs, pathlib.Path(folder) / "side", pathlib.Path(folder) / "side/blobs") as side:
            scene = Scene(side, links)
            side.ventral("pack", "publish", made / "simulated-cortex")
            for act in (a_server_is_killed, a_connection_is_cut, a_client_is_interrupted):
                act(scene)
                print("ok:", act.__name__)
        links.close()


if __name__ == "__main__":
    main()
