"""What a machine needs around the program: its environment, service files, packaging."""
