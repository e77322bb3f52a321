"""SEQX files: sequences with their waveforms, as a Tektronix AWG70000 or AWG5200 opens them.

A zip archive, stored without compression: `Sequences/NAME.sml` for each sequence, `Waveforms/NAME.wfmx` for each
waveform, `setup.xml` and `userNotes.txt`.

What the QCoDeS driver's own files do not show, and no manual was at hand to tell, is assumed: a subsequence whose
last step goes to Next returns to the step that plays it, and goes on without a gap; a main sequence whose last
step goes to Next ends there, and its instrument is stopped.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from drivers.tektronix.assets import Entry, ProgramAssets
from drivers.tektronix.wfmx import timestamp, wfmx_file, with_length

__all__ = ["seqx_file", "sml_file"]

_SEQUENCE = """\
<DataFile offset="{length}" version="0.1">
<DataSetsCollection xmlns="http://www.tektronix.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.tektronix.com file:///C:\\Program%20Files\\Tektronix\\AWG70000\\AWG\\Schemas\\awgSeqDataSets.xsd">
<DataSets version="1" xmlns="http://www.tektronix.com">
<DataDescription>
<SequenceName>{name}</SequenceName>
<Timestamp>{timestamp}</Timestamp>
<JumpTiming>JumpImmed</JumpTiming>
<RecSampleRate>NaN</RecSampleRate>
<RepeatFlag>false</RepeatFlag>
<PatternJumpTable Enabled="false" Count="65536" />
<Steps StepCount="{steps}" TrackCount="{tracks}">
{entries}
</Steps>
</DataDescription>
<ProductSpecific name="" />
</DataSets>
</DataSetsCollection>
<Setup />
</DataFile>"""

_STEP = """\
<Step>
<StepNumber>{number}</StepNumber>
<Repeat>{repeat}</Repeat>
<RepeatCount>{count}</RepeatCount>
<WaitInput>{wait}</WaitInput>
<EventJumpInput>None</EventJumpInput>
<EventJumpTo>Next</EventJumpTo>
<EventJumpToStep>1</EventJumpToStep>
<GoTo>Next</GoTo>
<GoToStep>1</GoToStep>
<Assets>
{assets}
</Assets>
<Flags>
{flags}
</Flags>
</Step>"""

_ASSET = "<Asset>\n<AssetName>{}</AssetName>\n<AssetType>{}</AssetType>\n</Asset>"

_FLAGS = "<FlagSet>\n" + "\n".join(f'<Flag name="{name}">NoChange</Flag>' for name in "ABCD") + "\n</FlagSet>"

_SETUP = """\
<RSAPersist version="0.1">
<Application>Pascal</Application>
<MainSequence>{name}</MainSequence>
<ProductSpecific name="AWG5208">
<SerialNumber />
<SoftwareVersion />
<CreatorProperties name="" />
</ProductSpecific>
</RSAPersist>"""


def seqx_file(assets: ProgramAssets) -> bytes:
    """The archive of a program's sequences and waveforms."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, entries in assets.sequences.items():
            archive.writestr(f"Sequences/{name}.sml", sml_file(name, entries, assets.tracks))
        for name, waveform in assets.waveforms.items():
            archive.writestr(f"Waveforms/{name}.wfmx", wfmx_file(waveform.samples, waveform.markers))
        archive.writestr("setup.xml", _SETUP.replace("\n", "\r\n").format(name=assets.main))
        archive.writestr("userNotes.txt", b"")
    return buffer.getvalue()


def sml_file(name: str, entries: Sequence[Entry], tracks: int) -> str:
    """One sequence's own file. After its last entry it ends."""
    return with_length(
        _SEQUENCE.replace("{entries}", "\n".join(_step(*entry, tracks) for entry in enumerate(entries, 1))),
        name=name,
        timestamp=timestamp(),
        steps=str(len(entries)),
        tracks=str(tracks),
    )


def _step(number: int, entry: Entry, tracks: int) -> str:
    kind = "Sequence" if entry.is_sequence else "Waveform"
    return _STEP.format(
        number=number,
        repeat="Once" if entry.repeat == 1 else "RepeatCount",
        count=entry.repeat,
        wait=entry.wait,
        assets="\n".join(_ASSET.format(name, kind) for name in entry.assets),
        flags="\n".join([_FLAGS] * tracks),
    )
