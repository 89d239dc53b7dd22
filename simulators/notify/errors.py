"""What the service refuses, in the form of its error bodies."""

from __future__ import annotations


class ApiError(Exception):
    """A request that is refused, with its status and the type that its body names."""

    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message

    @property
    def body(self) -> dict[str, object]:
        """The body as version 2 of the API writes it."""
        errors = [{"error": self.error, "message": self.message}]
        return {"status_code": self.status, "errors": errors}


def invalid(message: str) -> ApiError:
    """Make the error for a request that does not fit the schema."""
    return ApiError(400, "ValidationError", message)


def bad_request(message: str) -> ApiError:
    """Make the error for a request that the service may not make."""
    return ApiError(400, "BadRequestError", message)
