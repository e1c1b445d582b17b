"""A page with two editors of opening hours in one form, which says what it was sent."""

from flask import Flask, jsonify, render_template_string, request

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.web.access import requires
from geo_service.web.language import language_asked
from geo_service.web.page import page_context
from geo_service.web.register_hours.editor import editor
from geo_service.web.register_hours.form import HoursForm

_PAGE = """
{% extends "register/desk.html" %}
{% from "register_hours/editor.html" import hours_editor %}
{% block title %}Hours{% endblock %}
{% block head %}{% set at = url_for('static', filename='register/') %}
<link rel="stylesheet" href="{{ at }}hours.css">
<script type="module" src="{{ at }}hours.js"></script>{% endblock %}
{% block content %}<h1>Hours</h1><form class="desk-form" method="post" action="/hours-page">
<input type="hidden" name="csrf_token" value="{{ csrf_token }}">
<label>Name <input name="name" value="A"></label>
{% for each in editors %}{{ hours_editor(each) }}{% endfor %}
<button type="submit" id="save">Save</button></form>{% endblock %}
"""
NAMES = {"rest_hours": "休息的开放时间", "breakfast_hours": "早餐的供应时间"}


def add_hours_page(app: Flask) -> None:
    """Serve the page at /hours-page?rest_hours=…&breakfast_hours=…, filled in so."""

    @app.get("/hours-page")
    @requires(Permission.LOOK)
    def hours_page() -> str:
        language = language_asked("en" if request.args.get("lang") == "en" else "zh")
        return render_template_string(
            _PAGE,
            **page_context(runtime.register(), language),
            editors=[
                editor(
                    name,
                    HoursForm.showing(request.args.get(name)),
                    label=label,
                    language=language,
                )
                for name, label in NAMES.items()
            ],
        )

    @app.post("/hours-page")
    @requires(Permission.LOOK)
    def hours_sent() -> object:
        forms = {name: HoursForm.from_fields(request.form, name) for name in NAMES}
        return jsonify(
            {
                name: form.expression() if not form.faults else str(form.faults[0])
                for name, form in forms.items()
            }
        )
