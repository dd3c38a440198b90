"""What people are told, in their language: one file of words a language, and what chooses among them."""
