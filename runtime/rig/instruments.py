"""A station's instruments: opened through a QCoDeS Station, set up, made safe, closed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from drivers.contract import (
    Acquisition,
    AcquisitionLimits,
    Adapter,
    CombinedLimits,
    ConfigurationError,
    Identity,
    InstrumentError,
    LocalOscillator,
    Playback,
    PlaybackLimits,
    Problem,
    ProblemReport,
    PulserigError,
    SequencerLimits,
    Sequencing,
    WrongInstrument,
)
from runtime.rig.adapters import load_adapter
from runtime.rig.problems import problem_of

if TYPE_CHECKING:
    from qcodes.station import Station as QCoDeSStation

    from runtime.rig.station import Station

__all__ = ["Instruments", "import_qcodes"]

SAFE_LIMIT_S = 1.0
"""All outputs are off within a second, or the link is cut."""


@dataclass(slots=True)
class Instruments:
    """The adapters of one station, by name."""

    station: Station
    adapters: dict[str, Adapter] = field(default_factory=dict)
    identities: dict[str, Identity] = field(default_factory=dict)
    qcodes_station: QCoDeSStation | None = None

    async def open(self, addresses: Mapping[str, str]) -> None:
        """Connect to every instrument; raises ProblemReport with all that could not be opened.

        When it raises, or is cancelled, nothing stays open.
        """
        # Importing QCoDeS costs seconds of disk and processor: not on the event loop.
        self.qcodes_station = await asyncio.to_thread(_new_qcodes_station, str(self.station.station_file))
        failures: list[PulserigError] = []
        try:
            self.adapters = self._made(addresses)
            self._raise_if_unable()
            # One after another: a QCoDeS Station is not made for several threads at once.
            for name, adapter in self.adapters.items():
                try:
                    await self._open_one(name, adapter)
                except PulserigError as error:
                    failures.append(error)
            if not failures:
                await self._set_up()
        except BaseException:
            await self.close()
            raise
        if failures:
            await self.close()
            raise _report(self.station.name, failures)

    @property
    def generators(self) -> dict[str, Playback]:
        """The instruments that play waveforms."""
        return {name: adapter for name, adapter in self.adapters.items() if isinstance(adapter, Playback)}

    @property
    def sequencers(self) -> dict[str, Sequencing]:
        """The instruments that play stored envelopes by a sequencer program."""
        return {name: adapter for name, adapter in self.adapters.items() if isinstance(adapter, Sequencing)}

    @property
    def cells_s(self) -> tuple[Fraction, ...]:
        """The grids on which sequencers start what they play, seconds each."""
        rates = self.station.wiring.sample_rates_hz
        return tuple(
            Fraction(sequencer.sequencer.granularity, rates[name])
            for name, sequencer in self.sequencers.items()
            if name in rates
        )

    @property
    def players(self) -> dict[str, Playback | Sequencing]:
        """Whatever plays."""
        return {**self.generators, **self.sequencers}

    @property
    def digitizers(self) -> dict[str, Acquisition]:
        """The instruments that digitize records."""
        return {name: adapter for name, adapter in self.adapters.items() if isinstance(adapter, Acquisition)}

    @property
    def oscillators(self) -> dict[str, LocalOscillator]:
        """The instruments that emit a tone."""
        return {name: adapter for name, adapter in self.adapters.items() if isinstance(adapter, LocalOscillator)}

    def limits(self) -> dict[str, PlaybackLimits | SequencerLimits | AcquisitionLimits | CombinedLimits]:
        """What each instrument can play and record, as routing wants it."""
        limits: dict[str, PlaybackLimits | SequencerLimits | AcquisitionLimits | CombinedLimits] = {}
        limits |= {name: generator.limits for name, generator in self.generators.items()}
        limits |= {name: sequencer.sequencer for name, sequencer in self.sequencers.items()}
        for name, digitizer in self.digitizers.items():
            own = limits.get(name)
            limits[name] = (
                CombinedLimits(own, digitizer.limits) if isinstance(own, SequencerLimits) else digitizer.limits
            )
        return limits

    async def safe(self) -> None:
        """Every output off, all instruments at once, each within a second."""
        await asyncio.gather(*(_safe(adapter) for adapter in self.adapters.values()))

    async def close(self) -> None:
        """Outputs off and disconnected, all at once; never raises for links that are broken already."""
        adapters, self.adapters = self.adapters, {}
        await asyncio.gather(*(adapter.close() for adapter in adapters.values()))
        if self.qcodes_station is not None:
            self.qcodes_station.close_all_registered_instruments()
            self.qcodes_station = None

    def _made(self, addresses: Mapping[str, str]) -> dict[str, Adapter]:
        """The adapters, none of them connected yet."""
        station = self.qcodes_station
        assert station is not None  # noqa: S101 - made in `open`
        made = {}
        for name, entry in self.station.instruments.items():
            address = addresses[name]
            load = partial(station.load_instrument, name, update_snapshot=False, address=address)
            made[name] = load_adapter(entry.adapter)(name, address, load, entry.timeout_s)
        return made

    async def _open_one(self, name: str, adapter: Adapter) -> None:
        serial = self.station.instruments[name].serial
        self.identities[name] = identity = await adapter.open()
        if serial is not None and identity.serial != serial:
            raise WrongInstrument(
                "another instrument answers than the wiring names",
                instrument=name,
                address=adapter.address,
                got=f"{identity.model} with serial {identity.serial}",
                allowed=f"serial {serial}",
                fix="Correct the address in station.yaml or the serial in wiring.yaml",
            )

    def _raise_if_unable(self) -> None:
        """Raise ProblemReport when the wiring asks of an instrument what its adapter cannot do."""
        problems = [
            Problem(
                f"the adapter '{self.station.instruments[name].adapter}' cannot {what}",
                where=f"instrument {name}",
                fix="Correct the wiring",
            )
            for able, wanted, what in self._roles()
            for name in sorted(wanted - able)
        ]
        if problems:
            raise ProblemReport(
                f"Station '{self.station.name}' asks for what its instruments cannot do", problems=tuple(problems)
            )

    async def _set_up(self) -> None:
        """Clocks, amplitudes and oscillators as the wiring wants them; outputs stay off."""
        for name, generator in self.generators.items():
            rate = self.station.instruments[name].sample_rate_hz
            if rate is not None and name in self.station.ports:
                await generator.configure(rate, self.station.ports[name])
        for name, sequencer in self.sequencers.items():
            rate = self.station.instruments[name].sample_rate_hz
            if rate is not None and name in self.station.outputs:
                await sequencer.configure_outputs(rate, self.station.outputs[name])
        for name, oscillator in self.oscillators.items():
            entry = self.station.instruments[name]
            if entry.frequency_hz is None or entry.power_dbm is None:
                raise ConfigurationError(
                    "a local oscillator needs frequency_hz and power_dbm",
                    where=f"wiring.yaml, instruments.{name}",
                    fix="Add them",
                )
            await oscillator.tune(entry.frequency_hz, entry.power_dbm)

    def _roles(self) -> list[tuple[set[str], set[str], str]]:
        """For each role: who can do it, who has to, and what it is."""
        wiring = self.station.wiring
        tuned = {name for name, entry in self.station.instruments.items() if entry.frequency_hz is not None}
        return [
            (set(self.players), {line.instrument for line in wiring.outputs}, "play waveforms"),
            (set(self.digitizers), {line.instrument for line in wiring.inputs}, "digitize"),
            (set(self.oscillators), tuned, "be tuned to frequency_hz"),
        ]


def import_qcodes() -> None:
    """Import what opening a station needs of QCoDeS; takes the better part of a second the first time."""
    import_module("qcodes.station")


def _new_qcodes_station(path: str) -> QCoDeSStation:
    from qcodes.station import Station as QCoDeSStation

    return QCoDeSStation(config_file=path, use_monitor=False, default=False)


async def _safe(adapter: Adapter) -> None:
    try:
        async with asyncio.timeout(SAFE_LIMIT_S):
            await adapter.safe()
    except (PulserigError, TimeoutError):
        # The adapter has cut the link; what hangs behind a cut link cannot be told anything.
        return


def _report(station: str, failures: list[PulserigError]) -> PulserigError:
    if len(failures) == 1:
        return failures[0]
    return ProblemReport(
        f"Station '{station}' could not be opened",
        problems=tuple(problem_of(failure) for failure in failures),
        of_instruments=any(isinstance(failure, InstrumentError) for failure in failures),
    )
