"""The web: the villagers' kiosk and portal, the agents' desk, the county's console."""
