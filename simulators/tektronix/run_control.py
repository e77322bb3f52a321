"""What is assigned to the channels, running and stopping: `SOURce:CASSet`, `AWGControl`, `TRIGger`."""

from __future__ import annotations

from collections.abc import Callable

from simulators.scpi import Call, CommandTree, ScpiError, Settings
from simulators.tektronix.course import Course, Stage
from simulators.tektronix.library import Library, LoadFaults
from simulators.tektronix.play_list import Assignment, Entry, PlayList, make_play_list
from simulators.tektronix.player import Player
from simulators.tektronix.profile import Profile

__all__ = ["RunControl"]

_TRIGGERS = {"ATRigger": "TrigA", "BTRigger": "TrigB", "INTernal": "Internal"}
_SOURCE = "SOURce{1-8}"

Overlap = Callable[[float, Callable[[], None]], None]


class RunControl:
    """Assigns assets to channels and plays them."""

    def __init__(
        self, library: Library, settings: Settings, profile: Profile, player: Player, tree: CommandTree
    ) -> None:
        self._library = library
        self._settings = settings
        self._profile = profile
        self.player = player
        self._assignments: dict[int, Assignment] = {}
        self.play_list: PlayList | None = None
        """What is played, while started."""
        library.watchers.append(self._follow_library)
        tree.add(f"{_SOURCE}:CASSet", on_query=self._asset)
        tree.add(f"{_SOURCE}:CASSet:TYPE", on_query=self._asset_type)
        tree.add(f"{_SOURCE}:CASSet:WAVeform", on_set=self._assign_waveform)
        tree.add(f"{_SOURCE}:CASSet:SEQuence", on_set=self._assign_track)
        tree.add(f"{_SOURCE}:CASSet:CLEar", on_set=lambda call: self._clear(call.suffixes[0]))
        tree.add(f"{_SOURCE}:JUMP:FORCe", on_set=self._jump)
        tree.add("TRIGger[:SEQuence][:IMMediate]", on_set=self._trigger)
        for header in ("AWGControl:RSTate", "AWGControl:RSTATe"):  # manuals disagree about the short form
            tree.add(header, on_query=lambda _: str(int(player.state)))
        tree.add("AWGControl:STOP[:IMMediate]", on_set=lambda _: self.stop())

    def add_run(self, tree: CommandTree, overlap: Overlap, faults: LoadFaults) -> None:
        """Add the command that starts; it overlaps."""
        tree.add("AWGControl:RUN[:IMMediate]", on_set=lambda _: overlap(faults.run_s, self._run))

    def reset(self) -> None:
        """Stop, and take every asset from its channel."""
        self.stop()
        self._assignments.clear()

    def stop(self) -> None:
        """Stop playing."""
        self.player.stop()
        self.play_list = None

    def _follow_library(self) -> None:
        """Take from the channels what has been deleted, and stop when what is being played was replaced."""
        for channel, asset in list(self._assignments.items()):
            known = self._library.waveforms if asset.track is None else self._library.sequences
            if asset.name not in known:
                self._clear(channel)
        playing = {} if self.play_list is None else self.play_list.sequences
        if any(self._library.sequences.get(name) is not sequence for name, sequence in playing.items()):
            self.stop()

    def _run(self) -> None:
        self.play_list = None
        if self._settings.text("mode") == "FGEN":
            self.player.start(Course((Stage(0),), (Entry({}, repeat=None),)), (0.0,))
            return
        self.play_list = make_play_list(self._assignments, self._library, self._profile)
        rate = self._settings.number("sample rate")
        entries = self.play_list.entries
        self.player.start(Course(self.play_list.stages, entries), [self.length(entry) / rate for entry in entries])

    def length(self, entry: Entry) -> int:
        """Samples of one repetition of an entry; 0 when nothing of it is left."""
        known = self._library.waveforms
        return max((known[name].length for name in entry.waveforms.values() if name in known), default=0)

    def _asset(self, call: Call) -> str:
        call.take(0)
        asset = self._assignments.get(call.suffixes[0])
        if asset is None:
            return '""'
        return f'"{asset.name}"' if asset.track is None else f'"{asset.name},{asset.track}"'

    def _asset_type(self, call: Call) -> str:
        asset = self._assignments.get(call.suffixes[0])
        if asset is None:
            return "NONE"
        return "WAV" if asset.track is None else "SEQ"

    def _assign_waveform(self, call: Call) -> None:
        name = call.take(1)[0].text()
        self._library.waveform(name)
        self._assign(call.suffixes[0], Assignment(name))

    def _assign_track(self, call: Call) -> None:
        name, track = call.take(2)
        sequence = self._library.sequence(name.text())
        self._assign(call.suffixes[0], Assignment(sequence.name, track.integer(1, sequence.tracks)))

    def _assign(self, channel: int, assignment: Assignment) -> None:
        if self._assignments.get(channel) != assignment:
            self._assignments[channel] = assignment
            self.stop()

    def _clear(self, channel: int) -> None:
        if self._assignments.pop(channel, None) is not None:
            self.stop()

    def _jump(self, call: Call) -> None:
        number = call.take(1)[0].integer(1, self._profile.max_steps)
        if not self.player.jump(number - 1):
            raise ScpiError(-221, f"no step {number} is being played")

    def _trigger(self, call: Call) -> None:
        arguments = call.take(0, 1)
        name = arguments[0].keyword(*_TRIGGERS) if arguments else "ATRigger"
        if not self.player.trigger(_TRIGGERS[name]):
            raise ScpiError(-211, name)
