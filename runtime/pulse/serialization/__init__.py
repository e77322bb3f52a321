"""Programs as JSON, to keep and to exchange: everything of the pulse model, in a versioned form.

::

    text = serialization.dumps(schedule)
    assert serialization.loads(text) == schedule

Parameters keep their identity (uuid), samples and numbers every bit. A document of another version, or one that is
malformed anywhere, is refused with the path of each fault. Nothing in a document is executed: the functions of
`AlignFunc` travel by a name that both sides agree on. The form is described by `schema()`.
"""

from runtime.pulse.serialization.documents import FORMAT, VERSION, schema
from runtime.pulse.serialization.reading import loads
from runtime.pulse.serialization.storable import Storable
from runtime.pulse.serialization.writing import dumps

__all__ = ["FORMAT", "VERSION", "Storable", "dumps", "loads", "schema"]
