"""What must hold when all faults are over and every job has ended. Each check is a function below `@invariant` that yields a
sentence for each thing that is wrong."""

import collections
import hashlib
import os

from latecomer import MARK
from processes import below

INVARIANTS = {}

JOBS = """SELECT job_id, 'jobs/' || job_id AS name, request_id, state, pack_id, pack_version, attempts, attempt_number, completed_token,
  failure_cause, failure_message, ended, quarantined, model_id FROM jobs"""
ATTEMPTS = "SELECT job_id, number, worker, ended, outcome, failure_cause, failure_message FROM job_attempts ORDER BY job_id, number"
SCORES = """SELECT job_id, benchmark_id, raw, created, checkpoint_sha256, pack_id, pack_version, provenance ->> 'extractor' AS extractor
  FROM scores"""
NAMED = """SELECT DISTINCT sha256, bytes FROM checkpoints UNION SELECT sha256, bytes FROM pack_files
  UNION SELECT sha256, bytes FROM job_grams"""


def invariant(sentence):
    def add(function):
        INVARIANTS[sentence] = function
        return function
    return add


class Evidence:
    """The database, the blobs and the ledger, after the end."""

    def __init__(self, house, ledger, hits, reference):
        self.house, self.ledger, self.hits, self.reference = house, ledger, hits, reference
        self.jobs = {job["name"]: job for job in house.rows(JOBS)}
        self.attempts, self.scores = collections.defaultdict(list), collections.defaultdict(list)
        for attempt in house.rows(ATTEMPTS):
            self.attempts[f"jobs/{attempt['job_id']}"].append(attempt)
        for score in house.rows(SCORES):
            self.scores[f"jobs/{score['job_id']}"].append(score)
        self.benchmarks = {row["benchmark_id"] for row in house.rows("SELECT benchmark_id FROM benchmarks")}
        self.blobs = {row["sha256"]: row["bytes"] for row in house.rows(NAMED)}

    def in_state(self, state):
        return [job for job in self.jobs.values() if job["state"] == state]


@invariant("each accepted submission is one job, however often it was sent")
def one_job_each(e):
    for submission in e.ledger.accepted:
        if len(submission.names) != 1:
            yield f"{submission.who} was told of several jobs: {sorted(submission.names)}"
        for name in submission.names - e.jobs.keys():
            yield f"{name} was accepted from {submission.who} and is not there"
        if submission.request_id:
            made = [job["name"] for job in e.jobs.values() if job["request_id"] == submission.request_id]
            if set(made) != submission.names:
                yield f"request {submission.request_id}: jobs {made}, and {sorted(submission.names)} were told"


@invariant("every job has ended")
def all_ended(e):
    for job in e.jobs.values():
        if job["state"] in ("queued", "running"):
            yield f"{job['name']} is {job['state']} after {job['attempt_number']} attempts"


@invariant("a job that succeeded has one score for each benchmark, made by its one attempt that succeeded, the last")
def scores_once(e):
    for job in e.in_state("succeeded"):
        scores, attempts = e.scores[job["name"]], e.attempts[job["name"]]
        if sorted(score["benchmark_id"] for score in scores) != sorted(e.benchmarks):
            yield f"{job['name']} has scores {sorted(score['benchmark_id'] for score in scores)}"
        good = [attempt for attempt in attempts if attempt["outcome"] == "succeeded"]
        if len(good) != 1 or good[0] != attempts[-1] or len(attempts) != job["attempt_number"]:
            yield f"{job['name']} succeeded with attempts {[attempt['outcome'] for attempt in attempts]}"
        elif {score["created"] for score in scores} != {good[0]["ended"]} or job["ended"] != good[0]["ended"]:
            yield f"{job['name']}: scores, attempt and job ended at different times"


