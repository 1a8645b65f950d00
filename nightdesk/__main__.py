"""The door. It loads the command line when somebody enters, not in worker processes, which Python starts through it too."""


def main() -> None:
    """Run the command line."""
    from nightdesk.cli import main as run  # noqa: PLC0415 - half a second that a worker process need not spend

    run()


if __name__ == "__main__":
    main()
