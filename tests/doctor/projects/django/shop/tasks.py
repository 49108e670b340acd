"""What the shop does in the background."""

from celery import shared_task


@shared_task
def charge(user: int, cents: int) -> str:
    """Charge a user."""
    return f"receipt-{user}-{cents}"
