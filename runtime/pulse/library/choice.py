"""Which shape a symbolic pulse has: a named one, or one made of the user's formulas."""

from __future__ import annotations

from runtime.pulse.exceptions import PulseError
from runtime.pulse.library.catalogue import SHAPES
from runtime.pulse.library.formulas import Formulas
from runtime.pulse.library.shapes import Shape

__all__ = ["Recipe", "chosen_shape", "known_shape", "recipe_of", "shape_of"]

Recipe = str | tuple[str, tuple[str, ...], Formulas, bool]
"""A shape for pickle: the label of a named one, or what a custom one is made of."""


def chosen_shape(
    pulse_type: str, parameters: tuple[str, ...], formulas: tuple[object, ...], *, scalable: bool
) -> Shape:
    """The shape of these formulas (envelope, constraints, valid_amp_conditions), or the named one without any.

    Raises:
        PulseError: no shape has the name, or the formulas are no formulas of these parameters.
    """
    if formulas[0] is None:
        if any(formula is not None for formula in formulas):
            raise PulseError(
                "conditions without an envelope", where=str(pulse_type), fix="Give the envelope as well"
            )
        return known_shape(pulse_type)
    # Formulas need symengine, which named shapes do without.
    from runtime.pulse.library.custom import custom_shape, formulas_of

    return custom_shape(str(pulse_type), parameters, formulas_of(*formulas), scalable)


def recipe_of(shape: Shape) -> Recipe:
    """What `shape_of` makes the shape of."""
    if shape.own_formulas is None:
        return shape.label
    return (shape.name, shape.parameters, shape.own_formulas, shape.scalable)


def shape_of(recipe: Recipe) -> Shape:
    """The shape that a recipe stands for."""
    if isinstance(recipe, str):
        return known_shape(recipe)
    from runtime.pulse.library.custom import custom_shape

    return custom_shape(*recipe)


def known_shape(pulse_type: str) -> Shape:
    """The named shape; PulseError if there is none."""
    shape = SHAPES.get(str(pulse_type))
    if shape is None:
        raise PulseError(
            "no shape has this name",
            got=repr(pulse_type),
            allowed=", ".join(sorted(SHAPES)),
            fix="Give an envelope to make one",
        )
    return shape
