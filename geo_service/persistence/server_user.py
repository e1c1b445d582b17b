"""Users, folders and processes of the operating system, as a server of its own user needs them."""

import os
import pwd
import subprocess
from pathlib import Path

from geo_service.domain.errors import GeoServiceError


class ClusterError(GeoServiceError):
    """The private PostGIS cannot be run; the text says what to do."""


def server_user(cluster: Path) -> pwd.struct_passwd:
    """Return the user the server runs as: whose folder it is, else the caller, never root."""
    try:
        owner = cluster.stat().st_uid
    except (FileNotFoundError, PermissionError):
        owner = os.geteuid()
    if owner == 0:
        return _postgres_user()
    return pwd.getpwuid(owner)


def _postgres_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ClusterError(
            "PostgreSQL does not run as root, and there is no user named postgres to run it as. "
            "Make one (adduser --system --group postgres), or start as another user than root."
        ) from None


def reaches(user: pwd.struct_passwd, folder: Path) -> bool:
    """Say whether a user may pass through every folder down to this one."""
    if os.geteuid() != 0:
        return os.access(folder, os.X_OK)
    groups = os.getgrouplist(user.pw_name, user.pw_gid)
    ran = subprocess.run(  # noqa: S603  asks the kernel, who knows of ACLs and mounts
        ["/usr/bin/test", "-x", folder],
        check=False, cwd="/", user=user.pw_uid, group=user.pw_gid, extra_groups=groups,
    )  # fmt: skip
    return ran.returncode == 0


def make_private(folder: Path, user: pwd.struct_passwd) -> None:
    """Make a folder, if need be, that only one user may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)


def is_private(folder: Path, user: pwd.struct_passwd) -> bool:
    """Say whether a folder is there, is no link, and only its user may enter."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return found.st_mode == 0o040700 and found.st_uid == user.pw_uid


def works_in(pid: int, folder: Path) -> bool:
    """Say whether a process has this folder as its working folder, as PostgreSQL's have."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def name_of(uid: int) -> str:
    """Return a user's name, or the number of one without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
