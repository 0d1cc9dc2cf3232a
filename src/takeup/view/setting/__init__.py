"""What a session can choose: a council, its cards, their fields, as a link too."""