@invariant("a job that did not succeed has no score, and says the cause of its last attempt")
def failures_are_true(e):
    cancelled = {name for submission in e.ledger.accepted if submission.cancelled for name in submission.names}
    for job in [*e.in_state("failed"), *e.in_state("cancelled")]:
        name, attempts = job["name"], e.attempts[job["name"]]
        if e.scores[name]:
            yield f"{name} {job['state']}, and has scores"
        if job["state"] == "cancelled":
            if name not in cancelled:
                yield f"{name} was cancelled, and nobody asked for it"
            continue
        last = attempts[-1]
        if last["outcome"] != "failed" or (last["failure_cause"], last["failure_message"]) != (job["failure_cause"], job["failure_message"]):
            yield f"{name} failed as {job['failure_cause']}, its last attempt as {last['failure_cause']} ({last['outcome']})"
        lost = sum("not heard of" in (attempt["failure_message"] or "") for attempt in attempts)
        crashed = sum(attempt["failure_cause"] == "crash" for attempt in attempts)
        if job["quarantined"] != (lost >= 2 and "not heard of" in last["failure_message"] or crashed >= 2 and last["failure_cause"] == "crash"):
            yield f"{name}: quarantined is {job['quarantined']} after {lost} lost leases and {crashed} crashes"
        if not job["quarantined"] and job["attempts"] < 8:
            yield f"{name} failed for good after {job['attempts']} attempts: {job['failure_cause']}: {job['failure_message']}"


@invariant("an attempt fails for a reason that was given to it: nothing is wrong with the checkpoints")
def causes_were_given(e):
    crashes = 0
    for name, attempts in e.attempts.items():
        for attempt in attempts:
            if attempt["outcome"] is None:
                yield f"{name}: attempt {attempt['number']} never ended"
            if attempt["failure_cause"] not in (None, "infrastructure", "crash"):
                yield f"{name}: attempt {attempt['number']}: {attempt['failure_cause']}: {attempt['failure_message']}"
            if attempt["failure_cause"] == "crash":
                crashes += 1
                if "signal 9" not in attempt["failure_message"]:
                    yield f"{name}: attempt {attempt['number']} crashed by itself: {attempt['failure_message']}"
    given = e.hits["kill evaluator"] + e.hits["kill extractor"]
    if crashes > given:
        yield f"{crashes} attempts crashed, and {given} were made to"


@invariant("no score is from a lost lease")
def no_lost_lease(e):
    tokens = {job["completed_token"]: job["name"] for job in e.jobs.values() if job["completed_token"]}
    for token in e.ledger.lost_tokens.keys() & tokens.keys():
        yield f"{tokens[token]} was completed with a token that was lost before"
    for token, scores in e.ledger.own_tokens.items():
        if token not in tokens:
            yield f"scores {scores} were told to the latecomer, and its token completed no job"
    for name, scores in e.scores.items():
        marks = {score["extractor"] for score in scores if score["extractor"].startswith(MARK)}
        if marks - {f"{MARK}{e.jobs[name]['completed_token']}"}:
            yield f"{name} has a score that another lease reported"


@invariant("chaos changes no number")
def numbers_are_right(e):
    """Every checkpoint is a copy of a known network, and so are its scores."""
    for name, scores in e.scores.items():
        for score in scores:
            true = e.reference[e.jobs[name]["model_id"].split("-")[-1]][score["benchmark_id"]]
            if not score["extractor"].startswith(MARK) and score["raw"] != true:
                yield f"{name}: {score['benchmark_id']} is {score['raw']}, and was {true} in peace"


@invariant("what rows name is there, whole; what is there is named")
def blobs_fit(e):
    store = e.house.folder / "blobs/store"
    there = {file.name: file for file in (store / "sha256").glob("*/*")}
    for sha256, size in e.blobs.items():
        if sha256 not in there:
            yield f"a row names blob {sha256}, which is not there"
        elif there[sha256].stat().st_size != size or hashlib.sha256(there[sha256].read_bytes()).hexdigest() != sha256:
            yield f"blob {sha256} has other bytes than its name says"
    for sha256 in there.keys() - e.blobs.keys():
        yield f"blob {sha256} is named by nothing, and was not collected"
    for name in ("incoming", "damaged"):
        for file in (store / name).glob("*"):
            if file.suffix == ".half":
                continue  # of an upload that was cut, and that nobody went on with: it stays for a day
            yield f"{name}/{file.name} was left behind"


@invariant("clients were told nothing that is not so")
def nothing_wrong_was_told(e):
    yield from e.ledger.wrong


@invariant("no program ends by itself, but where it starts on a full disk")
def none_ends_by_itself(e):
    full = {"server": 4, "worker": 3}
    for (name, code), times in e.house.ended_by_themselves.items():
        if code != full[name.split()[0]]:
            yield f"{name} ended by itself {times} times, with exit code {code}"


@invariant("no process is left behind")
def no_process_left(e):
    for pid, program in below(os.getpid()).items():
        if program.startswith("ventral"):
            yield f"{program} ({pid}) still runs"
