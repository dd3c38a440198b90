"""From files to documents: their structure, the passages they are cut into, and places cited in them."""
