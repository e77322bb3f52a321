"""Other people's formats and objects, each in a package of its own: `runtime.interop.ibm` reads OpenPulse JSON.

Nothing is imported here, so that a format costs its dependencies only where it is used.
"""

__all__: list[str] = []
