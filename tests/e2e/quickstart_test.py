"""deploy/quickstart.sh as a person runs it, on what it makes on the spot: no recordings, no network connection.

Usage: quickstart_test.py SOURCE_ROOT BIN_DIR PYTHON
Runs it twice, holds the leaderboard against the known ceiling and the line on the sandbox against the worker's own words, types
the four commands that it prints, compares `show` with `score` to the last digit, takes it down, and sees that nothing is left running and that nothing else was touched.
"""

import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

RIDGE = "simulated-cortex.neurons.ridge"


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-quickstart-") as scratch:
        state = pathlib.Path(scratch, "state")
        environment = {**os.environ, "VENTRAL_STATE": str(state), "VENTRAL_BIN": programs, "VENTRAL_PYTHON": python,
                       "VENTRAL_SHARED": str(pathlib.Path(scratch, "none")), "VENTRAL_OFFLINE": "1",
                       "VENTRAL_PORT": str(free_port()), "HOME": scratch}
        for name in ("VENTRAL_SERVER", "VENTRAL_CONFIG", "VENTRAL_TOKEN", "VENTRAL_TOKEN_FILE"):
            environment.pop(name, None)
        quickstart = pathlib.Path(root, "deploy/quickstart.sh")
        try:
            first = run([quickstart], environment)
            check_leaderboard(first, state, programs, environment)
            check_sandbox(first, state, programs, environment)
            second = run([quickstart], environment)
            check_sandbox(second, state, programs, environment)
            expect("score simulated-teacher" not in second, "a second run submits nothing again", second)
            check_four_commands(first, root, environment)
            check_show_equals_score(first, state, programs, environment)
            check_tokens(first, state, programs, environment)
            pids = [int(file.read_text().split()[0]) for file in state.glob("*.pid")]
            expect(len(pids) == 2, "server and worker have a pid file", str(pids))
        finally:
            down = run([quickstart, "--down"], environment)
        expect(not any(pathlib.Path(f"/proc/{pid}").exists() for pid in pids), "--down stops server and worker", down)
        run([quickstart, "--purge"], environment)
        expect(not state.exists(), "--purge removes the state", str(state))
        precious = pathlib.Path(scratch, "precious")
        precious.mkdir()
        refused = subprocess.run([quickstart, "--purge"], env={**environment, "VENTRAL_STATE": str(precious)},
                                 capture_output=True, text=True)
        expect(refused.returncode != 0 and precious.exists(), "--purge leaves a folder that is not its own", refused.stderr)
    print("quickstart works as printed")


def check_leaderboard(output, state, programs, environment):
    board = json.loads(run([f"{programs}/ventral", "leaderboard", "--json"], with_server(output, environment)))
    column = board["benchmarks"].index(RIDGE)
    cells = {row["model"]: row["cells"][column] for row in board["rows"]}
    known = json.loads((state / "simulated/truth.json").read_text())[RIDGE]["known_ceiling"]
    teacher = cells["models/simulated-teacher"]
    expect(teacher["intervalLower"] <= known <= teacher["intervalUpper"], "the teacher reaches its known ceiling", f"{known} {teacher}")
    expect(abs(teacher["ceiling"] - known) < 0.02, "the split-half ceiling finds the known one", f"{known} {teacher}")
    for lesser in ("student", "random"):
        expect(cells[f"models/simulated-{lesser}"]["intervalUpper"] < teacher["intervalLower"], f"the {lesser} network is below", str(cells))
    # Known to differ: each has a tier of its own, the teacher the first.
    compared = json.loads(run([f"{programs}/ventral", "compare", "--benchmark", "simulated-cortex.neurons.ridge", "--json"],
                              with_server(output, environment)))
    tiers = {row["model"]: row["tier"] for row in compared["models"]}
    expect(tiers == {"models/simulated-teacher": 1, "models/simulated-student": 2, "models/simulated-random": 3}, "tiers", str(tiers))
    expect(all(pair["test"]["adjustedP"] < 0.01 for pair in compared["pairs"]), "each pair is told apart", str(compared["pairs"]))
    expect(re.search(r"^1 +simulated-teacher", output, re.MULTILINE), "the table shows the teacher first", output)


