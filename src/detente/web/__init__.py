"""The workbench: a local web server over `detente.analysis`, with no economics of its own."""
