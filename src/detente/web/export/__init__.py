"""Answers of What if as files: tables, a workbook, a document, a picture, a script."""
