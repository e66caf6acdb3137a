"""The library, pooled priors and pilots in the shape that tables and charts need."""
