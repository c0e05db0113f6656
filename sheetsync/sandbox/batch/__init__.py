"""`spreadsheets.batchUpdate`: a list of requests applied in order, all or none."""
