"""The command line. Results go to stdout, progress and messages to stderr.

Exit codes: 0 ok · 1 run failed · 2 usage · 3 invalid scenario or data · 4 target not reached (with
``--require``) · 5 too many failed fits · 130 interrupted.
"""

import errno
import os
import sys


def main() -> None:
    """Run the command line; no traceback reaches the user unless PLANNER_DEBUG is set."""
    import click

    from planner.cli.commands import cli
    from planner.errors import PlannerError

    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.Abort:
        _fail("interrupted", 130)
    except KeyboardInterrupt:
        _fail("interrupted", 130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PlannerError as error:
        _fail(str(error), error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            _fail(f"the result cannot be written ({error.strerror}); make room", 1)
        if os.environ.get("PLANNER_DEBUG"):
            raise
        _fail(
            f"{type(error).__name__}: {error}; this is a fault of planner, please report it "
            "(PLANNER_DEBUG=1 shows where)",
            1,
        )


def _fail(message: str, code: int) -> None:
    print(f"planner: {message}", file=sys.stderr)
    sys.exit(code)
