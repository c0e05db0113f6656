"""The workbooks as pages in a browser: to look at, to type into, and the target of every link to a cell.

The page is one more client at the keyboard, signed in as one account; what it may do, the role on each file decides.
"""
