"""Random programs with open parameters for hypothesis, and sweeps of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from runtime.lowering import Sweep
from runtime.pulse import (
    Acquire,
    AcquireChannel,
    Constant,
    Delay,
    Drag,
    Gaussian,
    GaussianSquare,
    MemorySlot,
    Parameter,
    Play,
    ScheduleBlock,
    SetFrequency,
    SetPhase,
    ShiftFrequency,
    ShiftPhase,
)
from runtime.pulse.instructions import Instruction
from runtime.pulse.library import Pulse
from runtime.pulse.parameters import ParameterValue
from runtime.pulse.transforms import AlignLeft, AlignRight, AlignSequential
from tests.runtime.lowering.strategies import CARRIERS

CHANNELS = sorted(CARRIERS, key=repr)
LENGTHS, NUMBERS = st.integers(1, 24), st.floats(-0.2, 0.2, allow_subnormal=False)


@dataclass
class Places:
    """Where the parameters of a program stand: each is a length, or a number that is small enough anywhere."""

    draw: st.DrawFn
    lengths: list[Parameter] = field(default_factory=lambda: [Parameter("w0"), Parameter("w1")])
    numbers: list[Parameter] = field(default_factory=lambda: [Parameter(f"x{k}") for k in range(3)])

    def length(self) -> ParameterValue:
        """A number of samples, or an expression that becomes one."""
        kind, known = self.draw(st.integers(0, 5)), self.draw(LENGTHS)
        if kind > 2:
            return known
        length = self.draw(st.sampled_from(self.lengths))
        return (length, 2 * length + known, self.lengths[0] + self.lengths[1])[kind]

    def number(self, scale: float = 1.0) -> ParameterValue:
        """A real number, or an expression."""
        kind, known = self.draw(st.integers(0, 9)), self.draw(NUMBERS)
        if kind > 6:
            return known * scale
        one, other = self.draw(st.sampled_from(self.numbers)), self.draw(st.sampled_from(self.numbers))
        length = self.draw(st.sampled_from(self.lengths))
        product, sine = one * other - known, (one + 1.3).sin() / 5
        values = (one, one, one * 0.7 + known, product, sine, length * one / 60, -one / 3)
        return values[kind] * scale if scale != 1.0 else values[kind]

    def pulse(self) -> Pulse:
        """A pulse with any of its parameters open."""
        kind, duration = self.draw(st.integers(0, 3)), self.length()
        if kind == 0:
            return Gaussian(duration, self.number(), 4 + self.number(), self.number(5))
        if kind == 1:
            return Drag(duration, self.number(), 4 + self.number(), self.number(), name="drag")
        if kind == 2:
            return GaussianSquare(duration, self.number(), 3.5, width=0.5 + self.number(), limit_amplitude=False)
        return Constant(duration, self.number(), self.number(3))

    def instruction(self) -> Instruction:
        """Anything that may stand on a channel."""
        channel = self.draw(st.sampled_from(CHANNELS))
        makers = (
            lambda: Play(self.pulse(), channel),
            lambda: Play(self.pulse(), channel),
            lambda: Delay(self.length(), channel),
            lambda: ShiftPhase(self.number(20), channel),
            lambda: SetPhase(self.number(20), channel),
            lambda: ShiftFrequency(self.number(1e8), channel),
            lambda: SetFrequency(CARRIERS[channel] + self.number(1e8), channel),
            lambda: Acquire(self.length(), AcquireChannel(0), MemorySlot(self.draw(st.integers(0, 3)))),
        )
        return self.draw(st.sampled_from(makers))()

    def block(self, depth: int) -> ScheduleBlock:
        """Instructions and blocks under some alignment."""
        context = self.draw(st.sampled_from([AlignLeft(), AlignRight(), AlignSequential()]))
        block = ScheduleBlock("swept", alignment_context=context)
        for _ in range(self.draw(st.integers(1, 5))):
            nested = depth and self.draw(st.integers(0, 3)) == 0
            block.append(self.block(depth - 1) if nested else self.instruction())
        return block


@st.composite
def sweeps(draw: st.DrawFn) -> Sweep:
    """A random program, all of its parameters swept, zipped in places and crossed in others."""
    places = Places(draw)
    program = places.block(2)
    program += Play(Constant(8, places.numbers[0]), CHANNELS[0])
    open_parameters = sorted(program.parameters, key=lambda parameter: parameter.name)
    axes: list[dict[Parameter, list[float]]] = []
    for parameter in open_parameters:
        values = LENGTHS if parameter in places.lengths else st.one_of(NUMBERS, st.just(0.0), st.just(0.1))
        if axes and (len(axes) == 2 or draw(st.booleans())):
            axis = draw(st.sampled_from(axes))
            size = len(next(iter(axis.values())))
        else:
            axes.append(axis := {})
            size = draw(st.integers(1, 4))
        axis[parameter] = draw(st.lists(values, min_size=size, max_size=size))
    return Sweep(program, *axes)
