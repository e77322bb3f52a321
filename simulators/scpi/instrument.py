"""A SCPI instrument without a transport: messages in, replies out."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass

from simulators.scpi.errors import ErrorQueue, ScpiError
from simulators.scpi.operations import Operations
from simulators.scpi.parser import Unit, parse
from simulators.scpi.status import Event, StatusRegisters
from simulators.scpi.tree import AfterOperations, Call, CommandTree, Reply

__all__ = ["Execution", "Faults", "Identity", "ScpiInstrument"]

Execution = Generator[float, None, bytes]
"""A message being executed: yields pauses in seconds, returns the reply, empty for none."""

SILENCE_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Identity:
    """The four fields of `*IDN?`."""

    manufacturer: str
    model: str
    serial: str
    firmware: str

    def __str__(self) -> str:
        return f"{self.manufacturer},{self.model},{self.serial},{self.firmware}"


@dataclass(slots=True)
class Faults:
    """What a test may break in an instrument; nothing of it can be reached over SCPI."""

    silent: bool = False
    """It takes messages and neither executes nor answers them until this is False again."""
    identity: str | None = None
    """It answers `*IDN?` with this instead of its own."""
    opc_delay_s: float = 0.0
    """`*OPC?` answers this much later than it could."""


class ScpiInstrument:
    """The base of every model: common commands, error queue, status, overlapped operations.

    What a wrong message does follows real instruments: it leaves an error in the queue. A query that cannot be
    answered is not answered, because any text made up here could be taken for a value. Over VXI-11 the client
    hears of it at once, otherwise it times out; it finds -113 in the queue. After a command error the rest of the
    message is not executed, after an execution error it is.
    """

    def __init__(self, identity: Identity, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.identity = identity
        self.faults = Faults()
        self.tree = CommandTree()
        self.errors = ErrorQueue()
        self.status = StatusRegisters()
        self.operations = Operations(clock)
        self._complete_wanted = False
        self._add_common_commands()
        self._add_system_commands()

    def handle(self, message: bytes) -> bytes:
        """Execute one message and return its reply, which ends with a line feed; empty when there is none.

        Sleeps while overlapped operations are waited for; servers use `execute` instead.
        """
        execution = self.execute(message)
        while True:
            try:
                time.sleep(next(execution))
            except StopIteration as done:
                return bytes(done.value)

    def execute(self, message: bytes) -> Execution:
        """Execute one message step by step; see `Execution`. Closing the generator abandons the rest."""
        while self.faults.silent:
            yield SILENCE_POLL_S
        units, error = parse(message)
        replies: list[bytes] = []
        path: tuple[str, ...] = ()
        for unit in units:
            self._advance()
            reply = self._dispatch(unit, path)
            if isinstance(reply, AfterOperations):
                yield from self._pauses(unit)
                reply = reply.reply
            if isinstance(reply, ScpiError):
                self.report(reply)
                if reply.code > -200:
                    error = None
                    break
                continue
            if reply is not None:
                replies.append(reply if isinstance(reply, bytes) else reply.encode("latin-1", "replace"))
            if not unit.common:
                path = self._full_path(unit, path)[:-1]
        if error is not None:
            self.report(error)
        self._advance()
        return b";".join(replies) + b"\n" if replies else b""

    def report(self, error: ScpiError) -> None:
        """Put an error in the queue and its class in the event register."""
        self.errors.push(error.code, error.detail)
        self.status.note_error(error.code)

    def status_byte(self, *, message_available: bool = False) -> int:
        """The status byte of a serial poll."""
        self._advance()
        return self.status.byte(errors=len(self.errors) > 0, message_available=message_available)

    def device_clear(self) -> None:
        """What a device clear leaves of the instrument: settings and queue stay, `*OPC` is forgotten."""
        self._complete_wanted = False

    def trigger(self) -> None:
        """A trigger from the bus (`*TRG`); most instruments ignore it."""
        self.report(ScpiError(-211))

    def reset(self) -> None:
        """Back to the state after switching on (`*RST`); models add what they hold."""
        self.operations.abandon()
        self._complete_wanted = False

    def overlap(self, duration_s: float, effect: Callable[[], None]) -> None:
        """Begin an overlapped operation; what `effect` raises goes to the error queue."""

        def finish() -> None:
            try:
                effect()
            except ScpiError as error:
                self.report(error)

        self.operations.begin(duration_s, finish)

    def _advance(self) -> None:
        """Let operations end whose time has come, and note it for `*OPC`."""
        if not self.operations.pending and self._complete_wanted:
            self._complete_wanted = False
            self.status.events |= Event.OPERATION_COMPLETE

    def _pauses(self, unit: Unit) -> Generator[float, None, None]:
        """Wait for the overlapped operations, and for as long as a test wants `*OPC?` to be slow."""
        while (remaining := self.operations.remaining_s()) > 0.0:
            yield remaining
        if unit.mnemonics == ("*OPC",) and self.faults.opc_delay_s > 0.0:
            yield self.faults.opc_delay_s

    def _dispatch(self, unit: Unit, path: tuple[str, ...]) -> Reply | ScpiError:
        """Call the handler of one command; a refusal is returned, not raised, so that the rest can go on."""
        try:
            handler, suffixes = self.tree.find(self._full_path(unit, path), query=unit.query)
            return handler(Call(suffixes, unit.arguments))
        except ScpiError as error:
            return error

    @staticmethod
    def _full_path(unit: Unit, path: tuple[str, ...]) -> tuple[str, ...]:
        """The header of a command from the root on, with the path of the command before it."""
        return unit.mnemonics if unit.rooted or unit.common else path + unit.mnemonics

    def _add_common_commands(self) -> None:
        add, status = self.tree.add, self.status
        add("*IDN", on_query=lambda _: self.faults.identity or str(self.identity))
        add("*OPC", on_set=self._want_complete, on_query=lambda _: AfterOperations("1"))
        add("*WAI", on_set=lambda _: AfterOperations())
        add("*RST", on_set=lambda _: self.reset())
        add("*CLS", on_set=self._clear_status)
        add("*ESR", on_query=lambda _: str(status.read_events()))
        add("*STB", on_query=lambda _: str(self.status_byte()))
        add("*ESE", on_set=self._enable_events, on_query=lambda _: str(status.event_enable))
        add("*SRE", on_set=self._enable_service, on_query=lambda _: str(status.service_enable))
        add("*TST", on_query=lambda _: "0")
        add("*TRG", on_set=lambda _: self.trigger())
        add("*OPT", on_query=lambda _: "0")

    def _add_system_commands(self) -> None:
        self.tree.add("SYSTem:ERRor[:NEXT]", on_query=lambda _: self._next_error())
        self.tree.add("SYSTem:ERRor:ALL", on_query=lambda _: self._all_errors())
        self.tree.add("SYSTem:ERRor:COUNt", on_query=lambda _: str(len(self.errors)))
        self.tree.add("SYSTem:ERRor:CODE[:NEXT]", on_query=lambda _: str(self.errors.pop()[0]))
        self.tree.add("SYSTem:VERSion", on_query=lambda _: "1999.0")

    def _next_error(self) -> str:
        code, text = self.errors.pop()
        return f'{code},"{text}"'

    def _all_errors(self) -> str:
        return ",".join(self._next_error() for _ in range(max(1, len(self.errors))))

    def _want_complete(self, call: Call) -> None:
        call.take(0)
        self._complete_wanted = True

    def _clear_status(self, call: Call) -> None:
        call.take(0)
        self.errors.clear()
        self.status.read_events()
        self._complete_wanted = False

    def _enable_events(self, call: Call) -> None:
        self.status.event_enable = call.take(1)[0].integer(0, 255)

    def _enable_service(self, call: Call) -> None:
        # Bit 6 is the request itself and cannot be enabled.
        self.status.service_enable = call.take(1)[0].integer(0, 255) & ~64
