"""The seminar page: HTML, style sheet and script."""
