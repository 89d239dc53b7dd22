"""Clock, ids, sealed tokens, queue, live events, base page and components."""
