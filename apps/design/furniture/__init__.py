"""Chairs and stools: criteria in, checked and dimensioned furniture out."""
