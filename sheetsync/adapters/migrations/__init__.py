"""How a ledger of any age becomes a current one. `sql_file` runs this on opening; there is no way down."""
