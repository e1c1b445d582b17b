"""Texts that run something wherever text is taken for markup, script or template.

Each sets ``window.ran`` or opens a dialog, if it runs at all.
"""

TEXTS = (
    "<img src=x onerror=window.ran=1>",
    "<script>window.ran=1</script>",
    "</script><script>window.ran=1</script>",
    "<!--<script>window.ran=1",
    "</title><svg onload=window.ran=1>",
    '" onmouseover="window.ran=1" autofocus onfocus="window.ran=1',
    "' onclick='window.ran=1",
    "${window.ran=1}",
    "`-alert(1)-`",
    "'-alert(1)-'",
    "\\'-alert(1)-\\'",
    "javascript:window.ran=1",
    "a\u2028window.ran=1\u2029b",
    "{{ 7 * 7 }}{% for x in y %}{# z #}",
    "{{ cycler.__init__.__globals__ }}",
    "&lt;img src=x onerror=window.ran=1&gt;",
    "<style>*{display:none}</style>",
    "<base href='http://outside.invalid/'>",
)
