"""`python -m simulators.labone.catalogue SDIST`: write the catalogue anew."""

import sys

from simulators.labone.catalogue.generate import main

if __name__ == "__main__":
    sys.exit(main())
