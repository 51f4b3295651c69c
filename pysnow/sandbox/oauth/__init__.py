"""OAuth of the sandbox: token and revocation endpoints, and the tokens behind them."""
