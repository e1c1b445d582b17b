"""What stands around every page of the staff's desk: where else to go, and who is signed in."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from flask import Flask, current_app, request

from geo_service.domain.account import Permission
from geo_service.web import access
from geo_service.web.language import Language

_SECTIONS: Final = (
    ("/register/stations", "stations", Permission.LOOK),
    ("/register/reports", "reports", Permission.LOOK),
    ("/register/quality", "quality", Permission.LOOK),
    ("/register/imports", "imports", Permission.LOOK),
    ("/register/history", "history", Permission.LOOK),
    ("/register/accounts", "accounts", Permission.ADMINISTER),
)
_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "desk": "登记工作台",
        "sections": "工作台栏目",
        "stations": "站点",
        "reports": "上报",
        "quality": "数据质量",
        "imports": "导入",
        "history": "历史",
        "accounts": "账号",
        "mine": "我的账号",
        "sign_out": "退出",
        "public": "公众页面",
    },
    "en": {
        "desk": "Register desk",
        "sections": "Sections of the desk",
        "stations": "Stations",
        "reports": "Reports",
        "quality": "Data quality",
        "imports": "Import",
        "history": "History",
        "accounts": "Accounts",
        "mine": "My account",
        "sign_out": "Sign out",
        "public": "Public pages",
    },
}


class Section(NamedTuple):
    """One entry of the desk's navigation."""

    name: str
    address: str
    label: str
    is_here: bool


class Desk:
    """What the desk's frame says of this request."""

    def words(self, language: Language) -> Mapping[str, str]:
        """Return the frame's words."""
        return _WORDS[language]

    def sections(self, language: Language) -> list[Section]:
        """Return the sections that the service has and this person may see."""
        present = access.actor_if_any()
        if present is None or present.must_change:
            return []
        served = {rule.rule for rule in current_app.url_map.iter_rules()}
        return [
            Section(
                name,
                f"{request.root_path}{path}?lang={language}",
                _WORDS[language][name],
                f"{request.path}/".startswith(f"{path}/"),
            )
            for path, name, permission in _SECTIONS
            if path in served and present.may(permission)
        ]

    @property
    def person(self) -> str | None:
        """Return the name of who is signed in."""
        present = access.actor_if_any()
        return None if present is None else present.called


def register(app: Flask) -> None:
    """Give the desk's frame what it says."""
    desk = Desk()
    app.context_processor(lambda: {"desk": desk})
