"""What is no Vietnamese in a page: words that no Vietnamese syllable could be, and raw codes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from playwright.sync_api import Page

ONSETS = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
NUCLEI = (
    "a|ai|ao|au|ay|e|eo|eu|i|ia|ie|ieu|iu|o|oa|oai|oao|oay|oe|oeo|oi|oo|u|ua|uai|uay|uao|ue|ui|uo|uoi|uou|uu|uy|uya|uye|"
    "uyu|y|ye|yeu"
)
SYLLABLE = re.compile(f"^(?:{ONSETS})?(?:{NUCLEI})(?:ch|ng|nh|c|m|n|p|t)?$")
WORD = re.compile(r"[^\W\d_]+")
CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(?:None|NaN|nan|null|True|False|undefined)\b")
SAID = """() => {
    const found = [], names = ['aria-label', 'placeholder', 'title', 'alt', 'aria-description', 'aria-roledescription',
        'aria-valuetext'];
    const isOut = e => !e || !e.checkVisibility({visibilityProperty: true})
        || e.closest('[aria-hidden=true], code, pre, script, style, noscript, [data-testid=stIconMaterial], [lang=en]');
    document.querySelectorAll('body *').forEach(e => isOut(e) || names.forEach(
        name => e.getAttribute(name) && found.push(e.getAttribute(name))));
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (!isOut(walk.currentNode.parentElement)) found.push(walk.currentNode.textContent);
    return found;
}"""


def said(page: Page) -> list[str]:
    """Return every text and name of the page that is seen or read out; not what is set as code."""
    return sorted({str(text).strip() for text in page.evaluate(SAID)} - {""})


def foreign(text: str) -> Iterator[str]:
    """Yield the words of a text that cannot be Vietnamese.

    >>> list(foreign("Tải về (XLSX), Close, Select all, Quảng Trị, nghiêng, khuỷu, quyết"))
    ['XLSX', 'Close', 'Select', 'all']
    """
    for word in WORD.findall(unicodedata.normalize("NFC", text)):
        letters = unicodedata.normalize("NFD", word.lower())
        if not SYLLABLE.match("".join(c for c in letters if not unicodedata.combining(c))):
            yield word


def codes(text: str) -> list[str]:
    """Return what of a text is a code instead of words.

    >>> codes("Theo on_time_rate: None, 3 dòng")
    ['on_time_rate', 'None']
    """
    return CODE.findall(text)
