"""Pure matching: texts into tokens, lists into matchers, a text's language."""
