"""Bringing a translated program into a device: only what it does not hold, and nothing unchecked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from drivers.contract import OutputTrack, SequencerProgram, UploadError
from drivers.failures import timeout_of
from drivers.zurich.compiling import Compiled
from drivers.zurich.ledger import Ledger
from drivers.zurich.profiles import Profile, ReadoutProfile
from drivers.zurich.seqc import CoreProgram
from drivers.zurich.server import Nodes, Value
from drivers.zurich.settings import mode_nodes, program_nodes
from drivers.zurich.vectors import wave_nodes

__all__ = ["CoreUpload", "DeviceLink", "compare_vectors"]

TABLE_LOADED, TABLE_FAILED = 1, 8
"""Bits of a command table's status."""

DIFFERENCE = 1e-4
"""Largest difference between a pulse or weight as sent and as read back: one step of 16 bits is 3e-5."""


@dataclass(frozen=True, slots=True)
class DeviceLink:
    """An open device."""

    name: str
    address: str
    profile: Profile
    nodes: Nodes
    ledger: Ledger

    @property
    def readout(self) -> ReadoutProfile:
        """What it records; raises ValueError for a device that records nothing."""
        if self.profile.readout is None:
            raise ValueError(f"{self.profile.model} records nothing")
        return self.profile.readout

    def error(self, what: str, got: str, allowed: str) -> UploadError:
        """Something that is not as it was sent."""
        return UploadError(
            what,
            got=got,
            allowed=allowed,
            fix="Run it again; if it stays, look at the device's log",
            instrument=self.name,
            address=self.address,
        )

    def late(self, wait: str, limit_s: float) -> Exception:
        """The error of a wait that got no answer."""
        return timeout_of(self.name, self.address, wait, limit_s)


class CoreUpload:
    """Brings one sequencer's program into the device; every method runs on the worker's thread and is short."""

    def __init__(self, link: DeviceLink, made: CoreProgram, elf: Compiled) -> None:
        """`elf` is the compiled source of `made`."""
        self._link = link
        self._made = made
        self._elf = elf
        self.waves_sent = 0

    def send_settings(self, track: OutputTrack | None, program: SequencerProgram, full_scale_v: float) -> None:
        """Oscillators, modulation and markers."""
        core, probing = self._made.core, self._made.probing
        nodes = program_nodes(self._link.profile, core, track, program, full_scale_v)
        self._link.ledger.send(nodes | mode_nodes(core, probing=probing))

    def send_program(self) -> None:
        """The compiled program, if it is another one; what hangs on it has to follow then.

        Raises:
            UploadError: It should hold the program, and does not.
        """
        node = f"{self._made.core.node}/elf/data"
        if not self._link.ledger.news({node: self._elf.elf}):
            if not self.is_ready():
                # The vendor's client connects again by itself; whoever answers now may know nothing of us.
                self._link.ledger.forget("")
                raise self._link.error("the device has lost its program", "not ready", "ready since the last load")
            return
        # While it loads the old one is neither whole nor gone, and with it go the waves and the table.
        self._link.ledger.forget(f"{self._made.core.node}/waveform", f"{self._made.core.node}/commandtable", node)
        self._link.ledger.send({node: self._elf.elf})

    def is_ready(self) -> bool:
        """The program has been loaded, as a whole."""
        node = self._made.core.node
        found = self._link.nodes.scalars([f"{node}/ready", f"{node}/elf/progress"])
        return float(found[f"{node}/ready"]) == 1 and float(found[f"{node}/elf/progress"]) >= 100

    def send_table(self) -> None:
        """The command table, if it is another one.

        Raises:
            UploadError: The device did not take it.
        """
        node = f"{self._made.core.node}/commandtable"
        if not self._made.table or not self._link.ledger.news({f"{node}/data": self._made.table}):
            return
        self._link.ledger.send({f"{node}/data": self._made.table})
        status = int(self._link.nodes.number(f"{node}/status"))
        if status & TABLE_FAILED or not status & TABLE_LOADED:
            self._link.ledger.forget(node)
            raise self._link.error(
                f"the command table of {self._made.origins.output} was not taken", f"status {status}", "status 1"
            )

    def send_waves(self) -> None:
        """The waves that are new.

        Raises:
            UploadError: The device has other places for them, or holds something else.
        """
        waves = wave_nodes(self._made)
        if self._made.core.kind != "qa" and self._link.ledger.news(waves):
            self._compare_descriptors()
        sent = self._link.ledger.send(waves)
        self.waves_sent = len(sent)
        if self._made.core.kind == "qa":
            compare_vectors(self._link, sent)

    def _compare_descriptors(self) -> None:
        """The device has a place of the right length for each wave."""
        text = self._link.nodes.text(f"{self._made.core.node}/waveform/descriptors")
        try:
            found = json.loads(text or "{}").get("waveforms") or []
            lengths = [int(entry["length"]) for entry in found]
        except (ValueError, KeyError, TypeError, AttributeError):
            lengths = []
        wanted = [wave.length for wave in self._made.waves]
        if lengths[: len(wanted)] != wanted:
            raise self._link.error(
                f"the program of {self._made.origins.output} has other waves on the device",
                f"{len(lengths)} waves of {lengths[:8]} samples",
                f"{len(wanted)} waves of {wanted[:8]} samples",
            )


def compare_vectors(link: DeviceLink, sent: Mapping[str, Value]) -> None:
    """Read vectors back; raises UploadError where the device holds something else."""
    for path, value in sent.items():
        if not isinstance(value, np.ndarray):
            continue
        held = link.nodes.vector(path)
        if held.shape != value.shape or (value.size and float(np.abs(held - value).max()) > DIFFERENCE):
            link.ledger.forget(path)
            raise link.error(f"the vector {path} is not what was sent", f"{held.size} samples", f"{value.size}")
