"""Parts of pages that are drawn by the browser: a template each, and what goes in and out."""
