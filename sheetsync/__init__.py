"""sheetsync: everyone keeps their sheets; it says where they disagree and whose word counts."""
