"""The commands for a first look: a demo of what there is, and completion for a shell."""
