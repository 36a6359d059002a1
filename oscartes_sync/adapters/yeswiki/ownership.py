"""Giving entries to their owners: the one that the binding names, or the one that had them.

Only an owner may give a page away, and has no say in it any more afterwards (reference section 8,
recording 704). The wiki says yes to an account that it does not have, too, so each is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping

from bazar_forms.client import BazarClient, Hidden
from bazar_forms.errors import (
    AccessRefused,
    BazarError,
    NotFound,
    Unreachable,
    WikiUnavailable,
)
from oscartes_sync.adapters.yeswiki.bound import Bound
from oscartes_sync.adapters.yeswiki.listing import members_of
from oscartes_sync.adapters.yeswiki.translate import translated
from oscartes_sync.records.problem import Problem, Side

_TRIES = 2


class Ownership:
    """Hands over entries of one binding. Errors of bazar_forms leave it translated."""

    def __init__(self, client: BazarClient, bound: Bound) -> None:
        self._client = client
        self._bound = bound
        self._wiki = bound.binding.wiki

    def hands_over(self, tag: str, owner: str) -> bool:
        """Give an entry away; whether it is that account's now.

        Giving it twice is giving it once, so what went wrong is tried again after a look.

        Raises:
            SideError: nobody knows yet whose it is.
        """
        with translated(self._wiki, tag=tag):
            try:
                self._client.set_rights(tag, owner=owner)
            except (Unreachable, WikiUnavailable):
                raise
            except BazarError:
                if self._belongs_to(tag, owner):
                    return True
                return self._given_at_last(tag, owner)
            return self._belongs_to(tag, owner)

    def give_repetitions(self, tag: str, owner: str) -> tuple[Problem, ...]:
        """What repeats an entry goes where it will go: before it, so that it can be seen to be due.

        Raises:
            SideError: as `hands_over`.
        """
        with translated(self._wiki, tag=tag):
            members = members_of(self._client, self._bound, tag)
        ours = [each.tag for each in members[1:] if each.owner == self._bound.user]
        return self.give_back(dict.fromkeys(ours, owner))

    def give_back(self, owners: Mapping[str, str]) -> tuple[Problem, ...]:
        """Repetitions that the wiki made anew for us, to those who had them: tag → owner.

        All were made with the same rights, so one is asked for them: a request a repetition.

        Raises:
            SideError: as `hands_over`.
        """
        left = owners
        with translated(self._wiki, form=self._bound.form.id):
            for _ in range(_TRIES):
                if left:
                    self._give(left)
                    left = self._not_theirs(left)
        rest = sorted({*left.values()})
        return tuple(Problem.warning("owner-not-set", Side.WIKI, owner=one) for one in rest)

    def _give(self, owners: Mapping[str, str]) -> None:
        rights = None
        for tag, owner in sorted(owners.items()):
            try:
                rights = rights or self._client.rights(tag, owner=self._bound.user)
                self._client.set_rights(tag, owner=owner, now=rights)
            except (Unreachable, WikiUnavailable):
                raise
            except BazarError:
                continue  # what is not theirs all the same is tried again, then told

    def _not_theirs(self, owners: Mapping[str, str]) -> Mapping[str, str]:
        form = self._bound.form.id
        rows = self._client.entries(form, fields=("id_fiche", "owner"), anonymous=False).rows
        return {
            tag: owner
            for tag, owner in owners.items()
            if rows.get(tag, {}).get("owner", "").casefold() != owner.casefold()
        }

    def _given_at_last(self, tag: str, owner: str) -> bool:
        try:
            self._client.set_rights(tag, owner=owner)
        except (AccessRefused, NotFound):
            return False
        return self._belongs_to(tag, owner)

    def _belongs_to(self, tag: str, owner: str) -> bool:
        page = self._client.page(tag)
        if page is None or isinstance(page, Hidden):
            return page is not None
        return page.owner.casefold() == owner.casefold()
