"""The report on a finished batch run, from its stored numbers alone."""
