"""Slices of two more devices, cut by hand from the files of kyiv and torino.

The files come from the package qiskit-ibm-runtime 0.36.1, copyright IBM and its contributors, Apache License 2.0
(its text stands in tests/data/ibm). Changed: cut down to qubits 0 and 1, and to the keys and entries that matter.
"""

from __future__ import annotations

from typing import Any


def gaussian_square_drag(t0: int, channel: str, label: str, amp: list[float], beta: float) -> dict[str, Any]:
    return {
        "name": "parametric_pulse",
        "t0": t0,
        "ch": channel,
        "label": label,
        "pulse_shape": "gaussian_square_drag",
        "parameters": {"amp": amp, "beta": beta, "duration": 1152, "sigma": 64, "width": 896},
    }


def drag(t0: int, channel: str, amp: float, beta: float, duration: int) -> dict[str, Any]:
    parameters = {"amp": [amp, 0.0], "beta": beta, "duration": duration, "sigma": duration // 4}
    return {
        "name": "parametric_pulse",
        "t0": t0,
        "ch": channel,
        "label": f"Xp_{channel}",
        "pulse_shape": "drag",
        "parameters": parameters,
    }


def kyiv() -> tuple[dict[str, Any], dict[str, Any]]:
    """Configuration and defaults: Eagle, echoed cross resonance in one direction, flat tops with drag."""
    conf = {
        "backend_name": "ibm_kyiv",
        "backend_version": "1.20.2",
        "n_qubits": 2,
        "dt": 0.2222222222222222,
        "timing_constraints": {
            "acquire_alignment": 16,
            "granularity": 16,
            "min_length": 64,
            "pulse_alignment": 16,
        },
        "meas_map": [[0, 1]],
        "u_channel_lo": [[{"q": 1, "scale": [1.0, 0.0]}]],
        "channels": {"u0": {"operates": {"qubits": [0, 1]}, "purpose": "cross-resonance", "type": "control"}},
        "gates": [{"name": "ecr", "parameters": [], "qasm_def": "", "coupling_map": [[0, 1]]}],
    }
    ecr = [
        drag(1152, "d0", 0.14644240349536697, 2.569649415777825, 224),
        gaussian_square_drag(
            0, "d1", "CR90p_d1_u0", [0.03952498805585375, 0.0012726672082663782], 1.59767305140862
        ),
        gaussian_square_drag(
            1376, "d1", "CR90m_d1_u0", [-0.03952498805585375, -0.0012726672082663734], 1.59767305140862
        ),
        gaussian_square_drag(0, "u0", "CR90p_u0", [0.1767508638839934, -0.13932160580516703], 0),
        gaussian_square_drag(1376, "u0", "CR90m_u0", [-0.17675086388399336, 0.13932160580516706], 0),
    ]
    phases = [{"name": "fc", "t0": 0, "ch": channel, "phase": "-(P0)"} for channel in ("d1", "u0")]
    defs = {
        "qubit_freq_est": [4.6559283, 4.5345431],
        "meas_freq_est": [7.1280193, 7.2470103],
        "pulse_library": [],
        "cmd_def": [
            {"name": "ecr", "qubits": [0, 1], "sequence": ecr},
            {"name": "rz", "qubits": [1], "sequence": phases},
            {"name": "x", "qubits": [0], "sequence": [drag(0, "d0", 0.14644240349536697, 2.569649415777825, 224)]},
        ],
    }
    return conf, defs


def torino() -> tuple[dict[str, Any], dict[str, Any]]:
    """Configuration and defaults: Heron at dt = 4 ns; its two-qubit pulses are named and not published."""
    conf = {
        "backend_name": "ibm_torino",
        "backend_version": "1.0.4",
        "n_qubits": 2,
        "dt": 4.0,
        "timing_constraints": {"acquire_alignment": 1, "granularity": 1, "min_length": 2, "pulse_alignment": 1},
        "meas_map": [[0, 1]],
        "n_uchannels": 0,
        "u_channel_lo": [],
        "channels": {"u0": {"operates": {"qubits": [0, 1]}, "purpose": "coupler", "type": "control"}},
        "gates": [
            {"name": "cz", "parameters": [], "qasm_def": "", "coupling_map": [[0, 1], [1, 0]]},
            {"name": "rz", "parameters": ["theta"], "qasm_def": "", "coupling_map": [[0], [1]]},
        ],
    }
    cz = [
        {"name": "fc", "t0": 21, "ch": "d0", "phase": 2.810042596510571},
        {"name": "fc", "t0": 21, "ch": "d1", "phase": 2.9741640542985737},
        {"name": "CZ90_u0", "t0": 0, "ch": "u0"},
    ]
    defs = {
        "qubit_freq_est": [4.7295, 4.8012],
        "meas_freq_est": [7.1034, 7.2051],
        "pulse_library": [],
        "cmd_def": [
            {"name": "cz", "qubits": [0, 1], "sequence": cz},
            {"name": "cz", "qubits": [1, 0], "sequence": cz},
            {"name": "id", "qubits": [0], "sequence": [{"name": "QId_d0", "t0": 0, "ch": "d0"}]},
            {"name": "x", "qubits": [0], "sequence": [drag(0, "d0", 0.34410793592097755, -1.4811199575197131, 8)]},
        ],
    }
    return conf, defs
