"""bytes -> Article(s). One module a format; the registry asks them in turn.

Reasons that a file or a record of it is refused with:

================ =========================================================================
``missing``      there is no such file
``not_a_file``   a folder, a device, a pipe, a socket
``unreadable``   permission denied, or the disk failed
``empty``        no bytes, or white space only
``too_large``    past one of the limits
``binary``       not text: an image, a video, anything with NUL bytes
``unsupported``  a format that is known but not read: PDF, office documents, sitemaps, encryption
``undecodable``  text in a charset that cannot be told
``malformed``    damaged: JSON or XML that does not parse, compression that does not add up
``truncated``    cut short
``no_text``      read, but there is no text in it
``blocked``      what the site said in place of the article
``withdrawn``    its agency withdrew it
``embargoed``    its agency has not released it yet
================ =========================================================================
"""

from newsloom.readers.base import BadRecord, Limits
from newsloom.readers.registry import FORMATS, Reading, read

__all__ = ["FORMATS", "BadRecord", "Limits", "Reading", "read"]
