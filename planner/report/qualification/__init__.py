"""The installation qualification: what `planner validate` found, as a document and as data."""
