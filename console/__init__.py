"""The shell to the clinician: a queue of flags, the transcripts behind them, and the moves.

It reads the record and asks bedside.review who may move a flag; it never decides how urgent one is.
"""
