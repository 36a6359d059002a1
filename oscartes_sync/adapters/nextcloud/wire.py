"""One connection to one cloud, below what requests would do for any number of addresses."""

from __future__ import annotations

from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict


class Wire(HTTPAdapter):
    """Takes answers off the connection, their cookies not even read.

    It is for one address, with one set of certificates and one proxy.
    """

    _pool: Any = None

    def get_connection_with_tls_context(self, *told: Any, **more: Any) -> Any:
        """As the adapter's own, which looks at the certificates' path with every request."""
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*told, **more)
        return self._pool

    def build_response(
        self, req: requests.PreparedRequest, resp: urllib3.BaseHTTPResponse
    ) -> requests.Response:
        """As the adapter's own, without its jar."""
        response = requests.Response()
        response.status_code = resp.status
        response.headers = CaseInsensitiveDict(resp.headers)
        response.raw = resp
        response.request = req
        response.connection = self
        return response
