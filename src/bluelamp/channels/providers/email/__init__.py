"""E-mail: out by SMTP, in by LMTP."""
