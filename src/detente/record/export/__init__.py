"""The record in other people's formats: tables (CSV, Parquet), one JSON object, a calendar of deadlines."""
