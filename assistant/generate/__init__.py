"""A language model phrases what the reader found; no sentence of it is sent that its lines do not carry."""
