"""
What tasks are given, and by which name they are called.
"""

from datetime import date

from celerykit import call
from tests.fidelity.scenario import Lab, scenario


@scenario("add 1 2", "add 3 4", "add 5 6", results=["SUCCESS 3", "SUCCESS 7", "SUCCESS 11"])
def three_ways_to_send(lab: Lab):
    """
    delay(), apply_async() and celerykit's send() do the same.
    """
    add = lab.tasks.add
    first, second = add.delay(1, 2), add.apply_async((3,), {"y": 4})
    return [first, second, call(add, 5, y=6).send().async_result]


@scenario("add 1 2", results=["SUCCESS 3"])
def a_task_by_its_name(lab: Lab):
    """
    send_task() reaches the task of that name.
    """
    return [lab.app.send_task("fidelity.add", (1, 2))]


@scenario(
    "say after",
    results=[
        "FAILURE Task of kind 'fidelity.unknown' never registered, please make sure it's imported.",
        "SUCCESS 'after'",
    ],
)
def a_name_that_nobody_knows(lab: Lab):
    """
    A task that no worker knows fails, and the next one is run.
    """
    return [lab.app.send_task("fidelity.unknown"), lab.tasks.say.delay("after")]


@scenario("unbound 1 in fidelity.unbound", results=["SUCCESS 1"])
def a_task_that_is_not_bound(lab: Lab):
    """
    current_task is the task that runs.
    """
    return [lab.tasks.unbound.delay(1)]


@scenario(
    "kinds ([1, 2], {'1': None}, 2.5, 'é') {'day': datetime.date(2030, 1, 2)}",
    results=["SUCCESS [[1, 2], {'1': None}, 2.5, 'é']"],
)
def what_json_makes_of_arguments(lab: Lab):
    """
    A tuple comes as a list, a key as text, and what kombu knows as what it was.
    """
    kinds = lab.tasks.kinds
    return [kinds.delay((1, 2), {1: None}, 2.5, "é", day=date(2030, 1, 2))]


@scenario("double Order(sku='tea', count=2)", results=["SUCCESS {'sku': 'tea', 'count': 4}"])
def a_pydantic_model(lab: Lab):
    """
    A model is validated when the task runs, and dumped when it returns.
    """
    return [lab.tasks.double.delay({"sku": "tea", "count": 2})]


@scenario(
    results=[
        "FAILURE TypeError(\"add() missing 1 required positional argument: 'y'\")",
    ]
)
def arguments_that_do_not_fit(lab: Lab):
    """
    What is sent by name with the wrong arguments fails as it is called.
    """
    return [lab.app.send_task("fidelity.add", (1,))]


@scenario("say nothing", "kinds () {'a': 1}", results=["SUCCESS 'nothing'", "SUCCESS []"])
def no_arguments_and_only_keywords(lab: Lab):
    """
    Defaults count where the task runs.
    """
    return [lab.tasks.say.delay(), lab.tasks.kinds.delay(a=1)]
