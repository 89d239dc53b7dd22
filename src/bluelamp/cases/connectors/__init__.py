"""Other case systems: what each must be able to do, and the kinds there are."""
