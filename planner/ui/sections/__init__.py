"""Parts of the pages: widgets → call → show."""
