"""What `./run` becomes after the set-up."""

import sys

from sesgov.supervisor.run import main

if __name__ == "__main__":
    sys.exit(main())
