"""What is refused, in the form of Salesforce's error bodies."""

from __future__ import annotations


class ApiError(Exception):
    """A request that is refused, with its status and error code."""

    def __init__(self, status: int, code: str, message: str, *fields: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields

    @property
    def body(self) -> object:
        """The body as the REST API writes it."""
        return [{"message": self.message, "errorCode": self.code, "fields": list(self.fields)}]


class TokenError(ApiError):
    """A log-in that is refused, in OAuth's own form."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(400, code, message)

    @property
    def body(self) -> object:
        """The body as RFC 6749, 5.2 has it."""
        return {"error": self.code, "error_description": self.message}
