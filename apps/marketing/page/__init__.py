"""Parts of the studio's page; only they and `dashboard.py` import streamlit."""
