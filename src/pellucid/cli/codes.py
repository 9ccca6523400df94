"""The exit codes that are not 0, 1 or 2."""

__all__ = ["BROKEN_PIPE", "INTERRUPTED"]

INTERRUPTED = 130  # 128 + SIGINT, as shells count
BROKEN_PIPE = 141  # 128 + SIGPIPE
