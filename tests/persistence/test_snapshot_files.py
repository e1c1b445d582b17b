"""Copies on disk: what was written is read again, and what was spoilt is passed over."""

import gzip
import os
import stat
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from shapely import MultiPolygon, Polygon, box

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.place import Claim, Revision
from geo_service.domain.register import Dataset, Overrides, Register
from geo_service.domain.station import Accessibility, Amenity, Group, Service, ServiceKind
from geo_service.domain.township import BoundaryStatus, County, Township
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.snapshot_files import SnapshotFiles
from geo_service.persistence.snapshots import Snapshots
from tests.support.register import a_dataset, a_station

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/none"
COMMITTED = datetime(2026, 1, 1, 8, 30, 0, 123456, tzinfo=UTC)


def a_revision(number: int, **more: datetime) -> Revision:
    given = {"committed_at": COMMITTED} | more
    return Revision(number=number, author="王女士", reason="a test", **given)


def all_there_is() -> Dataset:
    """A dataset that has every kind of thing, with and without what it may lack."""
    whole = a_station(
        "A-1",
        114.0123456789,
        33.5,
        Service(
            kind=ServiceKind.REST,
            opening_hours="Mo-Fr 08:00-18:00; PH off",
            groups=frozenset({Group.SANITATION, Group.BUS_DRIVER}),
        ),
        Service(kind=ServiceKind.BREAKFAST),
        name="站 \u2028 “quoted”\t\\N\r\n",
        name_en="Station",
        amenities=frozenset({Amenity.WATER, Amenity.HEATING}),
        township_code="T-1",
        telephone="0395",
        capacity=12,
        accessibility=Accessibility.LIMITED,
        accuracy_m=2.5,
        verified_on=date(2026, 2, 28),
        opened_on=date(2016, 5, 1),
        closed_on=date(2027, 1, 1),
        reported_closed_on=date(2026, 11, 20),
    )
    square, two = box(114.0, 33.5, 114.1, 33.6), MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)])
    outline: tuple[Polygon | MultiPolygon, ...] = (square, two)
    return a_dataset(
        [whole, a_station("A-2")],
        townships=(
            Township(
                code="T-1",
                name="乡",
                boundary=outline[0],
                boundary_status=BoundaryStatus.APPROXIMATE,
                source="a test",
                county_code="C-1",
                seat=Coordinate(longitude=114.05, latitude=33.55),
                population=7,
            ),
            Township(
                code="T-2",
                name="without",
                boundary=None,
                boundary_status=BoundaryStatus.NONE,
                source="a test",
            ),
        ),
        counties=(
            County(
                code="C-1",
                name="县",
                boundary=outline[1],
                boundary_status=BoundaryStatus.OFFICIAL,
                source="a test",
            ),
        ),
        calendar=HolidayCalendar(
            [
                Holiday(
                    day=date(2026, 10, 1),
                    kind=HolidayKind.PUBLIC_HOLIDAY,
                    name="国庆节",
                    status=HolidayStatus.PUBLISHED,
                    source="a test",
                )
            ]
        ),
        claims=(
            Claim(
                key="k",
                name="n",
                value="203",
                unit="stations",
                as_of="2025",
                source_title="t",
                source_url="u",
                note="",
            ),
        ),
    )


def at_once() -> None:
    """Go on without a pause."""


@pytest.fixture
def files(tmp_path: Path) -> SnapshotFiles:
    """A folder for copies that is not there yet."""
    return SnapshotFiles(tmp_path / "snapshots")


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name.split("-")[1] for path in folder.glob("snapshots/revision-*"))


def the_file(folder: Path) -> Path:
    (path,) = folder.glob("snapshots/revision-*")
    return path


def test_what_was_kept_is_read_again(files: SnapshotFiles) -> None:
    files.keep(a_revision(3), all_there_is(), at_once)

    kept = files.newest()

    assert kept is not None
    assert kept.revision == a_revision(3)
    given, read = all_there_is(), kept.dataset
    assert read.calendar.holidays == given.calendar.holidays
    assert replace(read, calendar=given.calendar) == replace(given, calendar=given.calendar)


def test_only_its_owner_may_read_a_copy(files: SnapshotFiles, tmp_path: Path) -> None:
    files.keep(a_revision(1), all_there_is(), at_once)

    assert stat.S_IMODE((tmp_path / "snapshots").stat().st_mode) == 0o700
    assert stat.S_IMODE(the_file(tmp_path).stat().st_mode) == 0o600


