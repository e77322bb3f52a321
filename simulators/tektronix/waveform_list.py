"""`WLISt`: the waveform list."""

from __future__ import annotations

import numpy as np

from simulators.scpi import Argument, Call, CommandTree, ScpiError, encode_block
from simulators.tektronix.library import Library
from simulators.tektronix.profile import Profile
from simulators.tektronix.waveform import Waveform

__all__ = ["WaveformListCommands"]

BYTES_PER_SAMPLE = 4


class WaveformListCommands:
    """The commands that list, tell, read back, write and delete waveforms."""

    def __init__(self, library: Library, profile: Profile, tree: CommandTree) -> None:
        self._library = library
        self._profile = profile
        tree.add("WLISt:LIST", on_query=lambda _: '"' + ",".join(library.waveforms) + '"')
        tree.add("WLISt:SIZE", on_query=lambda _: str(len(library.waveforms)))
        tree.add("WLISt:NAME", on_query=self._name)
        tree.add("WLISt:WAVeform:LENGth", on_query=lambda call: str(self._asked(call).length))
        tree.add("WLISt:WAVeform:LMINimum", on_query=lambda _: str(profile.min_samples))
        tree.add("WLISt:WAVeform:LMAXimum", on_query=lambda _: str(profile.max_samples))
        tree.add("WLISt:WAVeform:GRANularity", on_query=lambda _: str(profile.granularity))
        tree.add("WLISt:WAVeform:TYPE", on_query=self._type)
        tree.add("WLISt:WAVeform:DELete", on_set=self._delete)
        tree.add("WLISt:WAVeform:NEW", on_set=self._new)
        tree.add("WLISt:WAVeform:DATA", on_set=self._write, on_query=self._read)
        tree.add("WLISt:WAVeform:MARKer:DATA", on_query=self._read_markers)

    def _asked(self, call: Call) -> Waveform:
        """The waveform that a query with one argument names."""
        return self._library.waveform(call.take(1)[0].text())

    def _name(self, call: Call) -> str:
        names = list(self._library.waveforms)
        number = call.take(1)[0].integer(1, len(names))
        return f'"{names[number - 1]}"'

    def _type(self, call: Call) -> str:
        self._asked(call)  # all waveforms are real, none are I/Q pairs
        return "REAL"

    def _delete(self, call: Call) -> None:
        (argument,) = call.take(1)
        if argument.text().upper() == "ALL":
            self._library.delete_waveforms(*self._library.waveforms)
            return
        self._library.waveform(argument.text())
        self._library.delete_waveforms(argument.text())

    def _new(self, call: Call) -> None:
        arguments = call.take(2, 3)
        length = arguments[1].integer(self._profile.min_samples, self._profile.max_samples)
        if length > self._profile.memory_samples - sum(w.length for w in self._library.waveforms.values()):
            raise ScpiError(-225, f"{length} samples")
        self._library.add_waveform(arguments[0].text(), np.zeros(length, np.float32), None)

    def _write(self, call: Call) -> None:
        """`WLISt:WAVeform:DATA name[,start[,size]],block`: float32 samples into a waveform that exists."""
        arguments = call.take(2, 4)
        name, block = arguments[0].text(), arguments[-1].block()
        waveform = self._library.waveform(name)
        start, size = _window(arguments[1:-1], waveform.length)
        if len(block) % BYTES_PER_SAMPLE or len(block) // BYTES_PER_SAMPLE > size:
            raise ScpiError(-161, f"{len(block)} bytes for {size} samples")
        new = np.frombuffer(block, "<f4")
        if not np.all(np.isfinite(new)):
            raise ScpiError(-161, "samples that are no finite numbers")
        samples = waveform.samples.values.copy()
        samples[start : start + new.size] = new
        markers = None if waveform.markers is None else waveform.markers.values
        self._library.add_waveform(name, samples, markers)

    def _read(self, call: Call) -> bytes:
        arguments = call.take(1, 3)
        waveform = self._library.waveform(arguments[0].text())
        start, size = _window(arguments[1:], waveform.length)
        return encode_block(waveform.samples.values[start : start + size].astype("<f4").tobytes())

    def _read_markers(self, call: Call) -> bytes:
        arguments = call.take(1, 3)
        waveform = self._library.waveform(arguments[0].text())
        start, size = _window(arguments[1:], waveform.length)
        markers = np.zeros(waveform.length, np.uint8) if waveform.markers is None else waveform.markers.values
        return encode_block(markers[start : start + size].tobytes())


def _window(arguments: tuple[Argument, ...], length: int) -> tuple[int, int]:
    """The start index and size that optional arguments name; the whole rest by default."""
    start = arguments[0].integer(0, length) if arguments else 0
    size = arguments[1].integer(0, length - start) if len(arguments) > 1 else length - start
    return start, size
