"""The child process that turns one sheet's HTML into PDF; started by `pdf.make`, which knows what it may read."""

import sys
from pathlib import Path

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

from content.intake import limits
from content.record.blobs import Blobs
from kiosk.printing.child import SCHEME


class RecordFiles(URLFetcher):
    """Gives the published pictures that a sheet names by their hash; nothing from the network, no other file."""

    def __init__(self, blobs: Blobs) -> None:
        super().__init__(allowed_protocols=())
        self._blobs = blobs

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """ValueError for any other address: WeasyPrint then leaves the picture out."""
        if not url.startswith(SCHEME):
            raise ValueError(f"a sheet may not fetch {url}")
        return URLFetcherResponse(url, self._blobs.path(url.removeprefix(SCHEME)).read_bytes())


def main() -> None:
    """HTML on stdin, PDF on stdout; argument: the folder of files."""
    limits.limit_this_process()
    fetcher = RecordFiles(Blobs(Path(sys.argv[1])))
    html = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher, base_url=SCHEME)
    html.write_pdf(sys.stdout.buffer)


if __name__ == "__main__":
    main()
