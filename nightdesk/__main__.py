"""The door. It loads the command line when somebody enters, not in worker processes, which Python starts through it too."""


def main() -> None:
    """Run the command line."""
    from nightdesk.cli import main as run  # noqa: PLC0415 - a worker process has no use for it

    run()


if __name__ == "__main__":
    main()
