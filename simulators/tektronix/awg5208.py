"""The Tektronix AWG5208: eight channels of 16 bits at 2.5 GS/s, with a sequencer."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import PureWindowsPath

from simulators.scpi import Call, Identity, ScpiError, ScpiInstrument, Settings, format_scientific
from simulators.tektronix.data_file import BadFile
from simulators.tektronix.library import Library, LoadFaults
from simulators.tektronix.marker_levels import MarkerLevels
from simulators.tektronix.mass_memory import MassMemory
from simulators.tektronix.output import Outputs
from simulators.tektronix.playback import Playback
from simulators.tektronix.player import Player
from simulators.tektronix.profile import AWG5208_PROFILE, Profile
from simulators.tektronix.run_control import RunControl
from simulators.tektronix.sequence_list import SequenceListCommands
from simulators.tektronix.seqx import read_seqx
from simulators.tektronix.settings import SETTINGS
from simulators.tektronix.waveform_list import WaveformListCommands
from simulators.tektronix.wfmx import read_wfmx

__all__ = ["AWG5208"]


class AWG5208(ScpiInstrument):
    """An AWG5208.

    Args:
        serial: serial number, the third field of `*IDN?`.
        profile: limits, for example a smaller memory.
        clock: the time that overlapped operations and the run state go by, seconds.

    Attributes:
        load_faults: what a test may break, besides `faults`.
    """

    def __init__(
        self,
        serial: str = "B020001",
        *,
        profile: Profile = AWG5208_PROFILE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(Identity("TEKTRONIX", "AWG5208", serial, "FV:7.0.0154.0"), clock=clock)
        self.load_faults = LoadFaults()
        self.profile = profile
        self.settings = Settings(SETTINGS, self.tree)
        self._markers = MarkerLevels(self.tree)
        self.library = Library(profile, self.load_faults)
        self._disk = MassMemory(profile, self.tree)
        WaveformListCommands(self.library, profile, self.tree)
        SequenceListCommands(self.library, profile, self.tree)
        self._control = RunControl(self.library, self.settings, profile, Player(clock), self.tree)
        self._control.add_run(self.tree, self.overlap, self.load_faults)
        self._outputs = Outputs(self.settings, self.library, self._control, profile)
        self.tree.add("FGEN[:CHANnel{1-8}]:PERiod", on_query=self._period)
        self.tree.add("MMEMory:OPEN[:SASSet]", on_set=self._open)
        self.tree.add("MMEMory:OPEN:SASSet:WAVeform", on_set=self._open)
        self.tree.add("MMEMory:OPEN:SASSet:SEQuence", on_set=self._open)

    def playback(self) -> Playback | None:
        """What the outputs play since they were started; None before, and after they were stopped.

        A play list that has come to its end by the clock, or waits, is given too: nothing plays in real time, and
        who reads the play list finds its end and its waits. A trigger or a jump gives a new one, whose
        `begin` is where playing went on.
        """
        self.operations.advance()
        return self._outputs.playback()

    def external_trigger(self, trigger_input: str) -> bool:
        """An edge at an input, `A` or `B`; False when nothing waits for it."""
        self.operations.advance()
        return self._control.player.trigger(f"Trig{trigger_input}")

    def ends(self, playback: Playback, left_s: float) -> None:
        """Who reads a playback says when it ends, seconds from now: nothing plays in real time till then."""
        self._control.player.ends(playback.started, left_s)

    def reset(self) -> None:
        """Stop, empty the lists, every setting to its default; files stay on the disk."""
        super().reset()
        self._control.reset()
        self.library.delete_sequences(*self.library.sequences)
        self.library.delete_waveforms(*self.library.waveforms)
        self.settings.reset()
        self._markers.reset()

    def _period(self, call: Call) -> str:
        """The function generator's period, seconds."""
        return format_scientific(1.0 / self.settings.number("fg frequency", call.suffixes[0]))

    def _open(self, call: Call) -> None:
        """Begin to load a file from the disk; it overlaps."""
        path = call.take(1)[0].text()
        name, content = self._disk.file(path)
        loaders = {".wfmx": self._load_waveform, ".seqx": self._load_bundle}
        suffix = PureWindowsPath(name).suffix.lower()
        if suffix not in loaders:
            raise ScpiError(-257, name)
        self.overlap(self.load_faults.load_s, lambda: loaders[suffix](name, content))

    def _load_waveform(self, name: str, content: bytes) -> None:
        """Load a WFMX file; the waveform has the file's name."""
        try:
            samples, markers = read_wfmx(content)
        except BadFile as error:
            raise ScpiError(-253, f"{name}: {error}") from None
        self.library.add_waveform(PureWindowsPath(name).stem, samples, markers)

    def _load_bundle(self, name: str, content: bytes) -> None:
        """Load all that a SEQX file holds."""
        try:
            bundle = read_seqx(content, self.profile)
        except BadFile as error:
            raise ScpiError(-253, f"{name}: {error}") from None
        self.library.add_bundle(bundle)
