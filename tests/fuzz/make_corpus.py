"""make_corpus.py NETWORKS CORPUS: seeds for the fuzzers, one folder a target, of the networks that make_fixtures.py wrote.

Makes NETWORKS first where it is not there. Nothing of it is kept in the repository.
"""

import io
import json
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ["whole", "in_place", "recurrent", "attention", "late_view", "through_view"]  # as base_networks.cc
RECORDS = ["models/model.json", "extra/ventral.json", "data/weights/model_weights_config.json",
           "data/constants/model_constants_config.json"]  # as archive_target.cc
LARGEST = 200_000


def archives(networks: pathlib.Path):
    for name in NAMES:
        yield name, (networks / name / "net.pt2").read_bytes()
    for file in sorted([*(networks / "bad").iterdir(), *(networks / "greedy").iterdir()]):
        if file.stat().st_size < LARGEST:
            yield f"{file.parent.name}-{file.stem}", file.read_bytes()


def records(networks: pathlib.Path):
    for number, name in enumerate(NAMES):
        with zipfile.ZipFile(networks / name / "net.pt2") as archive:
            for place, record in enumerate(RECORDS):
                content = archive.read(f"net/{record}") if f"net/{record}" in archive.namelist() else b"{}"
                yield f"{name}-{pathlib.Path(record).stem}", bytes([number * len(RECORDS) + place]) + content


def programs():
    yield "nothing", b""
    for number in range(len(NAMES)):
        for keep in range(4):
            yield f"keep-{number}-{keep}", bytes([number, 0, keep, 3, 1, 4, 1, 5])
    draw = random.Random(20260101)
    for number in range(300):
        yield f"edit-{number}", bytes([draw.randrange(len(NAMES)), 1]) + draw.randbytes(draw.randrange(4, 80))


def frame(kind: int, payload: bytes) -> bytes:
    return b"VNTR" + struct.pack("<HHQ", 1, kind, len(payload)) + payload


def with_head(head: dict, numbers: int, kind: str) -> bytes:
    text = json.dumps(head).encode()
    return struct.pack("<I", len(text)) + text + struct.pack(f"<{numbers}{kind}", *range(numbers))


def frames():
    limits = {"device": "cpu", "memory_budget_bytes": 1 << 30, "batch_size": 16, "threads": 2, "processor_seconds": 0,
              "required_sandbox": [], "torchscript": False, "layers": ["*"], "precision": "float32", "samples": 0, "seed": 0}
    layer = {"path": "inner.conv", "step": 0, "features": 5, "inferred": False}
    messages = {
        "evaluate": (1, {"checkpoint": "a.pt2", "pack_directory": "p", "extractor": "e", "limits": limits,
                         "grams": "", "keep_grams": "k", "most_kept_bytes": 9}),
        "extract": (2, {"checkpoint": "a.pt2", "stimuli": ["0.png", "1.png"], "limits": limits, "feature_window_bytes": 64}),
        "plan": (3, {"layers": [layer], "activation_bytes": 80, "passes": 1, "expected_seconds": 0.5, "extractor": "v",
                     "device": "cpu", "precision": "float32", "preprocessing": "{}", "committed_layers": {"IT": "inner.conv"}}),
        "progress": (4, {"phase": "extract", "done": 1, "total": 2, "message": "pass 1"}),
        "features": (17, {"path": "inner.conv", "step": 0, "first": 0, "count": 5}),
        "done": (6, {"seconds": 1.5}),
        "failure": (8, {"cause": "invalid_checkpoint", "code": "invalid_input", "message": "m", "context": "c", "needed_memory_bytes": 9}),
        "estimate": (17, {"activation_bytes": 80, "gram_bytes": 32, "memory_bytes": 112, "passes": 1, "seconds": 0.5}),
        "inspect": (9, {"checkpoint": "a.pt2", "images": "", "threads": 1}),
        "inspection": (11, {"layers": [{**layer, "shape": [4, 9], "parameters": 1, "multiply_adds": 1.0, "scored": True, "problem": ""}],
                            "not_layers": {"pool": "why"}, "parameters": 1, "multiply_adds": 1.0, "least_batch": 1, "most_batch": 9,
                            "extractor": "v", "preprocessing": "{}", "committed_layers": {}, "model": {}, "time_map": {"a": [1.0]}}),
    }
    digest = "a" * 64
    head = {"format": 1, "checkpoint_sha256": digest, "pack": "p", "pack_version": "1.0.0", "pack_digest": digest,
            "stimuli_digest": digest, "stimuli": ["a", "b"], "program": "ventral-evaluate", "extraction_seconds": 1.5}
    messages["kept_head"] = (12, head)
    messages["kept_end"] = (13, {"sha256": digest})
    messages["rdms_request"] = (14, {"grams": "g", "layers": ["a.*"], "distance": "cosine", "memory_budget_bytes": 9})
    messages["rdms"] = (16, {"head": json.dumps(head), "distance": "cosine", "extractor": "v", "device": "cpu",
                             "precision": "float32", "preprocessing": "{}"})
    for name, (kind, message) in messages.items():
        yield name, frame(kind, json.dumps(message).encode())
    yield "gram", frame(5, with_head({**layer, "stimuli": 2}, 6, "d"))
    yield "activation", frame(10, with_head({"path": "a", "step": 0, "shape": [2, 3]}, 6, "f"))
    yield "rdm", frame(15, with_head({**layer, "stimuli": 3, "undefined": ""}, 3, "d"))
    yield "report", frame(7, b"{}")
    yield "two", frame(4, b"{}") + frame(6, b'{"seconds": 0}')
    yield "long", frame(3, b"")[:8] + struct.pack("<Q", 1 << 40)


