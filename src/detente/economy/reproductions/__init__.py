"""Published experiments, one module a case: data, model, numbers. `economy.replicate` lists them."""
