#!/usr/bin/env python3
"""Breaks each metric in one line, and sees whether its tests notice.

  tests/mutations/run.py BUILD [--only TEXT] [--jobs N] [--markdown FILE]     BUILD: a folder to build in, kept between runs

For each entry of mutations.toml a copy of the source is changed in one place and built, and the unit tests of metrics, inference and evaluation
are run up to the first that fails. Exit status: 0 every mutation was noticed, 1 one was not (or did not compile), 2 the tests fail without any.
Takes about a minute a mutation; not among ctest's tests.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAMS = ("metrics_test", "inference_test", "evaluation_test")
FAILED = re.compile(r"^\[  FAILED  \] ([\w/.]+)", re.MULTILINE)
STALLED_SECONDS = 900  # a mutant may loop for ever: that is noticed, too


def copy_source(source):
    """The tracked files as they are now; what did not change keeps its time, so that little is built again."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        wanted, there = ROOT / name, source / name
        if there.exists() and there.read_bytes() == wanted.read_bytes():
            continue
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(wanted, there)


def configure(source, build):
    # File by file: a mutation compiles one of them again, not twelve.
    if not (build / "build.ninja").exists():
        python = ROOT / ".venv/bin/python3"
        torch = subprocess.run([python, "-c", "import torch; print(torch.utils.cmake_prefix_path)"], check=True, capture_output=True, text=True)
        subprocess.run(["cmake", "--preset", "core-only", "-B", build, "-DCMAKE_UNITY_BUILD=OFF", f"-DCMAKE_PREFIX_PATH={torch.stdout.strip()}",
                        f"-DVENTRAL_PYTHON={python}"], cwd=source, check=True, stdout=subprocess.DEVNULL)


def built(build, jobs):
    done = subprocess.run(["ninja", "-C", build, f"-j{jobs}", *PROGRAMS], capture_output=True, text=True)
    return None if done.returncode == 0 else done.stdout[-3000:]


def first_failure(build):
    """The name of a test that fails, or None."""
    for program in PROGRAMS:
        try:
            done = subprocess.run([build / "tests" / program, "--gtest_fail_fast", "--gtest_brief=1"], capture_output=True, text=True,
                                  timeout=STALLED_SECONDS, cwd=build)
        except subprocess.TimeoutExpired:
            return f"{program} does not end"
        if done.returncode != 0:
            failed = FAILED.search(done.stdout)
            return failed.group(1) if failed else f"{program} ends with status {done.returncode}"
    return None


def noticed_by(mutation, source, build, jobs):
    """Returns (what noticed it or None, trouble or None)."""
    file = source / mutation["file"]
    text = file.read_text()
    if text.count(mutation["from"]) != 1:
        return None, f"{mutation['file']} holds {text.count(mutation['from'])} times: {mutation['from'].strip()}"
    try:
        file.write_text(text.replace(mutation["from"], mutation["to"]))
        trouble = built(build, jobs)
        return (None, f"does not compile:\n{trouble}") if trouble else (first_failure(build), None)
    finally:
        file.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--only", default="", help="mutations whose metric or description holds this text")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--markdown", type=pathlib.Path, help="write the table here")
    options = parser.parse_args()
    mutations = tomllib.loads((HERE / "mutations.toml").read_text())["mutation"]
    wanted = [one for one in mutations if options.only in f"{one['metric']}: {one['what']}"]
    if not wanted:
        sys.exit(f"error: no mutation holds '{options.only}'")
    source, build = options.build.resolve() / "source", options.build.resolve() / "build"
    copy_source(source)
    configure(source, build)
    trouble = built(build, options.jobs)
    if trouble:
        sys.exit(f"error: the source does not build without mutations:\n{trouble}")
    failed = first_failure(build)
    if failed:
        print(f"error: {failed} fails without any mutation", file=sys.stderr)
        return 2
    rows, survived = ["| broken | how | noticed by |", "|---|---|---|"], 0
    for one in wanted:
        start = time.monotonic()
        name, trouble = noticed_by(one, source, build, options.jobs)
        survived += name is None
        print(f"{'noticed' if name else 'NOT NOTICED'}  {one['metric']}: {one['what']}  [{trouble or name}]  {time.monotonic() - start:.0f} s", flush=True)
        rows.append(f"| {one['metric']} | {one['what']} | {f'`{name}`' if name else '**nothing**'} |")
    print(f"{len(wanted) - survived} of {len(wanted)} mutations are noticed")
    if options.markdown:
        options.markdown.write_text("\n".join(rows) + "\n")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
