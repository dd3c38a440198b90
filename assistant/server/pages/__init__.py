"""The pages that people open in a browser, as HTML."""
