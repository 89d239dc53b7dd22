"""Forces, units, officers, grants, permits, rotas and skills."""
