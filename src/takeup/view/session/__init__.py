"""What one browser's pages share, and what the room keeps."""
