"""People who submit all the time, through the links, and try again until the service has taken what they have."""

import itertools
import json
import random
import threading

from house import PACK, SERVERS
from ledger import Submission

# What a client may be told while things break. INTERNAL and the like are no answers to a good request.
EXIT_UNREACHABLE, EXIT_NOT_THERE, EXIT_OTHER = 3, 4, 7


class Submitter(threading.Thread):
    def __init__(self, name, house, ledger, variants, seed, over, most_waiting):
        super().__init__(name=name, daemon=True)
        self.house, self.ledger, self.variants, self.over, self.most_waiting = house, ledger, variants, over, most_waiting
        self.dice = random.Random(f"{seed} {name}")
        self.folder = house.folder / name
        self.folder.mkdir()
        self.numbers = itertools.count(self.dice.randrange(1 << 12))
        self.failed = None

    def run(self):
        try:
            while not self.over.wait(self.dice.uniform(0.2, 1.5)):
                if self.ledger.counts["waiting"] < self.most_waiting:
                    self.submit()
        except Exception as error:  # a defect of the harness, told at the end
            self.failed = error
            raise

    def model(self, file):
        """Models are their submitter's own; the name ends with the variant."""
        return f"{self.user}-{file.stem.split('-')[0]}"

    def file(self):
        """Mostly a new checkpoint, sometimes the one of before, whose blob is there already."""
        if self.dice.random() < 0.8:
            for old in self.folder.glob("*.pt2"):
                old.unlink()
        found = list(self.folder.glob("*.pt2"))
        return found[0] if found else self.dice.choice(self.variants).write(self.folder, next(self.numbers))


class ByCommand(Submitter):
    """`ventral submit`, which chooses its own request ids: of one that fails, nobody knows whether it was taken."""
    user = "noor"

    def submit(self):
        address = self.house.link[f"client-{self.dice.choice(SERVERS)}"].address
        file = self.file()
        done = self.house.try_ventral("submit", file, "--name", self.model(file), "--pack", PACK, "--json", address=address,
                                      token="noor.token")
        if done.returncode == 0:
            for job in json.loads(done.stdout)["jobs"]:
                self.ledger.accept(Submission(self.name, names={job["name"]}))
        elif done.returncode in (EXIT_UNREACHABLE, EXIT_NOT_THERE) or "try again later" in done.stderr:
            self.ledger.refuse(self.name, f"exit {done.returncode}")
        else:
            self.ledger.complain(f"ventral submit: exit {done.returncode}: {done.stderr.strip()}")


class ByPython(Submitter):
    """The Python package: each submission has a request id, is asked until it is answered, and often once more afterwards."""
    user = "mara"

    def submit(self):
        import ventral
        from ventral.errors import NotFoundError, UnavailableError
        request, file = f"{self.name}-{self.dice.getrandbits(64):016x}", self.file()
        if self.dice.random() < 0.35:
            self.abandon()
        submission = Submission(self.name)
        while not self.over.is_set():
            address = self.house.link[f"client-{self.dice.choice(SERVERS)}"].address
            try:
                with ventral.connect(address, token_file=self.house.folder / "mara.token") as client:
                    submission.request_id = self.request_of(request, file)
                    self.ledger.open_requests.add(submission.request_id)
                    submission.names |= {f"jobs/{job.name}" for job in client.submit(
                        file, packs=[PACK], model=ventral.Model(name=self.model(file)), request_id=request, progress=False)}
            except (UnavailableError, NotFoundError) as error:
                self.ledger.refuse(self.name, error.code)
                self.over.wait(0.3)
                continue
            except ventral.VentralError as error:
                self.ledger.complain(f"Client.submit: {error.code}: {error.message}")
                return
            if self.dice.random() < 0.5:
                break
            self.ledger.count("submissions sent again")
        if submission.names:
            self.maybe_cancel(submission)
            self.ledger.accept(submission)

    def abandon(self):
        """An upload that nothing will ever name."""
        import ventral
        from ventral import upload
        file = self.folder / "abandoned"
        file.write_bytes(self.dice.randbytes(200_000))
        address = self.house.link[f"client-{self.dice.choice(SERVERS)}"].address
        try:
            with ventral.connect(address, token_file=self.house.folder / "mara.token") as client:
                upload.upload_missing(client._channel, upload.read_local_file(file), lambda done, total: None)
                self.ledger.count("uploads abandoned")
        except ventral.UnavailableError as error:
            self.ledger.refuse(self.name, error.code)

    def request_of(self, request, file):
        """The id that the database has: what CreateJob gets (ventral/client.py), as the user's own."""
        from ventral.client import _derived
        from ventral.upload import read_local_file
        return f"{self.user}/" + _derived(request, f"{self.model(file)} {read_local_file(file).sha256} {PACK}")

    def maybe_cancel(self, submission):
        if self.dice.random() < 0.9:
            return
        done = self.house.try_ventral("cancel", next(iter(submission.names)).removeprefix("jobs/"), token="mara.token",
                                      address=self.house.link[f"client-{self.dice.choice(SERVERS)}"].address)
        # Without an answer it may have been cancelled all the same.
        submission.cancelled = done.returncode in (0, EXIT_UNREACHABLE)
