"""``python -m forecastle``: the command line."""

from forecastle.cli.main import main

if __name__ == "__main__":
    main()
