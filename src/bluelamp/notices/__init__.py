"""What needs no approval: codes, log-ins, 'approval wanted'."""
