"""What operators can do with the record: one module a topic, each with `add_to(commands)`.

This package and `__main__` may know the whole core; the rest of `bedside.store` may not.
"""
