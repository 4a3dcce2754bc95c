"""What a person gets for bad input, through the real command, server, database, worker, evaluator and extractor.

Usage: bad_input_test.py SOURCE_ROOT BIN_DIR PYTHON
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from quickstart_test import expect, free_port, run  # noqa: E402

COMMANDS = ["submit", "leaderboard", "show", "jobs", "watch", "cancel", "retry", "logs", "models", "packs", "benchmarks",
            "pack check", "pack publish", "pack build", "inspect", "score", "status", "admin user create", "admin user list",
            "admin user role", "admin user disable", "admin user enable", "admin token create", "admin token list",
            "admin token revoke", "admin audit"]


class Ventral:
    def __init__(self, root, programs, python, scratch):
        self.scratch, self.state = scratch, scratch / "state"
        self.program = f"{programs}/ventral"
        self.quickstart = pathlib.Path(root, "deploy/quickstart.sh")
        port = free_port()
        self.environment = {**os.environ, "VENTRAL_STATE": str(self.state), "VENTRAL_BIN": programs, "VENTRAL_PYTHON": python,
                            "VENTRAL_PORT": str(port), "VENTRAL_SERVER": f"127.0.0.1:{port}", "HOME": str(scratch)}

    def __call__(self, *words, environment=None):
        return subprocess.run([self.program, *map(str, words)], env=environment or self.environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=600)

    def refuses(self, code, says, *words, environment=None):
        done = self(*words, environment=environment)
        seen = f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        expect(done.returncode == code and says in done.stdout + done.stderr, f"{' '.join(map(str, words))}: exit {code}, {says!r}", seen)
        return done.stdout


def main():
    root, programs, python = sys.argv[1:4]
    with tempfile.TemporaryDirectory(prefix="ventral-bad-input-") as folder:
        ventral = Ventral(root, programs, python, pathlib.Path(folder))
        made = pathlib.Path(folder, "made")
        make = {**ventral.environment, "PYTHONPATH": f"{root}/client/python"}
        run([python, "-m", "ventral.simulated", made], make)
        run([python, "-c", NAN_NETWORK, made / "nan.pt2"], make)
        check_help(ventral)
        check_packs(ventral, made)
        check_unknown_server(ventral)
        run([ventral.quickstart, "--no-demo"], ventral.environment)
        ventral.environment["VENTRAL_CONFIG"] = str(ventral.state / "config")
        try:
            check_unknown_names(ventral, made)
            check_checkpoints(ventral, made)
            check_server_that_goes_away(ventral, made)
            check_lists(ventral)
        finally:
            run([ventral.quickstart, "--down"], ventral.environment)
    print("bad input gets clear errors")


NAN_NETWORK = """
import sys, torch, ventral
net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
torch.nn.init.constant_(net[0].bias, float("nan"))
ventral.export(net, sys.argv[1], input_size=(3, 32, 32), mean=(0, 0, 0), std=(1, 1, 1), verify=False)
"""


def check_help(ventral):
    for command in COMMANDS:
        done = ventral(*command.split(), "--help")
        expect(done.returncode == 0 and "Examples:" in done.stdout and "Exit status" in done.stdout, f"{command} --help", done.stdout)
    ventral.refuses(2, "--help", "frobnicate")
    ventral.refuses(2, "--name", "submit", "x.pt2", "--pack", "p")


def check_packs(ventral, made):
    def broken(name, break_it):
        pack = ventral.scratch / name
        shutil.copytree(made / "simulated-cortex", pack)
        break_it(pack)
        return pack
    def edit(pack, change):
        manifest = json.loads((pack / "pack.json").read_text())
        change(manifest)
        (pack / "pack.json").write_text(json.dumps(manifest))
    def duplicate(pack):
        rows = (pack / "stimuli.csv").read_text().splitlines()
        rows[2] = rows[1].split(",")[0] + "," + rows[2].split(",")[1]
        (pack / "stimuli.csv").write_text("\n".join(rows) + "\n")
    expect(ventral("pack", "check", made / "simulated-cortex").returncode == 0, "a good pack is good", "")
    ventral.refuses(1, "pack.json", "pack", "check", ventral.scratch)
    ventral.refuses(1, "0007.png", "pack", "check", broken("missing", lambda pack: (pack / "stimuli/0007.png").unlink()))
    ventral.refuses(1, "0007.png", "pack", "check",
                    broken("cut", lambda pack: (pack / "stimuli/0007.png").write_bytes((pack / "stimuli/0007.png").read_bytes()[:300])))
    ventral.refuses(1, "0001", "pack", "check", broken("twice", duplicate))
    ventral.refuses(1, "axes", "pack", "check",
                    broken("axes", lambda pack: edit(pack, lambda m: m["recordings"][0].update(axes=["neuroid", "stimulus"]))))
    ventral.refuses(1, "trials.npy", "pack", "check",
                    broken("npy", lambda pack: (pack / "trials.npy").write_bytes((pack / "trials.npy").read_bytes()[:-8])))
    odd = broken("option", lambda pack: edit(pack, lambda m: m["benchmarks"][0]["options"].update(bananas=1)))
    ventral.refuses(5, "bananas", "score", made / "teacher.pt2", "--pack", odd)


def check_unknown_server(ventral):
    nobody = {**ventral.environment, "VENTRAL_SERVER": f"127.0.0.1:{free_port()}"}
    ventral.refuses(3, "quickstart.sh", "jobs", environment=nobody)
    ventral.refuses(5, "--server", "--server", "nonsense", "jobs")


def check_unknown_names(ventral, made):
    run([ventral.program, "pack", "publish", made / "simulated-cortex"], ventral.environment)
    ventral.refuses(4, "nonesuch", "submit", made / "teacher.pt2", "--name", "t", "--pack", "nonesuch")
    ventral.refuses(4, "none.pt2", "submit", ventral.scratch / "none.pt2", "--name", "t", "--pack", "simulated-cortex")
    ventral.refuses(4, "simulated-cortex.neurons.ridge", "leaderboard", "--benchmark", "simulated-cortex.neuron.ridge")
    ventral.refuses(4, "nobody", "show", "nobody")
    ventral.refuses(5, "model_id", "submit", made / "teacher.pt2", "--name", "No Such Name", "--pack", "simulated-cortex")
    expect("no jobs" in ventral("jobs").stdout, "nothing was queued on the way", ventral("jobs").stdout)


def check_checkpoints(ventral, made):
    text = ventral.scratch / "text.pt2"
    text.write_text("this is no network\n" * 100)
    cut = ventral.scratch / "cut.pt2"
    cut.write_bytes((made / "teacher.pt2").read_bytes()[:20000])
    for name, file, says in (("text", text, "no network"), ("cut", cut, "network"), ("nan", made / "nan.pt2", "NaN")):
        submit = ("submit", file, "--name", name, "--pack", "simulated-cortex", "--watch")
        out = ventral.refuses(1, "invalid_checkpoint", *submit)
        expect(says in out, f"{name}: the job says {says!r}", out)
        job = json.loads(ventral("jobs", "--model", name, "--json").stdout)["jobs"][0]
        expect(job["state"] == "JOB_STATE_FAILED" and job["attempts"] == 1, f"{name} is not tried again", str(job))
        logs = ventral("logs", job["name"]).stdout
        expect("attempt 1" in logs and "invalid_checkpoint" in logs, f"{name}: the log is there", logs)
        scores = json.loads(ventral("show", name, "--json").stdout)["scores"]
        expect(scores == [], f"{name} has no score", str(scores))
        ventral.refuses(5, says, "score", file, "--pack", made / "simulated-cortex")


def check_server_that_goes_away(ventral, made):
    """Killed while a client watches, and started again on its port: the client goes on to the end."""
    watching = subprocess.Popen([ventral.program, "submit", made / "student.pt2", "--name", "student", "--pack", "simulated-cortex",
                                 "--watch"], env=ventral.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not json.loads(ventral("jobs", "--model", "student", "--json").stdout or '{"jobs": []}')["jobs"]:
        expect(time.monotonic() < deadline, "the job is queued", "")
    os.kill(int((ventral.state / "server.pid").read_text().split()[0]), signal.SIGKILL)
    run([ventral.quickstart, "--no-demo"], ventral.environment)
    out, errors = watching.communicate(timeout=300)
    expect(watching.returncode == 0 and "simulated-cortex.neurons.ridge" in out, "a watcher survives the server's death", out + errors)
    scores = json.loads(ventral("show", "student", "--json").stdout)["scores"]
    expect(sorted(score["result"]["benchmark"] for score in scores) ==
           ["simulated-cortex.neurons.ridge", "simulated-cortex.subjects.rsa"], "one score a benchmark, no more", str(len(scores)))
    job = json.loads(ventral("jobs", "--model", "student", "--json").stdout)["jobs"][0]["name"].split("/")[1]
    ventral.refuses(6, "is succeeded: only", "cancel", job[:8])
    ventral.refuses(6, "is succeeded: only", "retry", job[:8])


def check_lists(ventral):
    for command in ("models", "packs", "benchmarks", "jobs", "leaderboard"):
        message = json.loads(ventral(command, "--json").stdout)
        expect(any(isinstance(value, list) and value for value in message.values()), f"{command} --json is a message with a list", str(message))
        expect(ventral(command).stdout.count("\n") >= 2, f"{command} prints a table", ventral(command).stdout)


if __name__ == "__main__":
    main()
