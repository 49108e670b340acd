"""What the shop does in the background."""

from celery import shared_task


@shared_task(ignore_result=False)
def charge(user: int, cents: int) -> str:
    """Charge a user."""
    return f"receipt-{user}-{cents}"
