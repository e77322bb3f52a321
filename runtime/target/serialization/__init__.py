"""Targets as JSON, to keep and to exchange, in a versioned form.

::

    text = serialization.dumps(target)
    twin = serialization.loads(text)

Calibrations are documents of `runtime.pulse.serialization` within it. A document of another version, or one that
is malformed anywhere, is refused with the path of each fault. The form is described by `schema()`.
"""

from runtime.target.serialization.documents import FORMAT, VERSION, schema
from runtime.target.serialization.reading import loads
from runtime.target.serialization.writing import dumps

__all__ = ["FORMAT", "VERSION", "dumps", "loads", "schema"]
