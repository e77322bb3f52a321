"""Generators that begin together: one plays by its own clock, others wait for its marker.

All generators of a station play lists of equal lengths from one reference clock, so they stay together once they
have begun together. The marker rises with the first sample of a program; how much later the others begin is their
lines' `delay_s`, which a calibration finds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from drivers.contract import InstrumentProgram, MarkerPulse, Problem
from runtime.lowering.triggers import MARKER_WIDTH_S
from runtime.lowering.wiring import StartLine, Wiring

__all__ = ["start_problems", "started_together"]


def started_together(programs: Mapping[str, InstrumentProgram], wiring: Wiring) -> dict[str, InstrumentProgram]:
    """The programs, with the markers that start others, and the triggers that those wait for."""
    together = dict(programs)
    for line in wiring.starts:
        together[line.instrument] = _with_marker(together[line.instrument], line)
        together[line.started] = replace(together[line.started], trigger_input=line.trigger_input)
    return together


def _with_marker(program: InstrumentProgram, line: StartLine) -> InstrumentProgram:
    first = program.steps[0]
    width = max(1, math.ceil(MARKER_WIDTH_S * program.sample_rate_hz))
    pulse = MarkerPulse(line.port, line.marker, 0, min(width, max(1, first.length - 1)))
    return replace(program, steps=(replace(first, markers=(*first.markers, pulse)), *program.steps[1:]))


def start_problems(wiring: Wiring) -> Iterator[Problem]:
    """What contradicts itself in who starts whom."""
    pins: dict[str, set[int | None]] = {}
    for output in wiring.outputs:
        pins.setdefault(output.instrument, set()).update((output.i_port, output.q_port))
    started = [line.started for line in wiring.starts]
    taken = {(trigger.instrument, trigger.port, trigger.marker) for trigger in wiring.triggers}
    for line in wiring.starts:
        place = f"start of {line.started}"
        for name in (line.instrument, line.started):
            if name not in pins:
                yield Problem(
                    "start of or by an instrument that plays nothing", place, name, ", ".join(sorted(pins))
                )
        if line.instrument in started:
            fix = "Start all the others with one generator"
            yield Problem("started by a generator that waits itself", place, line.instrument, fix=fix)
        if started.count(line.started) > 1:
            yield Problem("started by two generators", place, allowed="one")
        if line.instrument in pins and line.port not in pins[line.instrument]:
            allowed = ", ".join(str(port) for port in sorted(filter(None, pins[line.instrument])))
            yield Problem("marker of a port that plays nothing", place, f"port {line.port}", allowed)
        if (line.instrument, line.port, line.marker) in taken:
            got = f"{line.instrument} port {line.port} marker {line.marker}"
            yield Problem("marker wired to a digitizer already", place, got, fix="Use another marker")
