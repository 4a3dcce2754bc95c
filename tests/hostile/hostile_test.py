"""Hostile clients against a real server: each attack gets the status that it should, and the server lives, within bounds.

    hostile_test.py SOURCE_ROOT BIN_DIR PYTHON

Asserts statuses, memory and what is in the database, never a time; bench/hostile measures what other users feel.
"""

import collections
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "e2e")]
sys.dont_write_bytecode = True
import python_package  # noqa: E402
from quickstart_test import expect  # noqa: E402
from victim import Victim  # noqa: E402

MOST_MEGABYTES = 2048  # gRPC's 1 GiB, HTTP's 512 MiB and the process itself fit what deploy/kubernetes gives a server


def make_victim(root, programs, folder, python, outside=None):
    python_package.make(root, folder / "package")
    victim = Victim(root, programs, folder, python, outside)
    victim.fill()
    make_bad_tokens(victim)
    victim.write(folder / "victim.json")
    return victim


def make_bad_tokens(victim):
    """Tokens that let somebody in once."""
    victim.ventral("admin", "user", "create", "gone", "--role", "submitter")
    victim.tokens["disabled"] = victim.new_token("gone")
    victim.ventral("admin", "user", "disable", "gone")
    token = json.loads(victim.ventral("admin", "token", "create", "mara", "--json"))
    victim.tokens["revoked"] = token["secret"]
    victim.ventral("admin", "token", "revoke", token["token"]["name"].removeprefix("users/").replace("/tokens/", "/"))
    victim.tokens["expired"] = victim.new_token("mara", "--days", "1")
    victim.sql("UPDATE tokens SET expires = created + interval '1 millisecond' WHERE expires IS NOT NULL")


def start_attack(victim, name, seconds, within=()):
    """A process of its own; `within`: a command that starts another, such as nice."""
    return subprocess.Popen([*within, sys.executable, HERE / "attacks.py", name, victim.folder / "victim.json", str(seconds)],
                            env={**victim.clean, "VENTRAL_PACKAGE": str(victim.folder / "package")}, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def end_attack(process, name):
    """{status: number}"""
    out, errors = process.communicate(timeout=300)
    expect(process.returncode == 0, f"the attacker of '{name}' works", out + errors)
    return json.loads(out)


def check_attack(victim, name, attack):
    victim.clear_peak()
    counts = end_attack(start_attack(victim, name, attack.seconds), name)
    peak = victim.megabytes("VmHWM")
    expect(counts and set(counts) <= attack.allowed, f"{name}: {counts}, at most {peak:.0f} MB",
           f"allowed is {sorted(attack.allowed)}")
    expect(peak < MOST_MEGABYTES, f"{name}: memory is bounded", f"{peak:.0f} MB")
    expect(victim.is_alive() and "serves" in victim.ventral("health"), f"{name}: the server lives", "")


def check_strings(victim):
    """Each hostile text in each string field of each unary method, by whom the method lets in."""
    import grpc
    from descriptors import HOSTILE, methods, name_of, request_with, role_of, string_fields
    before, codes, fields = victim.row_counts(), collections.Counter(), 0
    with grpc.insecure_channel(victim.grpc) as channel:
        for path, method in methods():
            if method.client_streaming or method.server_streaming:
                continue
            call = channel.unary_unary(path)
            metadata = (("authorization", "Bearer " + victim.tokens[role_of(method)]),)
            for field in string_fields(method.input_type):
                fields += 1
                for text in HOSTILE:
                    try:
                        call(request_with(method, field, text).SerializeToString(), metadata=metadata, timeout=60)
                        codes["OK"] += 1
                    except grpc.RpcError as error:
                        codes[error.code().name] += 1
                        expect_quietly(error.code().name not in ("INTERNAL", "UNKNOWN", "UNAVAILABLE", "DEADLINE_EXCEEDED"),
                                       f"{path}: {name_of(field)} = {text[:60]!r} is refused", f"{error.code().name} {error.details()}")
    expect(fields > 100 and codes["INVALID_ARGUMENT"] > fields, f"{fields} string fields, {len(HOSTILE)} texts each: {dict(codes)}", "")
    expect(victim.row_counts() == before, "no row came or went", f"{before} {victim.row_counts()}")
    expect(victim.is_alive(), "the server lives", "")


def check_accepted_texts(victim):
    """Free texts of a request that is good otherwise are kept as they are, whatever they say."""
    import grpc
    from descriptors import SQL
    model = importlib.import_module("ventral.v1.model_pb2")
    stub = importlib.import_module("ventral.v1.model_pb2_grpc").ModelServiceStub(grpc.insecure_channel(victim.grpc))
    metadata = (("authorization", "Bearer " + victim.tokens["submitter"]),)
    before = victim.row_counts()
    for number, text in enumerate(SQL):
        made = stub.CreateModel(model.CreateModelRequest(model=model.Model(model_id=f"sql-{number}", display_name=text, reference=text)),
                                metadata=metadata)
        expect_quietly((made.display_name, made.reference) == (text, text), f"{text!r} is kept", str(made))
    after = victim.row_counts()
    expect(after == {**before, "models": before["models"] + len(SQL)}, "texts that look like SQL are texts", f"{before} {after}")


def expect_quietly(condition, what, seen):
    if not condition:
        expect(condition, what, seen)


def check_streams_are_given_back(victim):
    """Who comes after the crowd finds room."""
    threads = victim.threads()
    end = time.monotonic() + 60
    while victim.threads() > 150 and time.monotonic() < end:
        time.sleep(0.5)
    expect(victim.threads() <= 150, f"threads go when streams go: {threads}, then {victim.threads()}", "")


def main():
    root, programs, python = (pathlib.Path(word).resolve() if at < 2 else word for at, word in enumerate(sys.argv[1:4]))
    only = sys.argv[4:]
    with tempfile.TemporaryDirectory(prefix="ventral-hostile-") as scratch:
        folder = pathlib.Path(scratch)
        folder.chmod(0o711)
        victim = make_victim(root, programs, folder, python)
        try:
            make_noors_request(victim)
            from attacks import ATTACKS
            for name, function in ATTACKS.items():
                if not only or name in only:
                    check_attack(victim, name, function)
            check_strings(victim)
            check_accepted_texts(victim)
            check_streams_are_given_back(victim)
            expect(victim.stop() == 0, "the server ends as it should", (folder / "server.log").read_text()[-3000:])
        finally:
            victim.remove()
    print("hostile clients are refused")


def make_noors_request(victim):
    import grpc
    model = importlib.import_module("ventral.v1.model_pb2")
    stub = importlib.import_module("ventral.v1.model_pb2_grpc").ModelServiceStub(grpc.insecure_channel(victim.grpc))
    stub.CreateModel(model.CreateModelRequest(model=model.Model(model_id="noors"), request_id="noors-request"),
                     metadata=(("authorization", "Bearer " + victim.tokens["other submitter"]),))


if __name__ == "__main__":
    main()
