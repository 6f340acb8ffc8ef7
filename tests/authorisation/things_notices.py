"""Things of the addresses of what could not be delivered."""

from typing import Any

from lianxin.notices import services
from lianxin.notices.enums import Channel, DeliveryState
from lianxin.notices.models import Delivery
from tests import factories as f
from tests.authorisation.things import TOWN, World, thing
from tests.notices.undelivered_world import parked


@thing
def parked_event(world: World) -> Any:
    return parked(handler="gone.handler", division_code=TOWN).event_id


@thing
def refused_delivery(world: World) -> Any:
    delivery = services.send(
        channel=Channel.SMS,
        address="13800138000",
        text="x",
        event_key="x",
        division_code=TOWN,
        at=f.MONDAY,
    )
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED)
    return delivery.pk
