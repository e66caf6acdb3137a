"""The controls: what each number means, where it may lie and what it changes."""
