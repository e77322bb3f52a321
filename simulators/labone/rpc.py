"""The remote calls of a session, on top of the kernel. pycapnp publishes no types: its objects are Any here."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Sequence

import capnp  # type: ignore[import-untyped]  # no type information is published

from simulators.labone.decode import decode
from simulators.labone.encode import Preferences, fill_failure, fill_outcomes, fill_sample
from simulators.labone.faults import ServerFaults
from simulators.labone.kernel import Kernel
from simulators.labone.outcome import Code, Failure, NodeRefused, Outcome
from simulators.labone.paths import is_expression, normalise
from simulators.labone.schema import LIMIT_WORDS, SCHEMA, Builder, Reader
from simulators.labone.subscriptions import Subscriptions
from simulators.labone.version import SESSION

__all__ = ["Session", "event_loop", "serve"]

logger = logging.getLogger(__name__)

DIRECT = "direct"


def event_loop() -> contextlib.AbstractAsyncContextManager[None]:
    """Cap'n Proto's event loop on top of the running asyncio loop; a thread has at most one."""
    loop: contextlib.AbstractAsyncContextManager[None] = capnp.kj_loop()
    return loop


class Session(SCHEMA.Kernel.Server):  # type: ignore[misc]  # the class is made from the schema at run time
    """One connection's calls. Methods and arguments are those of session.capnp."""

    def __init__(self, kernel: Kernel, faults: ServerFaults, preferences: Preferences) -> None:
        self._preferences = preferences
        self._kernel = kernel
        self._faults = faults
        self._wanted = asyncio.Event()
        loop = asyncio.get_running_loop()

        def wake() -> None:
            loop.call_soon_threadsafe(self._wanted.set)

        self.subscriptions = Subscriptions(wake)
        self.closing = asyncio.Event()
        """Set when the client asks to be disconnected."""

    async def _delay(self) -> None:
        if self._faults.delay_s:
            await asyncio.sleep(self._faults.delay_s)

    async def revision(self, **_: Reader) -> str:
        """Version of the reflection interface."""
        return SESSION

    async def version(self, **_: Reader) -> str:
        """Version of the session protocol."""
        return SESSION

    async def list(self, expression: str, flags: int, **_: Reader) -> Sequence[str]:
        """Paths that an expression selects."""
        await self._delay()
        return self._kernel.list_nodes(expression, flags, self.subscriptions.paths)

    async def describe(self, expression: str, flags: int, **_: Reader) -> str:
        """What the nodes are that an expression selects, as JSON."""
        await self._delay()
        return self._kernel.list_json(expression, flags)

    async def get(self, expression: str, lookup: Reader, flags: int, _context: Builder, **_: Reader) -> None:
        """Values of nodes."""
        await self._delay()
        outcomes = self._kernel.get(expression, expand=str(lookup) != DIRECT, flags=flags)
        fill_outcomes(_context.results.init("outcomes", len(outcomes)), outcomes, self._preferences)

    async def set(self, expression: str, value: Reader, lookup: Reader, _context: Builder, **_: Reader) -> None:
        """Set nodes; answers with what they hold then."""
        await self._delay()
        outcomes: Sequence[Outcome]
        try:
            outcomes = self._kernel.set(expression, decode(value), expand=str(lookup) != DIRECT)
        except NodeRefused as refused:
            outcomes = [Failure(f"{expression}: {refused}", refused.code)]
        fill_outcomes(_context.results.init("outcomes", len(outcomes)), outcomes, self._preferences)

    async def subscribe(self, subscription: Reader, _context: Builder, **_: Reader) -> None:
        """Send the values of nodes to a listener from now on."""
        await self._delay()
        outcome = _context.results.init("outcome")
        path = normalise(subscription.path)
        paths = self._kernel.expand(path)
        if not paths:
            fill_failure(outcome.init("failed"), Failure(f"{path} does not exist", Code.NOT_FOUND))
            return
        for each in paths:
            self.subscriptions.add(each, bytes(subscription.subscriber), subscription.listener)
        outcome.init("ok")

    async def unsubscribe(self, subscriber: bytes, paths: Reader, **_: Reader) -> None:
        """End subscriptions; there need be none."""
        await self._delay()
        for path in paths:
            expanded = self._kernel.expand(path) if is_expression(path) else [normalise(path)]
            self.subscriptions.remove(expanded, bytes(subscriber))

    async def disconnect(self, **_: Reader) -> None:
        """Tear the connection down without an answer, as a data server does and clients expect."""
        self.closing.set()
        await asyncio.Event().wait()

    async def cancel(self, **_: Reader) -> None:
        """Nothing that is under way takes so long that it could be cancelled."""

    async def stream(self) -> None:
        """Send what listeners subscribed to, for ever; each batch waits until the client has taken the last."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            for listener, samples in self.subscriptions.take().items():
                request = listener.accept_request()
                for builder, sample in zip(request.init("values", len(samples)), samples, strict=True):
                    fill_sample(builder, sample, self._preferences)
                try:
                    await request.send()
                except capnp.KjException as error:
                    logger.debug("a subscriber has gone: %s", error)
                    self.subscriptions.drop(listener)


async def serve(connection: socket.socket, session: Session) -> None:
    """Answer one connection's calls until it ends or the client asks to be disconnected; then close it."""
    stream = await capnp.AsyncIoStream.create_connection(sock=connection)
    server = capnp.TwoPartyServer(stream, bootstrap=session, traversal_limit_in_words=LIMIT_WORDS)
    ends = [
        asyncio.ensure_future(each) for each in (server.on_disconnect(), session.closing.wait(), session.stream())
    ]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        server.close()
        stream.close()
