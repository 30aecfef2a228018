"""Fakes to train and to test on: pictures through small autoencoders, and faces with parts of others."""
