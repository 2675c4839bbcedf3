"""Language models that may read instead of the rules. Off unless a settings file is named."""
