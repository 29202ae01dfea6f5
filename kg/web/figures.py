"""Pictures of an event: whole pages of their own, made by `Workspace.view`, with a policy of their own."""

from __future__ import annotations

import html as escaping
import re

from kg.errors import NotFound, UsageError
from kg.terms import IRI
from kg.web.jobs import Reply
from kg.web.rendering import HTML
from kg.workspace import Workspace

_POLICY = re.compile(r"<meta http-equiv=\"Content-Security-Policy\" content=\"([^\"]*)\"", re.IGNORECASE)
#: A page that says nothing of its policy may do nothing.
_NOTHING = "default-src 'none'"


def figure(workspace: Workspace, event: IRI, kind: str) -> Reply:
    """The picture of that kind, or the dossier. NotFound for another kind; KgError where it cannot be made.

    The picture is the very file that `kg view` writes, with links to the pages here: its scripts stand in it, and its
    policy names their digests. The header repeats that policy, since the one of the other pages would forbid them.
    """
    try:
        text = workspace.view(kind, event=event.value, served=True).html
    except UsageError as error:
        raise NotFound("figure", kind, ()) from error
    found = _POLICY.search(text)
    policy = escaping.unescape(found[1]) if found else _NOTHING
    return Reply(200, HTML, text.encode(), (("Content-Security-Policy", f"{policy}; frame-ancestors 'none'"),))
