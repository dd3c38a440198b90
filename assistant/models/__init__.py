"""The networks that encode texts and read passages: found, exported once, then run without torch."""
