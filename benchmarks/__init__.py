"""What interception costs: the same work under reverie, strace, a minimal C tracer and nothing, side by side.

``python -m benchmarks`` prints the table, ``python -m benchmarks.anatomy`` says where a stop's time goes.
"""
