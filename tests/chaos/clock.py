"""A program's own clock, which can jump while it runs: libfaketime (Debian: faketime), loaded into that program alone.

The wall clock jumps; the monotonic one, by which gRPC counts its deadlines, goes on, as after a step of a real clock.
"""

import os
import pathlib

LIBRARY = "faketime/libfaketimeMT.so.1"


def library():
    """None where faketime is not installed."""
    found = sorted(pathlib.Path("/usr/lib").glob(f"*/{LIBRARY}"))
    return found[0] if found else None


class Clock:
    def __init__(self, file):
        self._file = file
        self.is_real = library() is not None
        self.environment = {}
        if self.is_real:
            self.jump(0)
            self.environment = {"LD_PRELOAD": str(library()), "FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_CACHE_DURATION": "1",
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    def jump(self, seconds):
        """So far from the true time, within a second from now."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}s\n")
        os.replace(new, self._file)
