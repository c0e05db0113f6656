"""Which column of a table is which field: by its header, and by what stands in it.

Nothing is imported here: a configuration needs the words of headers without all that looks at a sheet.
"""
