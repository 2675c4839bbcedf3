"""What the brief, the web pages and the command line call: state, change, what-if, comparison."""
