"""What is known: distributions, the library of studies, pooling and the winner's curse."""
