"""The compiler is the judge: what our checks refuse it refuses, what they pass it compiles, and we count alike."""

from __future__ import annotations

import dataclasses
import io
import json

import jsonschema
import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

from drivers.contract import OutputTrack, PlayOrder, ProblemReport, SequencerProgram
from drivers.zurich.compiling import CompileError, CompileRequest, SeqcCompiler
from drivers.zurich.seqc import generator_program
from drivers.zurich.seqc.memory import memory_samples
from drivers.zurich.translation import compiled, core_of, translated
from tests.drivers.zurich.bench import marker, profile, program, readout_plan, tone, track

GAUSS = np.exp(-0.5 * ((np.arange(160) - 79.5) / 30) ** 2).astype(np.complex128)


def assembly(elf: bytes) -> list[str]:
    """The instructions of a compiled program."""
    section = ELFFile(io.BytesIO(elf)).get_section_by_name(".asm")
    assert section is not None
    return section.data().decode().rstrip("\0").strip().split("\n")


def _drive(model: str, programs: int, seed: int = 0, ports: tuple[int, ...] | None = None) -> SequencerProgram:
    random = np.random.default_rng(seed)
    envelopes = [GAUSS[:64], GAUSS[:80], GAUSS]
    events = []
    lengths = []
    for _ in range(programs):
        now, of_program = 0, []
        for _ in range(int(random.integers(0, 20))):
            now += 16 * int(random.integers(0, 5))
            index = int(random.integers(0, 3))
            phase = float(random.integers(0, 4)) * np.pi / 4
            of_program.append((now, index, float(random.integers(1, 5)) / 4, phase))
            now += envelopes[index].size
        events.append(of_program)
        lengths.append(now + int(random.choice([320, 40_000, 2_000_000])))
    line = track(ports or profile(model).generator_outputs[0], events, envelopes, 1e8, "drive_q0")
    return program(model, [line], lengths, passes=int(random.choice([1, 1000, 3_000_000])))


@pytest.mark.parametrize("order", ["cyclic", "sequential"])
@pytest.mark.parametrize("with_markers", [False, True])
@pytest.mark.parametrize("model", ["HDAWG8", "SHFSG8", "SHFQC"])
def test_instructions_are_counted_as_compiled(
    model: str, with_markers: bool, order: PlayOrder, compiler: SeqcCompiler
) -> None:
    """Programs of many kinds: the count before is the count after."""
    for seed in range(6):
        wanted = _drive(model, 1 + seed, seed)
        marks = tuple(marker(n, 1, 40, 190) for n in range(1 + seed)) if with_markers else ()
        wanted = dataclasses.replace(wanted, order=order, markers=marks)
        made = translated(wanted, None, profile(model), {})
        (elf,) = compiled(made, profile(model), compiler.compile)
        assert elf.messages == ""
        assert made.cores[0].instructions == len(assembly(elf.elf))


@pytest.mark.parametrize("trigger", [None, 1])
@pytest.mark.parametrize("model", ["SHFQA4", "SHFQC"])
def test_readout_programs_are_counted_as_compiled(model: str, trigger: int | None, compiler: SeqcCompiler) -> None:
    """Slots, integrators, several readouts in a program."""
    ports = profile(model).analyzer_outputs[0]
    starts = [[0, 30_000], [64, 30_000], [128]]
    line = track(ports, [[(at, 0, 0.5, 0.0) for at in of] for of in starts], [tone(6000, 0.03)], name="readout")
    wanted = program(model, [line], [60_000] * 3, passes=1000, trigger_input=trigger)
    plan = readout_plan(model, starts, (0.03, 0.05), shots=1000)
    made = translated(wanted, plan, profile(model), {1: ports})
    (elf,) = compiled(made, profile(model), compiler.compile)
    assert made.cores[0].instructions == len(assembly(elf.elf))


@pytest.mark.parametrize(("model", "schema"), [("HDAWG8", "hdawg"), ("SHFSG8", "shfsg")])
def test_tables_follow_the_schema(model: str, schema: str) -> None:
    """The vendor's own schema accepts our tables."""
    from importlib.resources import files

    text = files("zhinst.toolkit").joinpath(f"resources/ct_schema_{schema}.json").read_text()
    made = translated(_drive(model, 5), None, profile(model), {})
    jsonschema.Draft4Validator(json.loads(text)).validate(json.loads(made.cores[0].table))


def _many_waves(model: str, length: int, count: int) -> SequencerProgram:
    random = np.random.default_rng(1)
    envelopes = [random.uniform(-0.5, 0.5, length).astype(complex) for _ in range(count)]
    events = [[(index * length, index, 0.5, 0.0) for index in range(count)]]
    line = track(profile(model).generator_outputs[0], events, envelopes, 1e8, "drive_q0")
    return program(model, [line], [count * length + 1600])


