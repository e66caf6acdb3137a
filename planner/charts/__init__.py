"""Charts, the tables behind them, and the words for the numbers beside them."""
