"""An operator's own answers, which come first where a question means the same as one of theirs."""
