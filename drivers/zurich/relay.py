"""A process between the vendor's client and its data server, which cuts the line when the server hangs.

The client holds Python's interpreter lock while it waits for an answer, up to 20 s for each call: a data server
that accepts and never answers would hold up the whole process, and all that it has to switch off. So the client
talks to this relay, and the relay ends the connection, which the client hears at once.

The client sets nodes without waiting for an answer, and connects again by itself when its connection is cut: what
was on its way is lost then, and nothing tells so. So the relay ends with the first connection that is cut from the
server's side.

Run with the server's host and port; it prints the port that it listens on, and ends with its standard input, or by
itself when the server hangs or cuts a line. Standard library only, so that it starts at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["CUT", "HANGS", "Frames", "Relay", "Traffic"]

HELLO_BYTES = 256
CHUNK = 1 << 18

LOOK_S = 0.1
"""How often it is looked who waits."""
SUSPECT_S = 0.5
"""A question is open for so long, and nothing moves: another connection shows whether the server lives."""
HELLO_LIMIT_S = 2.5
"""A server that does not greet within so long hangs: it greets before anything is asked of it."""
ANSWER_LIMIT_S = 15.0
"""How long a server that lives may leave a question open. The client itself gives up after 20 s."""
CONNECT_LIMIT_S = 60.0
"""As `ANSWER_LIMIT_S`, while a device is being connected."""

HANGS, CUT = 3, 4
"""Exit codes of a relay: its server hangs; a connection was cut that has carried Cap'n Proto."""

CALL, RETURN, BOOTSTRAP = 2, 3, 8
"""Kinds of messages: tags of the union `Message` in Cap'n Proto's rpc.capnp."""


@dataclass(slots=True, eq=False)
class Frames:
    """Cap'n Proto messages in one direction of a stream, of which only the kinds are looked at.

    A message is a table of its segments' sizes in words of 8 bytes, then the segments. The first word of the first
    one points to the root, whose first 16 bits are the message's kind (Cap'n Proto, "Encoding Spec").
    """

    _head: bytes = b""
    _rest: int = 0
    """Bytes that are still to come of the message at hand."""

    def kinds(self, data: bytes) -> list[int]:
        """The kinds of those messages whose beginning is complete with these bytes; -1 for what has no kind."""
        found: list[int] = []
        data, self._head = self._head + data, b""
        while data:
            skipped = min(self._rest, len(data))
            self._rest -= skipped
            data = data[skipped:]
            begun = _beginning(data)
            if begun is None:
                self._head = data
                break
            self._rest, kind = begun
            found.append(kind)
        return found


def _beginning(data: bytes) -> tuple[int, int] | None:
    """(bytes of the whole message, its kind), None while too few bytes are there to tell."""
    if len(data) < 4:
        return None
    segments = int.from_bytes(data[:4], "little") + 1
    table = (4 + 4 * segments + 7) // 8 * 8
    if len(data) < table + 8:
        return None
    sizes = [int.from_bytes(data[4 + 4 * number : 8 + 4 * number], "little") for number in range(segments)]
    whole = table + 8 * sum(sizes)
    pointer = int.from_bytes(data[table : table + 4], "little", signed=True)
    # A pointer to a struct: two bits of kind, then the words between it and what it points to.
    root = table + 8 + 8 * (pointer >> 2)
    if pointer & 3 or not table < root < table + 8 * sizes[0]:
        return whole, -1
    if len(data) < root + 2:
        return None
    return whole, int.from_bytes(data[root : root + 2], "little")


