"""Paper: board sheets as PDF and slips for thermal printers, each made in a child process."""
