"""How Sphinx builds these pages: make docs."""

import celerykit

project = "celerykit"
author = "The celerykit developers"
copyright = "2026, the celerykit developers"
version = release = celerykit.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "separated"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"celerykit {release}"
html_show_sphinx = False
html_copy_source = False
