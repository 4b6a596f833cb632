"""The tokens of webhooks: who has one may tell of new files, and do nothing else."""

from __future__ import annotations

import hmac

from forecastle.service.context import Service

PATH = "/events"
_ALL = "all"


def webhook_token(service: Service, account: str | None) -> str:
    """The token of an account, or of the operator (None), whose events concern all accounts.

    It follows from the key of the data directory and the setting ``webhook_version``.
    """
    name = account or _ALL
    content = f"webhook/{service.settings.webhook_version}/{name}"
    return f"{name}-{service.catalog.vault.sign(content.encode()).hex()}"


def is_valid(service: Service, token: str) -> bool:
    """Whether a token is one that the service gave."""
    expected = webhook_token(service, account_of(token))
    return hmac.compare_digest(expected.encode(), token.encode())


def account_of(token: str) -> str | None:
    """The account that a valid token speaks for; None: all."""
    name = token.partition("-")[0]
    return None if name == _ALL else name


def webhook_path(service: Service, account: str | None) -> str:
    """Where events are sent to, below the service's address, with the token."""
    return f"{PATH}?token={webhook_token(service, account)}"
