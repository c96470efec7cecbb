"""The shell to the clock: what has to happen later, or happen again because a program died."""
