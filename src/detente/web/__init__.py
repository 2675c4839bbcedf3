"""The workbench: pages and an API over `analysis`, with no logic of their own."""
