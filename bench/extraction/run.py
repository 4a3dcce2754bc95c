"""Throughput of a forward pass: interpreter bare and with every block tapped, TorchScript, eager PyTorch.

Usage: run.py BENCH_EXTRACTION MODELS [--batch N] [--rounds N] [--blocks N] [--threads N]

MODELS is a folder as ventral.export_known reads it. Blocks of rounds of the C++ program and of eager PyTorch alternate, so that a
machine that slows down slows all; medians over all rounds. Prints a Markdown table for bench/RESULTS.md.
"""

import argparse
import collections
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "client/python"))
from ventral import export_known  # noqa: E402

NETWORKS = ["squeezenet1_1", "mobilenet_v2_1.0_224", "cifar_resnet56"]


def eager(net, shape, rounds):
    images = torch.rand(shape)
    with torch.inference_mode():
        for number in range(-1, rounds):
            start = time.perf_counter()
            net(images)
            if number >= 0:
                yield time.perf_counter() - start


def measure(name, options, folder):
    net, entry = export_known.load(options.models, name)
    shape = (options.batch, *entry["input"])
    archive, script = folder / f"{name}.pt2", folder / f"{name}.pt"
    export_known.main([name, "--models", str(options.models), "--out", str(archive)])
    with torch.inference_mode():
        torch.jit.trace(net, torch.zeros(shape)).save(str(script))
    seconds = collections.defaultdict(list)
    for _ in range(options.blocks):
        printed = subprocess.run([options.program, archive, script, str(options.batch), str(options.rounds), str(options.threads)],
                                 capture_output=True, text=True, check=True).stdout
        for line in printed.splitlines():
            variant, value = line.split()
            seconds[variant].append(float(value))
        seconds["eager"].extend(eager(net, shape, options.rounds))
    return {variant: statistics.median(values) for variant, values in seconds.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--blocks", type=int, default=6)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print(f"batch {options.batch}, {options.threads} threads, medians of {options.blocks * options.rounds} alternating runs, images a second\n")
    print("| network | bare | tapped | TorchScript | eager | tapped/bare | bare/TorchScript | bare/eager |")
    print("|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in NETWORKS:
            median = measure(name, options, pathlib.Path(folder))
            rate = {variant: options.batch / seconds for variant, seconds in median.items()}
            print(f"| {name} | {rate['bare']:.1f} | {rate['tapped']:.1f} | {rate['torchscript']:.1f} | {rate['eager']:.1f} "
                  f"| {rate['tapped'] / rate['bare']:.3f} | {rate['bare'] / rate['torchscript']:.3f} | {rate['bare'] / rate['eager']:.3f} |", flush=True)


if __name__ == "__main__":
    main()
