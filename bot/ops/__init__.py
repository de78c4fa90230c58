"""Setting up, running and checking the helpdesk."""
