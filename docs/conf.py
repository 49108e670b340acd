"""How Sphinx builds these pages: make docs."""

import celerykit

project = "celerykit"
author = "The celerykit developers"
copyright = "2026, the celerykit developers"
version = release = celerykit.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinxcontrib.mermaid"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True

# Names of Python, Celery and kombu, for which the pages are built without asking the network; and
# names of celerykit that stand in signatures, but are for nobody to import.
nitpick_ignore_regex = [
    ("py:(class|exc)", r"(?!celerykit\.).*"),
    (
        "py:class",
        r"celerykit\.(bulk|((bulk|testing)\.)?_\w+)\.([A-Z](_co)?|In|In_contra|Ts|Errback|OnUnsent|Signature|TypedApp|Unset)",
    ),
]

html_theme = "furo"
html_title = f"celerykit {release}"
html_show_sphinx = False
html_copy_source = False
