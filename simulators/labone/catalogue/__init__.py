"""What nodes the simulated instruments have: types, units, choices and rights.

`nodes.json.xz` is made by `python -m simulators.labone.catalogue` from the source distribution of zhinst-toolkit
1.4.0, Copyright (c) 2021 Zurich Instruments, under the MIT licence in `LICENSE-zhinst-toolkit.txt`.
"""

from simulators.labone.catalogue.read import node_tree

__all__ = ["node_tree"]
