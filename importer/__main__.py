"""Makes `python -m importer` the same as `moengage-import`."""

from importer.cli import main

if __name__ == "__main__":
    main()
