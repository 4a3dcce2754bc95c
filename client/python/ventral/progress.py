"""One line of progress: rewritten in a notebook or on a terminal, sparse lines elsewhere."""

import shutil
import sys
import time
from typing import Any

_BAR = 24  # characters
_PLAIN_EVERY = 10.0  # seconds


class ProgressLine:
    """Use in a `with`: what stands on a terminal is wiped at the end."""

    def __init__(self, show: bool = True) -> None:
        self._show = show
        self._notebook = _notebook_display() if show else None
        self._terminal = show and self._notebook is None and sys.stderr.isatty()
        self._shown = False
        self._phase: str | None = None
        self._last = 0.0

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, phase: str, text: str, done: int = 0, total: int = 0) -> None:
        """`text` behind a bar where `total` is known; without a terminal once a phase, and every ten seconds."""
        if not self._show:
            return
        line = _printable(f"{bar(done, total)}{text}")
        if self._notebook is not None:
            self._notebook.update({"text/plain": line}, raw=True)
        elif self._terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\x1b[K{line[:width]}", end="", file=sys.stderr, flush=True)
            self._shown = True
        elif phase != self._phase or time.monotonic() - self._last > _PLAIN_EVERY:
            print(f"  {line}", file=sys.stderr, flush=True)
            self._last = time.monotonic()
        self._phase = phase

    def note(self, text: str) -> None:
        """A line that stays."""
        if self._show:
            self.clear()
            print(f"  {_printable(text)}", file=sys.stderr, flush=True)

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
        self._shown = False


def bar(done: int, total: int) -> str:
    """"[######..................] ", or "" where `total` is not known."""
    if total <= 0:
        return ""
    full = max(0, min(_BAR, _BAR * done // total))
    return f"[{'#' * full}{'.' * (_BAR - full)}] "


def _printable(text: str) -> str:
    """A server's words cannot command the terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _notebook_display() -> Any:
    """A handle whose text can be replaced, in a Jupyter notebook; else None. IPython is there only if it runs us."""
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display
    return display({"text/plain": ""}, raw=True, display_id=True)
