"""sheetsync: everyone keeps their sheets; it says where they disagree, whose word counts, and fills what nobody should type."""
