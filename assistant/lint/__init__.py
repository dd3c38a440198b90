"""What is amiss in a corpus before it is published: one file for each kind of finding."""
