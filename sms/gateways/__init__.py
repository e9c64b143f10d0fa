"""The ways a text message leaves and arrives."""
