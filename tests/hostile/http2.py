"""HTTP/2 by hand, for what no client library would send."""

import re
import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE, PING = 0, 1, 3, 4, 8, 6
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PIECE = 16384


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def length(number):
    """HPACK's integer with a prefix of 7 bits."""
    if number < 127:
        return bytes([number])
    number, out = number - 127, bytearray([127])
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def headers(**fields):
    """Literal, never indexed; `__` stands for ':' and `_` for '-'."""
    out = b""
    for name, value in fields.items():
        name = name.replace("__", ":").replace("_", "-").encode()
        out += b"\x10" + length(len(name)) + name + length(len(value.encode())) + value.encode()
    return out


class Connection:
    """Opens a connection and speaks frames. It keeps to the windows that the server grants: whoever does not is thrown out at once."""

    def __init__(self, address, timeout=20, window=(1 << 31) - 1):
        """`window`: bytes of an answer that the server may send unasked; 65535 is a reader who never asks for more."""
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.address, self.timeout = address, timeout
        self.seen, self._raw = b"", b""  # payloads of what came; what was not taken apart yet
        self._next, self._room, self._rooms, self._initial = 1, 65535, {}, 65535
        self._hears = False
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, window)))
        while not self._hears:  # gRPC loses a call that comes before it has said its settings
            self._take(timeout)

    def call(self, method, token="", **more):
        """Opens a call; its stream's number."""
        stream, self._next = self._next, self._next + 2
        if token:
            more["authorization"] = f"Bearer {token}"
        block = headers(__method="POST", __scheme="http", __path=method, __authority=self.address, content_type="application/grpc", te="trailers", **more)
        self.socket.sendall(frame(HEADERS, END_HEADERS, stream, block))
        self._rooms[stream] = 0
        return stream

    def data(self, stream, payload, end=False):
        """OSError where the server closed the connection or the stream, or grants nothing within the timeout."""
        at = 0
        while at < len(payload):
            room = min(PIECE, self._room, self._initial + self._rooms[stream], len(payload) - at)
            if room <= 0:
                self._take(self.timeout)
                continue
            last = at + room == len(payload)
            self.socket.sendall(frame(DATA, END_STREAM if end and last else 0, stream, payload[at:at + room]))
            self._room, self._rooms[stream], at = self._room - room, self._rooms[stream] - room, at + room

    def read(self, wanted, seconds):
        """Whether `wanted` comes within this time."""
        end = time.monotonic() + seconds
        try:
            while wanted not in self.seen:
                self._take(max(0.01, end - time.monotonic()))
            return True
        except OSError:
            return wanted in self.seen

    def status(self, seconds):
        """Number of the gRPC status that comes within this time; None where none does."""
        self.read(b"grpc-status", seconds)
        found = re.search(rb"grpc-status.(\d+)", self.seen, re.DOTALL)
        return int(found[1]) if found else None

    def _take(self, seconds):
        """What came, frame by frame."""
        self.socket.settimeout(seconds)
        piece = self.socket.recv(1 << 16)
        self.socket.settimeout(self.timeout)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self._raw += piece
        while len(self._raw) >= 9 and len(self._raw) >= 9 + (size := int.from_bytes(self._raw[:3], "big")):
            kind, flags, stream, payload = self._raw[3], self._raw[4], int.from_bytes(self._raw[5:9], "big"), self._raw[9:9 + size]
            self._raw = self._raw[9 + size:]
            self.seen = (self.seen + payload)[-(1 << 20):]
            self._hear(kind, flags, stream, payload)

    def _hear(self, kind, flags, stream, payload):
        if kind == WINDOW_UPDATE and stream == 0:
            self._room += int.from_bytes(payload, "big")
        elif kind == WINDOW_UPDATE and stream in self._rooms:
            self._rooms[stream] += int.from_bytes(payload, "big")
        elif kind == SETTINGS and not flags & ACK:
            self._hears = True
            self.socket.sendall(frame(SETTINGS, ACK, 0))
            for at in range(0, len(payload), 6):
                name, value = struct.unpack_from(">HI", payload, at)
                self._initial = value if name == 4 else self._initial
        elif kind == PING and not flags & ACK:
            self.socket.sendall(frame(PING, ACK, 0, payload))
        elif kind == RST_STREAM and stream in self._rooms:
            raise ConnectionError("the server ended the stream")

    def close(self):
        self.socket.close()
