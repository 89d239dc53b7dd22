"""Files: uploads and attachments, stored, checked, served safely."""
