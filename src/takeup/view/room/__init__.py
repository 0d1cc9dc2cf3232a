"""The pages of a room: attempts side by side, and the facilitator's."""
