"""The learned voice head."""