def test_the_last_two_revisions_are_kept(files: SnapshotFiles, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        files.keep(a_revision(number), a_dataset([]), at_once)

    assert kept_in(tmp_path) == ["2", "3"]


def test_the_newest_is_what_was_kept_last_whatever_its_number(files: SnapshotFiles) -> None:
    files.keep(a_revision(9), a_dataset([]), at_once)
    files.keep(a_revision(4), a_dataset([]), at_once)

    kept = files.newest()

    assert kept is not None
    assert kept.revision.number == 4


def test_a_revision_of_the_same_number_committed_later_is_another(
    files: SnapshotFiles, tmp_path: Path
) -> None:
    files.keep(a_revision(1), a_dataset([]), at_once)
    files.keep(a_revision(1, committed_at=COMMITTED + timedelta(days=1)), a_dataset([]), at_once)

    assert kept_in(tmp_path) == ["1", "1"]


def test_an_empty_folder_has_no_copy(files: SnapshotFiles) -> None:
    assert files.newest() is None


@pytest.mark.parametrize(
    "spoilt", ["cut off", "altered", "shortened", "empty", "not packed", "of another time"]
)
def test_a_spoilt_copy_is_passed_over_for_the_one_before(
    files: SnapshotFiles, tmp_path: Path, spoilt: str
) -> None:
    files.keep(a_revision(1), a_dataset([a_station("A-1")]), at_once)
    path = the_file(tmp_path)
    good = path.read_bytes()
    lines = gzip.decompress(good)
    later = path.with_name("revision-2-20260101T000000.000000Z.v2.gz")
    later.write_bytes(
        {
            "cut off": good[: len(good) // 2],
            "altered": gzip.compress(lines.replace(b"Station A-1", b"Station B-1")),
            "shortened": gzip.compress(b"".join(lines.splitlines(keepends=True)[:-2])),
            "empty": b"",
            "not packed": lines,
            "of another time": gzip.compress(lines.replace(b'"version":2', b'"version":3')),
        }[spoilt]
    )
    os.utime(later, (2e9, 2e9))

    kept = files.newest()

    assert kept is not None
    assert kept.revision.number == 1


def test_a_copy_of_an_earlier_version_does_not_stand_in_the_way_of_one_that_can_be_read(
    files: SnapshotFiles, tmp_path: Path
) -> None:
    files.keep(a_revision(1), a_dataset([a_station("A-1")]), at_once)
    path = the_file(tmp_path)
    path.rename(path.with_name(path.name.replace(".v2.gz", ".jsonl.gz")))

    files.keep(a_revision(1), a_dataset([a_station("A-1")]), at_once)

    assert path.is_file()


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "snapshots").write_text("a file in its place", encoding="utf-8")

    SnapshotFiles(tmp_path / "snapshots").keep(a_revision(1), a_dataset([]), at_once)


def test_a_full_disk_is_no_error_and_leaves_no_half_copy(
    files: SnapshotFiles, tmp_path: Path
) -> None:
    def no_room() -> None:
        raise OSError(28, "No space left on device")

    files.keep(a_revision(1), a_dataset([]), no_room)

    assert sorted(path.name for path in (tmp_path / "snapshots").iterdir()) == ["lock"]


def test_a_process_that_never_saw_its_database_serves_the_copy_and_says_its_age(
    files: SnapshotFiles,
) -> None:
    files.keep(a_revision(7), a_dataset([a_station("A-1")]), at_once)
    files.note(a_revision(7), datetime.now(UTC) - timedelta(hours=2))
    snapshots = Snapshots(Database.connect(NOWHERE), Overrides(), files=files)

    try:
        held = snapshots.current()
    finally:
        snapshots.close()

    assert held.register.revision.number == 7
    assert held.is_stale
    assert held.age_s == pytest.approx(7200, abs=60)


def test_where_all_copies_are_spoilt_the_register_is_said_to_be_unavailable(
    files: SnapshotFiles, tmp_path: Path
) -> None:
    files.keep(a_revision(7), a_dataset([]), at_once)
    the_file(tmp_path).write_bytes(b"\x1f\x8b spoilt")
    snapshots = Snapshots(Database.connect(NOWHERE), Overrides(), files=files)

    try:
        with pytest.raises(RegisterUnavailableError, match="no copy"):
            snapshots.current()
    finally:
        snapshots.close()


def test_each_revision_loaded_is_kept(scratch: Database, tmp_path: Path) -> None:
    with scratch.transaction() as session:
        number = RegisterStore(session).replace(
            a_dataset([a_station("A-1")]), author="a test", reason="a test"
        )
    files = SnapshotFiles(tmp_path / "snapshots")
    snapshots = Snapshots(scratch, Overrides(), files=files)
    snapshots.wait_for(number)
    deadline = time.monotonic() + 10
    while (kept := files.newest()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    snapshots.close()

    assert Register(*kept[:2]).stations == snapshots.current().register.stations
