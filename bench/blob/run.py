"""Uploading and reading one blob, beside boto3, at the same server of S3 (moto, tests/support/s3_server.py) in the same run.

Usage: run.py BENCH_BLOB [--mib 200] [--rounds 5]
Both sign the SHA-256 of what they send and hash what they read; they take turns. boto3 sends parts of 8 MiB, with one thread and with
its usual ten.
"""

import argparse
import hashlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "tests/support"))
import s3_server  # noqa: E402
from boto3 import client  # noqa: E402
from boto3.s3.transfer import TransferConfig  # noqa: E402
from botocore.client import Config  # noqa: E402

PART = 8 << 20


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def read(peer, bucket):
    digest = hashlib.sha256()
    for piece in peer.get_object(Bucket=bucket, Key="peer")["Body"].iter_chunks(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--mib", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    keys = s3_server.KEYS
    os.environ.update(AWS_ACCESS_KEY_ID=keys["id"], AWS_SECRET_ACCESS_KEY=keys["secret"], AWS_DEFAULT_REGION="us-east-1")
    with tempfile.TemporaryDirectory() as scratch:
        folder, file = pathlib.Path(scratch, "s3"), pathlib.Path(scratch, "blob")
        file.write_bytes(os.urandom(options.mib << 20))
        s3_server.start(folder)
        try:
            endpoint = "http://" + (folder / "address").read_text()
            peer = client("s3", endpoint_url=endpoint, config=Config(request_checksum_calculation="when_required", s3={
                "payload_signing_enabled": True, "addressing_style": "path"}))
            peer.create_bucket(Bucket="bench")

            def send(threads):
                config = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, use_threads=threads > 1, max_concurrency=threads)
                peer.upload_file(str(file), "bench", "peer", Config=config)

            def ours(what):
                return float(subprocess.run([options.program, what, endpoint, "bench", file], check=True, capture_output=True, text=True).stdout)

            seconds = {"put": [], "put peer, 1 thread": [], "put peer, 10 threads": [], "get": [], "get peer": []}
            for _ in range(options.rounds):
                seconds["put"].append(ours("put"))
                seconds["put peer, 1 thread"].append(timed(lambda: send(1)))
                seconds["put peer, 10 threads"].append(timed(lambda: send(10)))
                seconds["get"].append(ours("get"))
                seconds["get peer"].append(timed(lambda: read(peer, "bench")))
        finally:
            s3_server.stop(folder)
    for name, each in seconds.items():
        print(f"{name:24} {statistics.median(each):.2f} s  ({min(each):.2f} to {max(each):.2f})")
    ratio = {name: statistics.median(each) for name, each in seconds.items()}
    print(f"peer/ours: put {ratio['put peer, 1 thread'] / ratio['put']:.2f} (1 thread), "
          f"{ratio['put peer, 10 threads'] / ratio['put']:.2f} (10); get {ratio['get peer'] / ratio['get']:.2f}")


if __name__ == "__main__":
    main()
