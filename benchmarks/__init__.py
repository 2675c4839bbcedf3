"""What solving costs, beside what others' programs cost: `python -m benchmarks`."""
