"""`SLISt`: the sequence list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from simulators.scpi import Call, CommandTree, ScpiError
from simulators.tektronix.library import Library
from simulators.tektronix.profile import Profile
from simulators.tektronix.sequence import Goto, Sequence, Step

__all__ = ["SequenceListCommands"]

_STEP = "SLISt:SEQuence:STEP{1-16384}"
_INPUT_NAMES = {None: "OFF", "TrigA": "ATR", "TrigB": "BTR", "Internal": "INT"}


class SequenceListCommands:
    """The commands that list, read back and delete sequences."""

    def __init__(self, library: Library, profile: Profile, tree: CommandTree) -> None:
        self._library = library
        tree.add("SLISt:SIZE", on_query=lambda _: str(len(library.sequences)))
        tree.add("SLISt:NAME", on_query=self._name)
        tree.add("SLISt:SEQuence:LENGth", on_query=lambda call: str(len(self._asked(call).steps)))
        tree.add("SLISt:SEQuence:TRACk", on_query=lambda call: str(self._asked(call).tracks))
        tree.add("SLISt:SEQuence:TRACk:MAX", on_query=lambda _: str(profile.channels))
        tree.add("SLISt:SEQuence:STEP:MAX", on_query=lambda _: str(profile.max_steps))
        tree.add("SLISt:SEQuence:STEP:RCOunt:MAX", on_query=lambda _: str(profile.max_repeat))
        tree.add("SLISt:SEQuence:DELete", on_set=self._delete)
        self._add_step_queries(tree)

    def _add_step_queries(self, tree: CommandTree) -> None:
        def tell(header: str, text: Callable[[Step], str]) -> None:
            tree.add(f"{_STEP}:{header}", on_query=lambda call: text(self._step(call)[1]))

        tell("RCOunt", lambda step: "INF" if step.repeat is None else str(step.repeat))
        tell("GOTO", lambda step: _target(step.goto))
        tell("WINPut", lambda step: _INPUT_NAMES[step.wait])
        tell("EJINput", lambda step: _INPUT_NAMES[step.event_input])
        tell("TASSet:TYPE", lambda step: "SEQ" if step.is_sequence else "WAV")
        tree.add(_STEP + ":TASSet{1-8}", on_query=self._asset)
        tree.add(f"{_STEP}:EJUMp", on_set=self._set_event_jump, on_query=self._event_jump)

    def _asked(self, call: Call) -> Sequence:
        """The sequence that a query with one argument names."""
        return self._library.sequence(call.take(1)[0].text())

    def _step(self, call: Call, most: int = 1) -> tuple[Sequence, Step]:
        """The sequence named by the first argument, and its step of the number in the header."""
        sequence = self._library.sequence(call.take(1, most)[0].text())
        if call.suffixes[0] > len(sequence.steps):
            raise ScpiError(-114, f"{sequence.name} has {len(sequence.steps)} steps")
        return sequence, sequence.steps[call.suffixes[0] - 1]

    def _name(self, call: Call) -> str:
        names = list(self._library.sequences)
        number = call.take(1)[0].integer(1, len(names))
        return f'"{names[number - 1]}"'

    def _delete(self, call: Call) -> None:
        (argument,) = call.take(1)
        if argument.text().upper() == "ALL":
            self._library.delete_sequences(*self._library.sequences)
            return
        self._library.sequence(argument.text())
        self._library.delete_sequences(argument.text())

    def _asset(self, call: Call) -> str:
        _, step = self._step(call)
        if call.suffixes[1] > len(step.assets):
            raise ScpiError(-114, f"{len(step.assets)} tracks")
        return f'"{step.assets[call.suffixes[1] - 1]}"'

    def _event_jump(self, call: Call) -> str:
        return _target(self._step(call)[1].event_jump)

    def _set_event_jump(self, call: Call) -> None:
        sequence, step = self._step(call, most=2)
        argument = call.take(2)[1]
        target: Goto | int
        if argument.data[:1].isdigit():
            target = argument.integer(1, len(sequence.steps))
        else:
            target = Goto[argument.keyword("NEXT", "FIRST", "LAST", "END").upper()]
        steps = list(sequence.steps)
        steps[call.suffixes[0] - 1] = replace(step, event_jump=target)
        self._library.put_sequence(replace(sequence, steps=tuple(steps)))


def _target(target: Goto | int) -> str:
    return str(target) if isinstance(target, int) else target.name
