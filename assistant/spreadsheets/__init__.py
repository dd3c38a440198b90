"""Tables as people keep them: CSV, XLSX, JSON lines and plain lists, read and written."""
