"""What goes into a file of the register."""

from typing import NamedTuple, Self

from geo_service.domain.place import Revision
from geo_service.domain.register import Dataset, Register


class Contents(NamedTuple):
    """One revision of the register, whole."""

    revision: Revision
    dataset: Dataset

    @classmethod
    def of(cls, register: Register) -> Self:
        """Take them from the register that answers are given from."""
        dataset = Dataset(
            place=register.place,
            stations=register.stations,
            townships=register.townships,
            counties=register.counties,
            calendar=register.calendar,
            claims=register.claims,
        )
        return cls(register.revision, dataset)
