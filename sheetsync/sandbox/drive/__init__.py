"""Drive v3 and its uploads: files, people, comments, changes; what there is of each and what is refused."""
