"""Files of questions that an operator hands in over HTTP: kept for a while, asked beside people's, given back."""
