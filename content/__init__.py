"""What a village publishes, decides and promises: the record, the views folded from it, and the nouns of village life."""
