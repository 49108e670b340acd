"""
A flow as a picture.
"""

from datetime import datetime, timezone
from pathlib import Path

from celerykit import call, fan, group, step, xmap

MOMENT = datetime(2040, 5, 1, 12, tzinfo=timezone.utc)


def test_a_flow_is_drawn(shop):
    """
    Each task has a box with its queue and its delay; an arrow is a value, a dotted one is none.
    """
    shop.app.conf.task_default_queue = "celery"
    flow = (
        call(shop.add, 1, 2).queue("high").link_error(shop.report)
        | fan(step(shop.add, 3).countdown(60), step(shop.add, 4) | step(shop.same))
        | step(shop.total).eta(MOMENT)
    ).then(call(shop.note).link(step(shop.same)))

    assert (
        flow.draw()
        == """\
flowchart LR
    n1["shop.add<br/>queue high"]
    n2["shop.report<br/>queue celery"]
    subgraph g3 ["2 at once"]
        n4["shop.add<br/>queue celery<br/>60 s after it is sent"]
        n5["shop.add<br/>queue celery"]
        n6["shop.same<br/>queue celery"]
    end
    n7["shop.total<br/>queue celery<br/>at 2040-05-01 12:00:00+00:00"]
    n8["shop.note<br/>queue celery"]
    n9["shop.same<br/>queue celery"]
    n1 -.->|on failure| n2
    n1 --> n4
    n1 --> n5
    n5 --> n6
    n4 --> n7
    n6 --> n7
    n7 -.-> n8
    n8 -->|on success| n9"""
    )


def test_a_large_group_is_drawn_in_part(shop):
    """
    Of many members six are drawn, and the others counted; of none there is one box.
    """
    several = group(call(shop.same, number) for number in range(1000)) | step(shop.total)

    text = several.draw()

    assert '"1000 at once"' in text
    assert '"994 more"' in text
    assert text.count("shop.same") == 6
    assert '"0 at once"' in call(shop.same, 1).then(group([])).draw()


def test_a_box_says_where_its_task_goes(make_app):
    """
    Routes count; an exchange is named with its key, and a queue that is not declared is told.
    """
    app = make_app(task_create_missing_queues=False, task_routes={"shop.far": {"queue": "nowhere"}})

    @app.task(name="shop.near")
    def near(value=1):
        return value

    @app.task(name='shop."far"')
    def far(value=1):
        return value

    app.conf.task_default_queue = "celery"
    flow = call(near).then(call(far).queue("nowhere")).then(xmap(near, [1]))
    keyed = call(near).exchange("parcels").routing_key("heavy")
    odd = call(near).exchange("<in>").routing_key("#lt;")

    assert "shop.near<br/>queue celery" in flow.draw()
    assert "shop.#quot;far#quot;<br/>queue nowhere, which is not declared" in flow.draw()
    assert "celery.map of shop.near" in flow.draw()
    assert "exchange parcels, key heavy" in keyed.draw()
    assert "exchange #lt;in#gt;, key #35;lt;" in odd.draw()
    assert "flowchart LR" in fan(step(near), step(near)).draw()


def test_the_page_shows_what_is_drawn():
    """
    The diagram in docs/flows.md is the text that the example above it prints.
    """
    page = (Path(__file__).parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")

    printed = page.partition(">>> print(flow.draw())\n")[2].partition("\n\n")[0]
    diagram = page.partition("```{mermaid}\n")[2].partition("\n```")[0]

    assert diagram == printed
