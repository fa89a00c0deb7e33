"""Affect control theory: sentiments, impressions, deflection, emotions; frames of a relationship."""
