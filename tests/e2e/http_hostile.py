"""What clients over HTTP send that no client should, byte by byte: for http_test.py."""

import gzip
import select
import socket
import time

from quickstart_test import expect

MODELS = "/ventral.v1.ModelService"
LARGEST = 8 << 20  # bytes of a body
DRAIN_SECONDS = 5


def status_line(answer):
    return answer.split(b"\r\n")[0]


def check_metadata(address):
    """Bytes that gRPC ends a process over, as they are and as httplib decodes them: each is refused before it comes to gRPC."""
    for value in ("Bearer \xe9".encode("latin-1"), "Bearer é".encode(), b"Bearer %01", b"Bearer %0a", b"Bearer %c3%a9", b"%7f", b"Bearer a\tb", b"%00"):
        answer = raw(address, f"POST {MODELS}/ListModels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
                     + b"Authorization: " + value + b"\r\nContent-Length: 2\r\n\r\n{}")
        expect(b" 401 " in status_line(answer) and b'"unauthenticated"' in answer, f"Authorization: {value!r} is refused", answer[:300])
    answer = raw(address, f"POST {MODELS}/ListModels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nREMOTE_ADDR: %01\r\n".encode()
                 + b"X-Forwarded-For: %01%ff\r\nContent-Length: 2\r\n\r\n{}")
    expect(b" 401 " in status_line(answer), "headers that say where a call comes from count for nothing", answer[:300])


def check_unhandled(address):
    """Requests that no handler takes: httplib alone would read and unpack all of their bodies."""
    bomb = gzip.compress(b" " * (256 << 20))
    for method in ("PUT", "PATCH", "DELETE", "PRI", "TRACE", "CONNECT"):
        sent, answer = endless(address, f"{method} /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode(),
                               b"10000\r\n" + b"a" * 65536 + b"\r\n")
        expect(b" 405 " in status_line(answer) and b"Allow: GET, HEAD, POST, OPTIONS" in answer, f"{method} with an endless body", answer[:300])
        expect(sent < 4 * LARGEST, f"{method}: what is sent is not read for ever", sent)
        answer = raw(address, f"{method} /x HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode() + bomb)
        expect(b" 405 " in status_line(answer), f"{method} with a bomb", answer[:300])
    for path in ("/%0a", "/%00", "/a%0db", f"{MODELS}/ListModels%0A", "/%7f"):
        answer = raw(address, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode() + bomb)
        expect(b" 400 " in status_line(answer), f"POST {path}", answer[:300])


def check_endless(address):
    """Lines that never end, and a head that takes for ever: each ends in bytes, or in time."""
    chunked = f"POST {MODELS}/ListModels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    for what, head, piece in (("request line", b"GET /", b"a" * 65536), ("header", b"GET / HTTP/1.1\r\nX-A: ", b"a" * 65536),
                              ("list of headers", b"GET / HTTP/1.1\r\n", b"X-Some: thing\r\n" * 4096), ("chunk's size", chunked, b"0" * 65536),
                              ("row of small chunks", chunked, b"1\r\n \r\n" * 8192)):
        sent, answer = endless(address, head, piece)
        expect(sent < 5 * LARGEST, f"an endless {what} is not read for ever", sent)
        expect(not answer or status_line(answer).split(b" ")[1] in (b"400", b"413", b"414"), f"an endless {what}", answer[:300])
    drip(address, b"GET /healthz HTTP/1.1\r\n", b"X")


def drip(address, head, piece, seconds=120):
    """A byte now and then, until the server ends it."""
    host, port = address.rsplit(":", 1)
    end = time.monotonic() + seconds
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(head)
        while not select.select([connection], [], [], 0.2)[0]:
            expect(time.monotonic() < end, "a head that drips is ended", f"not in {seconds} s")
            connection.sendall(piece)


def endless(address, head, piece, most=64 << 20, seconds=60):
    """Sends `piece` again and again until the server takes no more of it; bytes sent, and what came back."""
    host, port = address.rsplit(":", 1)
    sent, answer, end = 0, b"", time.monotonic() + seconds
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        try:
            connection.sendall(head)
            while sent < most and time.monotonic() < end and not select.select([connection], [], [], 0)[0]:
                connection.sendall(piece)
                sent += len(piece)
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:
            pass
    return sent, answer


def raw(address, request):
    """What comes back to these bytes, until the server closes."""
    host, port = address.rsplit(":", 1)
    answer = b""
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        try:
            connection.sendall(request)
        except ConnectionError:
            pass  # it reads no more; what it said is there
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except ConnectionError:
            pass
    return answer


def check_stop(server, address):
    """Clients whose requests never end do not hold the server when it is told to stop."""
    host, port = address.rsplit(":", 1)
    slow = f"POST {MODELS}/ListModels HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n".encode()
    lines = [socket.create_connection((host, int(port)), timeout=30) for _ in range(8)]
    for line in lines:
        line.sendall(slow)
    time.sleep(1)
    begun = time.monotonic()
    server.terminate()
    while server.poll() is None and time.monotonic() < begun + 100:
        for line in lines:
            try:
                line.sendall(b" ")
            except OSError:
                pass
        time.sleep(0.2)
    # One body may take 120 s by itself.
    expect(server.poll() == 0 and time.monotonic() - begun < DRAIN_SECONDS + 60, "the server ends beside slow requests",
           f"{server.poll()} after {time.monotonic() - begun:.0f} s")
    for line in lines:
        line.close()
