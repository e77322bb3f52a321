"""The pulserig assets inside one generator: what it holds, what goes in, what goes out.

Drivers never look at the error queue and never read anything back; here both happen after every file. All of it
runs on the worker's thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from drivers.contract import UploadError
from drivers.tektronix.assets import PREFIX, RUN, ProgramAssets
from drivers.visa import drain_errors

if TYPE_CHECKING:
    from qcodes.instrument_drivers.tektronix import TektronixAWG5208

__all__ = ["AssetStore"]

FILE = "pulserig.seqx"
"""One file for all programs, so that the instrument's disk does not fill."""


class AssetStore:
    """Reads and changes the lists of waveforms and sequences of one instrument."""

    def __init__(self, driver: TektronixAWG5208, name: str, address: str) -> None:
        """`name` and `address` stand in errors."""
        self._driver = driver
        self._name = name
        self._address = address

    def held_waveforms(self, assets: ProgramAssets) -> frozenset[str]:
        """Those of the program's waveforms that are there, at their whole length."""
        listed = set(self._driver.waveformList)
        return frozenset(
            name
            for name, waveform in assets.waveforms.items()
            if name in listed and self._length(name) == waveform.samples.size
        )

    def held_sequences(self, assets: ProgramAssets) -> frozenset[str]:
        """Those of the program's sequences that are there as a whole."""
        listed = set(self._driver.sequenceList)
        return frozenset(name for name in assets.sequences if not self._missing_of_sequence(assets, name, listed))

    def holds(self, assets: ProgramAssets) -> bool:
        """The whole program is there, from an earlier upload."""
        return not self._missing(assets)

    def verify(self, assets: ProgramAssets) -> None:
        """Raise UploadError unless the error queue is empty and everything is there at its whole length."""
        if errors := drain_errors(self._driver):
            raise self._error("the instrument refused the program", "; ".join(errors), "an empty error queue")
        if missing := self._missing(assets):
            raise self._error(*missing[0])

    def clear_except(self, assets: ProgramAssets) -> None:
        """Remove our assets that this program does not use; those of other people stay."""
        driver = self._driver
        for channel in driver.channels:
            if PREFIX in channel.assigned_asset():
                channel.clear_asset()
        self._delete_sequences(name for name in driver.sequenceList if name not in assets.sequences)
        for name in driver.waveformList:
            if name.startswith(PREFIX) and name not in assets.waveforms:
                driver.write(f'WLISt:WAVeform:DELete "{name}"')
        drain_errors(driver)

    def discard(self, assets: ProgramAssets) -> None:
        """Remove the sequences of a program that did not arrive whole."""
        self._delete_sequences(name for name in self._driver.sequenceList if name in assets.sequences)
        drain_errors(self._driver)

    def begin_file(self) -> None:
        """Make room for a new file."""
        driver = self._driver
        driver.current_directory(driver.seqxFileFolder)
        driver.write(f'MMEMory:DELete "{FILE}"')
        drain_errors(driver)  # -256 where there was none

    def write_piece(self, start: int, piece: memoryview) -> None:
        """Write a piece of the file that begins at byte `start`.

        The driver's own sendSEQXFile sends the whole file as one message, which has neither progress nor an end
        before its last byte, and not more than 1e9 bytes. The optional start index is the instrument's own.
        """
        size = str(len(piece))
        index = f",{start}" if start else ""
        header = f'MMEMory:DATA "{FILE}"{index},#{len(size)}{size}'.encode("ascii")
        # On a raw socket nothing but the line feed ends a message.
        self._driver.visa_handle.write_raw(b"".join((header, piece, b"\n")))

    def load_file(self, size: int) -> None:
        """Open the file's sequences and waveforms; raises UploadError when the file is not whole."""
        arrived = int(self._driver.ask(f'MMEMory:DATA:SIZE? "{FILE}"'))
        if arrived != size:
            raise self._error("the file did not arrive whole", f"{arrived} bytes", f"{size} bytes")
        self._driver.loadSEQXFile(FILE)

    def assign(self, assets: ProgramAssets, ports: tuple[int, ...]) -> None:
        """Put each track of the main sequence on its port."""
        for track, port in enumerate(ports, 1):
            self._driver.channels[port - 1].setSequenceTrack(assets.main, track)
        if errors := drain_errors(self._driver):
            raise self._error("the sequence cannot be assigned", "; ".join(errors), "an empty error queue")

    def _delete_sequences(self, names: Iterable[str]) -> None:
        """Delete those of the sequences that are ours; what plays a subsequence goes before the subsequence."""
        ours = (name for name in names if name.startswith(PREFIX))
        for name in sorted(ours, key=lambda name: not name.startswith(RUN)):
            self._driver.delete_sequence_from_list(name)

    def _missing(self, assets: ProgramAssets) -> list[tuple[str, str, str]]:
        """What is not as it should be: (what, got, expected)."""
        listed = set(self._driver.sequenceList)
        found = [
            problem for name in assets.sequences for problem in self._missing_of_sequence(assets, name, listed)
        ]
        return found + self._missing_waveforms(assets)

    def _missing_of_sequence(
        self, assets: ProgramAssets, name: str, listed: set[str]
    ) -> list[tuple[str, str, str]]:
        if name not in listed:
            return [(f"sequence {name} is not in the instrument", "no such sequence", name)]
        ask, entries = self._driver.ask, assets.sequences[name]
        found = []
        steps = int(ask(f'SLISt:SEQuence:LENGth? "{name}"'))
        if steps != len(entries):
            return [(f"sequence {name} is not whole", f"{steps} steps", f"{len(entries)} steps")]
        tracks = int(ask(f'SLISt:SEQuence:TRACk? "{name}"'))
        if tracks != assets.tracks:
            found.append((f"sequence {name} is not whole", f"{tracks} tracks", f"{assets.tracks} tracks"))
        for number, entry in enumerate(entries, 1):
            # How many shots there are hangs on these few counts alone; of waveforms the lengths tell enough.
            if entry.is_sequence:
                repeat = ask(f'SLISt:SEQuence:STEP{number}:RCOunt? "{name}"').strip()
                if repeat != str(entry.repeat):
                    what = f"step {number} of sequence {name} is not repeated as often as it should be"
                    found.append((what, f"{repeat} times", f"{entry.repeat} times"))
        return found

    def _missing_waveforms(self, assets: ProgramAssets) -> list[tuple[str, str, str]]:
        listed = set(self._driver.waveformList)
        total = len(assets.waveforms)
        found = []
        for index, (name, waveform) in enumerate(assets.waveforms.items()):
            length = self._length(name) if name in listed else 0
            if length != waveform.samples.size:
                what = f"waveform {index} of {total} ({name}) is not whole"
                found.append((what, f"{length} samples", f"{waveform.samples.size} samples"))
        return found

    def _length(self, waveform: str) -> int:
        return int(self._driver.ask(f'WLISt:WAVeform:LENGth? "{waveform}"'))

    def _error(self, what: str, got: str, expected: str) -> UploadError:
        return UploadError(
            what,
            got=got,
            allowed=expected,
            fix="Run it again; if it stays, look at the instrument's free memory and its error log",
            instrument=self._name,
            address=self._address,
        )
