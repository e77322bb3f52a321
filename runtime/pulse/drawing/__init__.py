"""Pictures of pulses and programs; matplotlib is loaded when the first one is drawn.

Programs and pulses have a method `draw`; here are the colours it takes.
"""

from runtime.pulse.drawing.drawable import Drawable
from runtime.pulse.drawing.style import DARK, LIGHT, DrawingStyle

__all__ = ["DARK", "LIGHT", "Drawable", "DrawingStyle"]
