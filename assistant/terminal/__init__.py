"""What the terminal shows: answers, progress, exit statuses."""
