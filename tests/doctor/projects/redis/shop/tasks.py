"""What the shop does in the background."""

from shop.app import app


@app.task
def charge(user: int, cents: int) -> str:
    """Charge a user."""
    return f"receipt-{user}-{cents}"


@app.task(ignore_result=True)
def clean_up() -> None:
    """Throw away what is old."""
