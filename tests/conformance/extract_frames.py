"""The extractor's side of the frame protocol, for tests in Python."""

import json
import pathlib
import struct
import subprocess

import numpy as np

EXTRACT_REQUEST, PLAN, PROGRESS, GRAM, DONE, FAILURE = 2, 3, 4, 5, 6, 8


def extract(program: str, checkpoint: pathlib.Path, stimuli: list[pathlib.Path], **limits) -> list[tuple[int, object]]:
    """Every frame that the program answers with: (type, message); a Gram's message is (head, row sums, inner)."""
    request = json.dumps({
        "checkpoint": str(checkpoint), "stimuli": [str(file) for file in stimuli],
        "feature_window_bytes": 0,
        "limits": {"device": "cpu", "memory_budget_bytes": 1 << 30, "batch_size": 16, "threads": 2, "processor_seconds": 0,
                   "required_sandbox": [], "torchscript": False, "layers": [], "precision": "float32", "samples": 0, "seed": 0, **limits}})
    return talk(program, frame(EXTRACT_REQUEST, request.encode()))[0]


def frame(kind: int, payload: bytes, version: int = 1) -> bytes:
    return b"VNTR" + struct.pack("<HHQ", version, kind, len(payload)) + payload


def talk(program: str, sent: bytes, timeout: float = 280) -> tuple[list[tuple[int, object]], int]:
    """Frames and exit status, with an empty environment, as the evaluator starts it."""
    done = subprocess.run([program], input=sent, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, timeout=timeout)
    frames, rest = [], done.stdout
    while rest:
        magic, version, kind, size = struct.unpack_from("<4sHHQ", rest)
        if magic != b"VNTR" or version != 1 or len(rest) < 16 + size:
            raise AssertionError(f"broken frame {rest[:40]!r}")
        payload, rest = rest[16:16 + size], rest[16 + size:]
        frames.append((kind, gram(payload) if kind == GRAM else json.loads(payload)))
    return frames, done.returncode


def gram(payload: bytes) -> tuple[dict, np.ndarray, np.ndarray]:
    size, = struct.unpack_from("<I", payload)
    head = json.loads(payload[4:4 + size])
    count = head["stimuli"]
    numbers = np.frombuffer(payload[4 + size:], np.float64)
    return head, numbers[:count], numbers[count:].reshape(count, count)
