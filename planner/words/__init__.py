"""Numbers and terms in words, for pages, command line and reports alike."""
