"""What a driver's constructor that failed leaves behind: half-made instruments and open sockets."""

from __future__ import annotations

import contextlib
import socket
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from drivers.contract import ConfigurationError

if TYPE_CHECKING:
    from qcodes.instrument import Instrument

__all__ = ["close_sockets", "half_made_instrument", "refuse_namesake", "sever_thread"]


def refuse_namesake(name: str) -> None:
    """Raise ConfigurationError when QCoDeS has an open instrument of that name already."""
    from qcodes.instrument import Instrument

    if Instrument.exist(name):
        raise ConfigurationError(
            "QCoDeS has an open instrument of that name",
            where=f"instrument {name}",
            fix="Close the rig or the instrument that has it, or give this one another name in station.yaml",
        )


def half_made_instrument(error: BaseException, name: str) -> Instrument | None:
    """The QCoDeS instrument that was being made when `error` was raised, if there is one.

    QCoDeS registers an instrument only after its constructor is through. Before that, it is found nowhere but in
    the frames of its exception, and until somebody closes it, its connection stays open.
    """
    from qcodes.instrument import Instrument

    for owner in _owners(error):
        if isinstance(owner, Instrument):
            return owner
    # Its constructor was through: a Station that sets parameters afterwards has raised.
    return Instrument.find_instrument(name) if Instrument.exist(name) else None


def close_sockets(error: BaseException) -> None:
    """Close the sockets of connections that were being opened when `error` was raised."""
    for found in _sockets(_owners(error)):
        found.close()


def sever_thread(ident: int) -> None:
    """Cut the sockets in whose methods the thread hangs, so that it ends.

    A constructor that hangs has not handed out its connection yet; the thread's own stack knows it.
    """
    frame = sys._current_frames().get(ident)  # noqa: SLF001 - documented by CPython for threads that hang
    owners = [under.f_locals.get("self") for under, _ in traceback.walk_stack(frame)] if frame else []
    for found in _sockets(owners):
        with contextlib.suppress(OSError):
            found.shutdown(socket.SHUT_RDWR)
        found.close()


def _sockets(owners: Iterable[object]) -> Iterator[socket.socket]:
    for owner in owners:
        for value in list(vars(owner).values()) if hasattr(owner, "__dict__") else []:
            if isinstance(value, socket.socket):
                yield value


def _owners(error: BaseException) -> Iterator[object]:
    """The `self` of every frame that `error` and its causes passed, outermost first."""
    link: BaseException | None = error
    while link is not None:
        for frame, _ in traceback.walk_tb(link.__traceback__):
            if "self" in frame.f_locals:
                yield frame.f_locals["self"]
        link = link.__cause__ or link.__context__
