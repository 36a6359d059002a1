"""OCS requests that change what is there: PUT, with a form or with JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from oscartes_sync.adapters.nextcloud.ocs_answers import OcsAnswer, OcsCalls
from oscartes_sync.errors import Overloaded


class ChangingCalls(OcsCalls):
    """GET, POST, PUT and DELETE on OCS routes; “too often” inside a 200 is an error like any."""

    def put(self, route: str, form: Mapping[str, str]) -> OcsAnswer:
        """Change with a form; several fields at once work (recording 130)."""
        return self.checked(self._send("PUT", route, form=form))

    def put_json(self, route: str, content: Mapping[str, Any]) -> OcsAnswer:
        """Change with JSON: a level that is a number is taken in no form (33.0.1)."""
        headers = {
            "OCS-APIRequest": "true",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        path = self._dav.address.path(route)
        reply = self._dav.send("PUT", path, json.dumps(content).encode(), headers)
        return self.checked(self._read(reply, wrote=True))

    def post(self, route: str, form: Mapping[str, str]) -> OcsAnswer:
        """Write with a form."""
        return self.checked(super().post(route, form))

    def post_at_once(self, route: str, form: Mapping[str, str]) -> OcsAnswer:
        """Write what a server counts by the hour: waiting a minute to be let in would not help."""
        headers = {
            "OCS-APIRequest": "true",
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = self._dav.address.path(route)
        reply = self._dav.send("POST", path, urlencode(form).encode(), headers, patience=0)
        return self.checked(self._read(reply, wrote=True))

    def checked(self, answer: OcsAnswer) -> OcsAnswer:
        """The answer, unless it says that we ask too often."""
        if answer.code == 429:
            raise Overloaded("cloud-too-many-requests", cloud=self.cloud)
        return answer
