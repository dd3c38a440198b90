"""Texts that would do harm if a page took them for markup, or a reader for an order."""

from __future__ import annotations

import json
from pathlib import Path

MARKUP = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    '"><script>window.ran = 1</script>',
    "' onmouseover='window.ran=1",
    '" onfocus="window.ran=1" autofocus="',
    "javascript:window.ran=1",
    "</title><script>window.ran = 1</script>",
    "</li></ol></main><iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    '<a href="javascript:window.ran=1">x</a>',
    "<style>*{display:none}</style><base href='//evil.example'>",
    "<form action=/admin><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "\u202e<b>x</b>\u2028<i>",
    "<!--><script>window.ran = 1</script>-->",
    '[go](javascript:window.ran=1) ![x](x"onerror="window.ran=1)',
    '<a href="java&#115;cript:window.ran=1">go</a>',
    "</p></td></tr></table></code></pre></h2></span></mark></article><svg/onload='window.ran=1'>",
    "<![CDATA[<script>window.ran = 1</script>]]>",
    "<details open ontoggle=window.ran=1>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=window.ran=1>",
]
ORDERS: list[str] = [  # from BIPIA (Yi et al. 2023), under the MIT licence
    text
    for texts in json.loads((Path(__file__).parent / "data" / "bipia_text_attacks.json").read_text("utf-8")).values()
    for text in texts
]
EVERY = MARKUP + ORDERS
