"""What clients were told, for the invariants to be held against. Thread-safe."""

import collections
import dataclasses
import threading


@dataclasses.dataclass
class Submission:
    who: str
    request_id: str = ""           # of CreateJob; empty where the client chose one itself
    names: set = dataclasses.field(default_factory=set)   # of the job, in each answer
    cancelled: bool = False        # asked for, and accepted


class Ledger:
    def __init__(self):
        self._lock = threading.Lock()
        self.accepted = []                       # Submissions with an answer
        self.open_requests = set()               # request ids that never had one
        self.refusals = collections.Counter()    # (who, error) → how often; the client tried again
        self.wrong = []                          # sentences: what no client should ever see
        self.lost_tokens = {}                    # lease token → job: what the latecomer knows to be lost
        self.own_tokens = {}                     # lease token → names of scores that the service told for it
        self.counts = collections.Counter()      # what was done

    def accept(self, submission):
        with self._lock:
            self.accepted.append(submission)
            self.open_requests.discard(submission.request_id)

    def refuse(self, who, error):
        with self._lock:
            self.refusals[who, error] += 1

    def complain(self, sentence):
        with self._lock:
            self.wrong.append(sentence)

    def count(self, what, number=1):
        with self._lock:
            self.counts[what] += number
