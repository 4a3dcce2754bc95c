"""A worker whose messages come late, twice, and with tokens of leases that it has lost.

It speaks WorkerService itself. Each report that it sends says in `provenance.extractor` with which token, so that a score of a lost
lease would be seen in the database.
"""

import random
import threading

import grpc

from house import SERVERS

MARK = "latecomer "
AWAY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED}


class Latecomer(threading.Thread):
    def __init__(self, name, house, ledger, report, seed, over):
        super().__init__(name=name, daemon=True)
        self.house, self.ledger, self.report, self.over = house, ledger, report, over
        self.dice = random.Random(f"{seed} {name}")
        self.metadata = (("authorization", "Bearer " + (house.folder / "latecomer.token").read_text().strip()),)
        self.failed = None
        from ventral.v1 import job_pb2, worker_pb2, worker_pb2_grpc
        self.job_pb2, self.pb2, self.stub_of = job_pb2, worker_pb2, worker_pb2_grpc.WorkerServiceStub

    def run(self):
        try:
            while not self.over.wait(self.dice.uniform(1, 4)):
                if lease := self.lease():
                    self.dice.choice((self.lose, self.lose, self.complete_twice, self.fail_twice))(lease)
        except Exception as error:  # a defect of the harness, told at the end
            self.failed = error
            raise

    def lease(self):
        answer = self.ask("LeaseJob", self.pb2.LeaseJobRequest(worker="latecomer", device="cpu", kinds=[self.job_pb2.JOB_KIND_SCORE]),
                          once=True)
        return answer.lease if answer and answer.HasField("lease") else None

    # What it does with a lease.

    def lose(self, lease):
        """Silent until the service gave it up, and then until another has the job; then all that a worker can say, late."""
        while not (now := self.now(lease)) or now["held"]:
            if self.over.wait(0.3):
                return
        self.ledger.lost_tokens[lease.lease_token] = lease.job
        self.ledger.count("leases lost on purpose")
        while not now or not (now["others"] or now["ended"]):
            if self.over.wait(0.1):
                return
            now = self.now(lease)
        self.ledger.count("late messages while another has the job" if now["others"] else "late messages to a job that has ended", 3)
        self.all_refused(lease, "a lost lease")

    def complete_twice(self, lease):
        first = self.ask("CompleteJob", self.complete(lease))
        if isinstance(first, grpc.StatusCode) or first is None:
            return  # it lost the lease meanwhile: what came of it, the database tells
        self.ledger.own_tokens[lease.lease_token] = list(first.scores)
        again = self.ask("CompleteJob", self.complete(lease))
        if again is not None and (isinstance(again, grpc.StatusCode) or list(again.scores) != list(first.scores)):
            self.ledger.complain(f"{lease.job}: completed twice with one token: {list(first.scores)}, then {again}")
        self.ledger.count("completions sent twice")
        self.all_refused(lease, "a completed job", but="CompleteJob")

    def fail_twice(self, lease):
        failed = self.ask("FailJob", self.fail(lease))
        if failed is None or isinstance(failed, grpc.StatusCode):
            return
        self.ledger.lost_tokens[lease.lease_token] = lease.job
        self.ledger.count("failures sent twice")
        self.all_refused(lease, "an attempt that was ended")

    def all_refused(self, lease, what, but=""):
        messages = {"CompleteJob": self.complete(lease), "FailJob": self.fail(lease), "Heartbeat": self.beat(lease)}
        for method in self.dice.sample(sorted(messages), 3):
            if method == but:
                continue
            answer = self.ask(method, messages[method])
            if answer is not None and answer != grpc.StatusCode.ABORTED:
                self.ledger.complain(f"{lease.job}: {method} with the token of {what} was answered {answer}")
            self.ledger.count("late messages")

    # Messages.

    def complete(self, lease):
        request = self.pb2.CompleteJobRequest(job=lease.job, lease_token=lease.lease_token, report=self.report)
        request.report.provenance.checkpoint_sha256 = lease.checkpoint_sha256
        request.report.provenance.extractor = MARK + lease.lease_token
        return request

    def fail(self, lease):
        failure = self.job_pb2.Failure(cause=self.job_pb2.FAILURE_CAUSE_INFRASTRUCTURE, message="the latecomer gave up")
        return self.pb2.FailJobRequest(job=lease.job, lease_token=lease.lease_token, failure=failure)

    def beat(self, lease):
        return self.pb2.HeartbeatRequest(job=lease.job, lease_token=lease.lease_token)

    def ask(self, method, request, once=False):
        """The answer, or the status where the service refused; None where it was away until the end, or this once."""
        from ventral.calls import is_servers_word
        while True:
            address = self.house.link[f"work-{self.dice.choice(SERVERS)}"].address
            with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
                try:
                    return getattr(self.stub_of(channel), method)(request, timeout=10, metadata=self.metadata)
                except grpc.RpcError as error:
                    if error.code() not in AWAY and is_servers_word(error):
                        return error.code()
            if once or self.over.wait(0.3):
                return None

    def now(self, lease):
        """Whether this attempt holds the job, whether a later one does, and whether it has ended; None while the database is away."""
        try:
            return self.house.rows(f"SELECT state = 'running' AND attempt_number = {lease.attempt} AS held, ended IS NOT NULL AS ended, "
                                   f"state = 'running' AND attempt_number > {lease.attempt} AS others "
                                   f"FROM jobs WHERE job_id = '{lease.job.removeprefix('jobs/')}'")[0]
        except RuntimeError:
            return None
