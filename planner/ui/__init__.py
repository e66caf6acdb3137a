"""The Streamlit front end: pages read a scenario, call the engine and show what it says."""
