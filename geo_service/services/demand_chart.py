"""The map of a demand layer: what maps/ draws, in the frame of this register."""

from geo_service.domain.demand import DemandLayer
from geo_service.domain.register import Register
from geo_service.services.charts import Page
from maps import demand_map
from maps.demand_map import LayerChoice
from maps.imprint import Imprint
from maps.outlines import Outlines
from maps.sheet import Frame, Sheet


def demand_chart(
    register: Register, layer: DemandLayer, page: Page, *, choice: LayerChoice | None
) -> Sheet:
    """Draw a layer over the register's outlines; its imprint is of the layer, not of stations."""
    imprint = Imprint(
        revision=register.revision.number,
        made_at=page.instant.astimezone(register.place.zone),
        data_status=layer.data_status,
        source=layer.source,
        caution=page.caution,
    )
    return demand_map.draw(
        layer,
        frame=Frame(language=page.language, imprint=imprint, navigation=page.navigation),
        outlines=Outlines(counties=register.counties),
        choice=choice,
    )
