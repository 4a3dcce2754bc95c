"""A layer of 3,000,000 features on 1,000 stimuli: one pass without a tight budget, and many under 2 GiB. The same Gram?

Usage: memory.py VENTRAL_EXTRACT [--stimuli N] [--side PIXELS] [--budgets GIB GIB…]

The network is one 1 × 1 convolution to 48 channels, so that a layer has 48 · side² features. Each run's peak is that of the extractor
process. Prints a Markdown table for bench/RESULTS.md.
"""

import argparse
import contextlib
import io
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "client/python"), str(ROOT / "tests/conformance")]
import extract_frames  # noqa: E402


def make(folder, stimuli, side):
    # Not above: what a parent holds when it starts a program counts in the program's ru_maxrss.
    import torch
    import ventral
    from PIL import Image
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 48, 1)).eval()
    checkpoint = folder / "net.pt2"
    with contextlib.redirect_stderr(io.StringIO()):
        ventral.export(net, checkpoint, input_size=(3, side, side), mean=(0.5,) * 3, std=(0.25,) * 3, layers=["0"], verify=False)
    random = np.random.default_rng(1)
    files = []
    for number in range(stimuli):
        files.append(folder / f"{number}.png")
        Image.fromarray(random.integers(0, 256, (side, side, 3), dtype=np.uint8)).save(files[-1], compress_level=1)
    return checkpoint, files


def run(program, checkpoint, files, budget):
    """Seconds, processor seconds, peak MiB, passes, the Gram: in a process of its own, for the usage of its child."""
    words = [sys.executable, __file__, program, "--child", json.dumps([str(checkpoint), list(map(str, files)), budget])]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True)
    head, gram = done.stdout.split(b"\n", 1)
    return *json.loads(head), np.frombuffer(gram)


def child(program, words):
    checkpoint, files, budget = json.loads(words)
    request = json.dumps({"checkpoint": checkpoint, "stimuli": files, "feature_window_bytes": 0, "limits": {
        "device": "cpu", "memory_budget_bytes": int(budget * 2**30), "batch_size": 16, "threads": 2, "processor_seconds": 0,
        "required_sandbox": [], "torchscript": False, "layers": [], "precision": "float32", "samples": 0, "seed": 0}})
    start = time.perf_counter()
    frames, _ = extract_frames.talk(program, extract_frames.frame(extract_frames.EXTRACT_REQUEST, request.encode()), timeout=3600)
    seconds = time.perf_counter() - start
    for kind, message in frames:
        if kind == extract_frames.FAILURE:
            sys.exit(f"the extractor failed: {message}")
    plan, = (message for kind, message in frames if kind == extract_frames.PLAN)
    (_, _, inner), = (message for kind, message in frames if kind == extract_frames.GRAM)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    numbers = [seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, plan["passes"]]
    sys.stdout.buffer.write(json.dumps(numbers).encode() + b"\n" + inner.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--stimuli", type=int, default=1000)
    parser.add_argument("--side", type=int, default=250)
    parser.add_argument("--budgets", type=float, nargs="+", default=[14, 2])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.program, options.child)
        return
    print(f"{options.stimuli} stimuli, {48 * options.side**2} features\n\n| budget | passes | seconds | peak | largest difference |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        checkpoint, files = make(pathlib.Path(name), options.stimuli, options.side)
        first = None
        for budget in options.budgets:
            seconds, _, peak, passes, gram = run(options.program, checkpoint, files, budget)
            first = gram if first is None else first
            difference = np.abs(gram - first).max() / np.abs(first).max()
            print(f"| {budget:g} GiB | {passes} | {seconds:.0f} | {peak:.0f} MiB | {difference:.1e} of the largest entry |", flush=True)


if __name__ == "__main__":
    main()