@pytest.mark.parametrize(
    ("length", "count"), [(528, 96), (528, 97), (1024, 96), (1040, 48), (1040, 49), (160, 576), (160, 577)]
)
def test_wave_memory_ends_where_the_compiler_says(length: int, count: int, compiler: SeqcCompiler) -> None:
    """Pages included: what fits compiles, one more is refused by both."""
    wanted = _many_waves("SHFSG8", length, count)
    limits = profile("SHFSG8")
    assert limits.generator is not None
    fits = memory_samples([length] * count, limits.generator) <= limits.generator.wave_samples
    core = core_of(limits, (1,))
    made = generator_program(wanted, wanted.tracks[0], core, limits.generator, limits.generator.reset_lead)
    request = CompileRequest(made.source, "SHFSG8", "")
    if fits:
        assert compiler.compile(request).elf
        translated(wanted, None, limits, {})
    else:
        with pytest.raises(CompileError, match="not fitting into wave memory"):
            compiler.compile(request)
        with pytest.raises(ProblemReport, match="wave memory exceeded") as caught:
            translated(wanted, None, limits, {})
        assert "drive_q0" in caught.value.problems[0].where


@pytest.mark.parametrize(("model", "most"), [("HDAWG8", 16_384), ("SHFSG8", 32_768)])
def test_instruction_memory_ends_where_the_compiler_says(model: str, most: int, compiler: SeqcCompiler) -> None:
    """Just under the limit compiles, just over is refused by both."""
    random = np.random.default_rng(3)
    for extra in (-40, 40):
        count = most + extra - 30
        indices = random.integers(0, 900, count)  # nothing in them repeats
        events = [[(160 * at, 0, float(index + 1) / 1000, 0.0) for at, index in enumerate(indices)]]
        line = track(profile(model).generator_outputs[0], events, [GAUSS], 0.0, "drive_q0")
        wanted = program(model, [line], [160 * count + 1600])
        if extra < 0:
            made = translated(wanted, None, profile(model), {})
            (elf,) = compiled(made, profile(model), compiler.compile)
            assert len(assembly(elf.elf)) == made.cores[0].instructions <= most
        else:
            with pytest.raises(ProblemReport, match="more instructions than the sequencer"):
                translated(wanted, None, profile(model), {})
            limits = profile(model).generator
            assert limits is not None
            core = generator_program(wanted, line, core_of(profile(model), line.ports), limits, 0)
            rate = 2.4e9 if model == "HDAWG8" else None
            with pytest.raises(CompileError):
                compiler.compile(CompileRequest(core.source, model, "", rate))


def test_a_compiler_message_names_the_pulse(compiler: SeqcCompiler) -> None:
    """A line of the source leads back to output, program and pulse."""
    wanted = _drive("SHFSG8", 4, seed=3)
    made = translated(wanted, None, profile("SHFSG8"), {})
    core = made.cores[0]
    lines = core.source.split("\n")
    broken = next(number for number, line in enumerate(lines) if line.startswith("executeTableEntry"))
    lines[broken] = "executeTableEntry(nothing);"
    with pytest.raises(CompileError) as caught:
        compiler.compile(CompileRequest("\n".join(lines), "SHFSG8", ""))
    problem = caught.value.problem(core.origins.where)
    assert caught.value.line == broken + 1
    assert problem.where.startswith("drive_q0, program ")
    assert "pulse pulse" in problem.where
    assert "nothing" in problem.what


def test_every_problem_at_once() -> None:
    """Ports, grids, overlaps, amplitudes, offsets and markers of one program in one report."""
    good = track((1,), [[(0, 0, 0.5, 0.0)]], [GAUSS])
    bad = OutputTrack(
        "drive_q1",
        (2,),
        1e8,
        (GAUSS[:24], (2.0 * GAUSS).astype(np.complex128)),
        np.array([0, 3]),
        np.array([8, 16, 400]),
        np.array([0, 1, 1], np.int32),
        np.array([0.5, np.nan, 1.5]),
        np.zeros(3),
        ("short", "loud"),
        0.1 + 0j,
    )
    nowhere = dataclasses.replace(good, ports=(11,), name="drive_q9")
    wanted = program("SHFSG8", [good, bad, nowhere], [500], markers=(marker(0, 1, 400, 600),), passes=0)
    with pytest.raises(ProblemReport) as caught:
        translated(wanted, None, profile("SHFSG8"), {})
    text = str(dataclasses.replace(caught.value, shown=99))
    for part in (
        "nothing to play",
        "length of a program off the instrument's grid",
        "there is no such output",
        "marker outside its program",
        "cannot have an offset",
        "pulse short: envelope of a length",
        "pulse loud: sample that no instrument may get",
        "start off the instrument's grid",
        "pulse that ends after the next one begins",
        "pulse outside its program",
        "amplitude or phase that no instrument may get",
    ):
        assert part in text
