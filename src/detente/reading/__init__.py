"""Reading the news: an article becomes proposals for the record, each with the words it rests on.

The reader never writes the record: `propose` makes proposals and `review` lets a person accept them.
"""