@dataclass(slots=True, eq=False)
class Traffic:
    """What one client has asked, and whether it has been answered."""

    asked: int = 0
    """Questions that are open."""
    upgraded: bool = False
    """The client's HTTP request has been granted: from there on it is Cap'n Proto."""
    _moved: float = field(default_factory=time.monotonic)
    _greeting: int = HELLO_BYTES
    """Bytes that are still to come of the server's greeting."""
    _head: bytes = b""
    _questions: Frames = field(default_factory=Frames)
    _answers: Frames = field(default_factory=Frames)

    def sent(self, data: bytes) -> None:
        """Take note of what the client says."""
        self.moves()
        if self.upgraded:
            self.asked += sum(kind in {CALL, BOOTSTRAP} for kind in self._questions.kinds(data))
        else:
            self.asked = 1

    def received(self, data: bytes) -> None:
        """Take note of what the server says."""
        self.moves()
        greeted = min(self._greeting, len(data))
        self._greeting -= greeted
        data = data[greeted:]
        if not self.upgraded:
            self._head += data
            status, end, data = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            self.asked = 0
            self.upgraded = b" 101 " in status.partition(b"\r\n")[0]
        if self.upgraded:
            self.asked = max(self.asked - self._answers.kinds(data).count(RETURN), 0)

    def moves(self) -> None:
        """Something goes through, in either direction."""
        self._moved = time.monotonic()

    @property
    def waited_s(self) -> float:
        """For how long a question has been open while nothing moved; 0 without an open question."""
        return time.monotonic() - self._moved if self.asked else 0.0

    @property
    def limit_s(self) -> float:
        """The longest wait for a server that lives."""
        return ANSWER_LIMIT_S if self.upgraded else CONNECT_LIMIT_S


class Relay:
    """Passes clients' connections on to one server, until that hangs."""

    def __init__(self, host: str, port: int) -> None:
        """`host` and `port` are the server's."""
        self._host, self._port = host, port
        self._clients: set[Traffic] = set()

    async def serve(self) -> None:
        """Listen on loopback and print the port; ends the process when the server hangs."""
        async with await asyncio.start_server(self._client, "127.0.0.1", 0, limit=CHUNK) as listener:
            sys.stdout.write(f"{listener.sockets[0].getsockname()[1]}\n")
            sys.stdout.flush()
            await self._until_it_hangs()
            # The end of the process cuts all lines at once; an orderly end would wait for them.
            os._exit(HANGS)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client from its beginning to its end."""
        traffic = Traffic()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(HELLO_LIMIT_S):
                answers, questions = await asyncio.open_connection(self._host, self._port, limit=CHUNK)
            self._clients.add(traffic)
            ways = [
                asyncio.create_task(_pass(reader, questions, traffic, traffic.sent)),
                asyncio.create_task(_pass(answers, writer, traffic, traffic.received)),
            ]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if traffic.upgraded and not ways[0].done():
                # The client would connect again by itself, and nobody would hear of what was lost on the way.
                os._exit(CUT)
            for way in ways:
                way.cancel()
            questions.close()
        self._clients.discard(traffic)
        writer.close()

    async def _until_it_hangs(self) -> None:
        greeted = 0.0
        while True:
            await asyncio.sleep(LOOK_S)
            if any(traffic.waited_s > traffic.limit_s for traffic in self._clients):
                return
            waited = max((traffic.waited_s for traffic in self._clients), default=0.0)
            if waited > SUSPECT_S and time.monotonic() - greeted > SUSPECT_S:
                if not await self._greets():
                    return
                greeted = time.monotonic()

    async def _greets(self) -> bool:
        """Another connection is greeted, or refused: either way the server does not hang."""
        try:
            async with asyncio.timeout(HELLO_LIMIT_S):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                with contextlib.closing(writer):
                    await reader.read(HELLO_BYTES)
        except TimeoutError:
            return False
        except OSError:
            return True
        return True


async def _pass(
    source: asyncio.StreamReader,
    sink: asyncio.StreamWriter,
    traffic: Traffic,
    note: Callable[[bytes], None],
) -> None:
    """Pass everything on that comes, until it ends."""
    with contextlib.suppress(OSError):
        while data := await source.read(CHUNK):
            note(data)
            sink.write(data)
            await sink.drain()
            traffic.moves()


def _end_with_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    # Ctrl-C reaches every process of a terminal; the line is needed to switch outputs off then.
    for each in ("SIGINT", "SIGBREAK"):
        if hasattr(signal, each):
            signal.signal(getattr(signal, each), signal.SIG_IGN)
    threading.Thread(target=_end_with_input, daemon=True).start()
    asyncio.run(Relay(sys.argv[1], int(sys.argv[2])).serve())