def check_sandbox(output, state, programs, environment):
    """One line, which says what the worker found out, and what `ventral status` says."""
    lines = re.findall(r"^- sandbox around each network: (.+)$", output, re.MULTILINE)
    expect(len(lines) == 1, "one line says what the sandbox is", output)
    found = re.findall(r"sandbox: (.+)$", (state / "logs/worker.log").read_text(), re.MULTILINE)
    expect(found and lines[0] == found[-1], "it is what the worker found", f"{lines} {found}")
    status = run([f"{programs}/ventral", "status"], with_server(output, environment))
    expect(lines[0] in status, "it is what ventral status says", f"{lines} {status}")
    expect(lines[0].startswith("privileges, limits, system_calls"), "what is always there is there", lines[0])


def check_four_commands(output, root, environment):
    commands = re.findall(r"^  (.*/ventral (?:show|leaderboard|jobs|score).*)$", output, re.MULTILINE)
    expect(len(commands) == 4, "four commands are printed", output)
    for command in commands:
        run(["bash", "-c", command], environment, cwd=root)


def check_show_equals_score(output, state, programs, environment):
    """The same digits from the service as from the two processes alone."""
    shown = run([f"{programs}/ventral", "show", "simulated-student"], with_server(output, environment))
    scored = run([f"{programs}/ventral", "score", state / "networks/simulated-student.pt2", "--pack",
                  state / "packs/simulated-cortex"], environment)
    blocks = scored.strip().split("\n\n")
    expect(len(blocks) == 2, "two benchmarks are scored", scored)
    for block in blocks:
        expect(block in shown, "show and score print the same", f"{block}\n---\n{shown}")


def check_tokens(output, state, programs, environment):
    """Made once, for their owner only, in no log; without one nobody gets in."""
    secrets = [(state / name).read_text().strip() for name in ("admin-token", "worker-token")]
    for name in ("admin-token", "worker-token"):
        expect((state / name).stat().st_mode & 0o777 == 0o600, f"only its owner may read {name}", oct((state / name).stat().st_mode))
    for log in [*(state / "logs").iterdir(), state / "config"]:
        text = log.read_text(errors="replace")
        expect(not any(secret[8:24] in text for secret in secrets), f"no token is in {log.name}", text)
    expect(not any(secret[8:24] in output for secret in secrets), "no token is printed", output)
    refused = subprocess.run([f"{programs}/ventral", "jobs"], capture_output=True, text=True,
                             env={**environment, "VENTRAL_SERVER": with_server(output, environment)["VENTRAL_SERVER"]})
    expect(refused.returncode == 7 and "VENTRAL_TOKEN" in refused.stderr, "without a token nobody gets in", refused.stderr)
    users = json.loads(run([f"{programs}/ventral", "admin", "user", "list", "--json"], with_server(output, environment)))
    expect({user["userId"]: user["role"] for user in users["users"]} == {"admin": "ROLE_ADMIN", "worker": "ROLE_WORKER"},
           "there are an admin and a worker", str(users))
    audit = run([f"{programs}/ventral", "admin", "audit", "--user", "worker"], with_server(output, environment))
    expect("CompleteJob" in audit, "what the worker did is in the audit log", audit)


def with_server(output, environment):
    """The config of the state folder is for the server that it names, and `output` names the same."""
    return {**environment, "VENTRAL_SERVER": re.search(r"running at (\S+)\. Four", output).group(1),
            "VENTRAL_CONFIG": str(pathlib.Path(environment["VENTRAL_STATE"], "config"))}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def run(command, environment, cwd=None):
    done = subprocess.run([str(word) for word in command], env=environment, cwd=cwd, text=True, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=900)
    expect(done.returncode == 0, f"{' '.join(map(str, command))} ends well", done.stdout + done.stderr)
    return done.stdout


def expect(condition, what, seen):
    if not condition:
        sys.exit(f"FAILED: {what}; seen:\n{seen}")
    print("ok:", what)


if __name__ == "__main__":
    main()
