"""Numbers that are not known yet: `Parameter`, formulas of them, and their assignment."""

from runtime.pulse.parameters.assignment import Assignment, assigned_value, normal_number, open_parameters
from runtime.pulse.parameters.expression import ParameterExpression, ParameterValue
from runtime.pulse.parameters.foreign import own, own_vector
from runtime.pulse.parameters.parameter import Parameter, ParameterVector, ParameterVectorElement
from runtime.pulse.parameters.symbolic import float_of, shown

__all__ = [
    "Assignment",
    "Parameter",
    "ParameterExpression",
    "ParameterValue",
    "ParameterVector",
    "ParameterVectorElement",
    "assigned_value",
    "float_of",
    "normal_number",
    "open_parameters",
    "own",
    "own_vector",
    "shown",
]
