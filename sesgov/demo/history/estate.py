"""The demo estate as it was on a day of its history."""

from functools import cache

from sesgov.demo.estate import World, build_world, faults, identity
from sesgov.demo.estate_accounts import ACCOUNTS
from sesgov.demo.history.script import REFUSALS, STORIES, AsNow, Gone, State, Story, created_on, tagged_on

Place = tuple[str, str, str]
OWNER_KEYS = ("team", "owner", "contact")
_ACCOUNTS = {account.id: account for account in ACCOUNTS}


def identities_on(day: int) -> dict[Place, World]:
    """Each identity by (account id, region, name); day 0 is the present, exactly."""
    present = _present()
    held = {place: item if day == 0 else _without_late_tags(place, item, day) for place, item in present.items()}
    if day:
        held = {place: item for place, item in held.items() if _created_on(place) >= day}
    for story in STORIES:
        place = (story.account.id, story.region, story.name)
        state = _state(story, day)
        if isinstance(state, Gone):
            held.pop(place, None)
        elif not isinstance(state, AsNow):
            held[place] = identity(story.account, story.region, story.name, state)
    return held


def world_on(day: int) -> World:
    """The world file of a day."""
    world, held = build_world(), identities_on(day)
    for account in world["accounts"]:
        account["identities"] = [item for (account_id, _, _), item in held.items() if account_id == account["id"]]
    return world | {"faults": faults_on(day)}


def faults_on(day: int) -> list[World]:
    """What the double refuses on a day."""
    past = [fault for each in REFUSALS if each.from_day >= day > each.to_day for fault in each.faults]
    return [*faults(), *past]


def _state(story: Story, day: int) -> State:
    return [turn.state for turn in story.turns if turn.day >= day][-1]


@cache
def _present() -> dict[Place, World]:
    accounts = build_world()["accounts"]
    return {
        (account["id"], item["region"], item["name"]): item for account in accounts for item in account["identities"]
    }


def _created_on(place: Place) -> int:
    account_id, region, name = place
    return created_on(_ACCOUNTS[account_id], region, name)


def _without_late_tags(place: Place, item: World, day: int) -> World:
    account_id, region, name = place
    if tagged_on(_ACCOUNTS[account_id], region, name) >= day:
        return item
    return item | {"tags": {key: value for key, value in item["tags"].items() if key.lower() not in OWNER_KEYS}}
