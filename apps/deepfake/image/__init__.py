"""The learned image head."""
