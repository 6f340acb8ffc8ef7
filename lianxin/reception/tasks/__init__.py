"""What listens to events, and recurring jobs of reception."""
