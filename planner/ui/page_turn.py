"""Whether a page is drawn for the first time since another one was left."""

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

_LAST = "page:last"
_NEW = "page:new"


def run(page: "StreamlitPage") -> None:
    """Run a page; it counts as new until it has been drawn to its end."""
    st.session_state[_NEW] = page.url_path != st.session_state.get(_LAST)
    page.run()
    st.session_state[_LAST] = page.url_path


def is_new() -> bool:
    """Whether the page in hand has not been drawn since it was turned to."""
    return bool(st.session_state.get(_NEW))