def png(width: int, height: int, kind: int, rows: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def packs():
    """Byte 0 as pack_target.cc."""
    import numpy
    from PIL import Image

    for manifest in sorted((HERE.parents[1] / "benchmarks").glob("*/pack.json")):
        yield f"manifest-{manifest.parent.name}", b"\0" + manifest.read_bytes()
    yield "table", b"\1stimulus_id,file,group\na,images/a.png,1\n\"b, c\",images/b.png,2\n"
    yield "table-quotes", b'\1file,stimulus_id\r\n"a""b.png",x\r\n'
    for number, array in enumerate((numpy.arange(6.0).reshape(2, 3), numpy.arange(4, dtype="<i2"), numpy.zeros((2, 2), dtype="<f4", order="F"))):
        file = io.BytesIO()
        numpy.save(file, array)
        yield f"npy-{number}", b"\2" + file.getvalue()
    yield "png-grey", b"\3" + png(2, 2, 0, b"\0\1\2\0\3\4")
    yield "png-rgb", b"\3" + png(1, 1, 2, b"\0\1\2\3")
    yield "png-huge", b"\3" + png(1 << 30, 1 << 30, 2, b"\0")
    for name, mode in (("jpeg-rgb", "RGB"), ("jpeg-grey", "L"), ("jpeg-cmyk", "CMYK")):
        file = io.BytesIO()
        Image.new(mode, (9, 7), 99).save(file, "JPEG")
        yield name, b"\3" + file.getvalue()


def requests():
    """As requests_target.cc reads them."""
    head = "content-type: application/json\nauthorization: Bearer ventral_0\nconnect-timeout-ms: 500\n\n"
    for method, body in (
            ("ModelService/CreateModel", {"model": {"modelId": "net", "metadata": {"a": [1, None, {"b": "c"}], "n": 1e300}}, "requestId": "r"}),
            ("ModelService/ListModels", {"pageSize": 3, "pageToken": "6d", "showDeleted": True}),
            ("JobService/ListJobs", {"states": ["JOB_STATE_QUEUED", 3], "model": "models/net"}),
            ("PackService/PublishPack", {"files": [{"path": "pack.json", "sha256": "ab", "sizeBytes": "12"}], "policy": {"attempts": {"jobs": 1, "days": 2}}}),
            ("ScoreService/GetLeaderboard", {"benchmarks": ["a", "b"]}),
            ("WorkerService/CompleteJob", {"job": "jobs/1", "report": {"scores": [{"raw": "NaN", "seed": "18446744073709551615", "layers": [{"raw": "-Infinity"}]}]}}),
            ("WorkerService/LeaseJob", {"worker": "w", "node": {"missing": {"landlock": "no"}, "devices": ["cpu"]}}),
            ("AdminService/CreateToken", {"token": {"expireTime": "2026-01-01T00:00:00.000000001Z"}})):
        yield method.replace("/", "-"), f"/ventral.v1.{method}\n{head}{json.dumps(body)}".encode()
    yield "stream", b"/ventral.v1.JobService/WatchJob\ncontent-type: application/connect+json\n\n{\"name\": \"jobs/1\"}"
    yield "other", b"/ventral.v1.JobService/Watch\ncontent-type: text/html\ncontent-encoding: gzip\n\n"


def main() -> None:
    networks, corpus = map(pathlib.Path, sys.argv[1:])
    subprocess.run([sys.executable, HERE.parent / "unit/network/make_fixtures.py", networks], check=True)
    shutil.rmtree(corpus, ignore_errors=True)
    for target, seeds in (("archive", archives(networks)), ("records", records(networks)), ("program", programs()), ("frames", frames()),
                          ("pack", packs()), ("requests", requests())):
        (corpus / target).mkdir(parents=True)
        for name, content in seeds:
            (corpus / target / name).write_bytes(content)


if __name__ == "__main__":
    main()
