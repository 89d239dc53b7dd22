"""Provider contract, registry and account vault; knows no business noun."""
