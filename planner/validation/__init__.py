"""Reference values of other programs and papers, which ship with the package."""
