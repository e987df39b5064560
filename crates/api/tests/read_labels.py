"""Reads the labels of a PDF on standard input with what is not ours: drawn by pdfium as a printer with 203 dpi has them,
decoded by zxing-cpp. Prints what each page's codes say, as JSON.
"""

import json
import sys

import pypdfium2
import zxingcpp

SCALE = 8 * 25.4 / 72

pages = []
for page in pypdfium2.PdfDocument(sys.stdin.buffer.read()):
    picture = page.render(scale=SCALE).to_pil().convert("L")
    pages.append(sorted(one.text for one in zxingcpp.read_barcodes(picture)))
print(json.dumps(pages))
