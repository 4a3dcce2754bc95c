"""A TCP link between two programs that can be cut, held still, slowed, and half closed while it is in use.

All links live in one thread of their own; every method may be called from any other.
"""

import asyncio
import threading

PIECE = 1 << 16


class Links:
    """The thread that carries all links."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(timeout=30)

    def to_port(self, name, port):
        """A link to 127.0.0.1:`port`, which may change; its own address is `address`."""
        link = Link(name, self.loop, lambda: asyncio.open_connection("127.0.0.1", link.port))
        link.port = port
        server = self.run(asyncio.start_server(link.carry, "127.0.0.1", 0, limit=PIECE))
        link.address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
        return link

    def to_socket(self, name, folder, target):
        """A link from a socket that PostgreSQL's clients find in `folder` to the one at `target`."""
        folder.mkdir(mode=0o700)
        link = Link(name, self.loop, lambda: asyncio.open_unix_connection(target))
        self.run(asyncio.start_unix_server(link.carry, folder / target.name, limit=PIECE))
        link.address = str(folder)
        return link

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout=30)


class Link:
    def __init__(self, name, loop, connect):
        self.name, self._loop, self._connect = name, loop, connect
        self._pairs = set()            # writers of the connections that are open
        self._moves = asyncio.Event()  # cleared: nothing gets through
        self._moves.set()
        self.delay, self.rate, self.is_cut = 0.0, None, False
        self.carried, self._most = 0, None  # bytes of the callers

    # What a fault does.

    def cut(self):
        """Breaks all connections, as a reset; new ones break at once until heal()."""
        self.is_cut = True
        self._later(self._abort)

    def hold(self):
        """Connections stay and nothing gets through, in neither direction."""
        self._later(self._moves.clear)

    def hold_behind(self, carried):
        """As hold(), as soon as so many bytes of the callers were carried."""
        self._most = carried

    def slow(self, seconds, bytes_a_second):
        """Each piece is late, and no more than so many bytes get through."""
        self.delay, self.rate = seconds, bytes_a_second

    def half_close(self):
        """The end that called is told that no more comes; what it says itself still gets through."""
        self._later(self._end_answers)

    def heal(self):
        self.is_cut, self.delay, self.rate, self._most = False, 0.0, None, None
        self._later(self._moves.set)

    @property
    def is_held(self):
        return not self._moves.is_set()

    @property
    def open_connections(self):
        return len(self._pairs)

    # In the loop's thread.

    def _later(self, call):
        self._loop.call_soon_threadsafe(call)

    def _abort(self):
        for caller, called in list(self._pairs):
            caller.transport.abort()
            called.transport.abort()

    def _end_answers(self):
        for caller, _ in list(self._pairs):
            if caller.can_write_eof() and not caller.is_closing():
                caller.write_eof()

    async def carry(self, reader, writer):
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            from_called, to_called = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, to_called)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._pump(reader, to_called, count=True), self._pump(from_called, writer))
        finally:
            self._pairs.discard(pair)
            for end in pair:
                end.transport.abort() if self.is_cut else end.close()

    async def _pump(self, reader, writer, count=False):
        try:
            while piece := await reader.read(PIECE if self.rate is None else max(1, int(self.rate / 20))):
                self.carried += len(piece) if count else 0
                if self._most is not None and self.carried >= self._most:
                    self._moves.clear()
                await self._moves.wait()
                if self.delay or self.rate:
                    await asyncio.sleep(self.delay + (len(piece) / self.rate if self.rate else 0))
                writer.write(piece)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except (OSError, RuntimeError):  # a connection that broke, or was half closed by a fault
            writer.transport.abort()
