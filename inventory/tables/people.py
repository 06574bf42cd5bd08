"""The lists of people and of teams."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Column, Table

from inventory.models import Team, User
from inventory.tables.columns import NumberColumn, TimeColumn
from inventory.words import role_words


def _state(is_active: bool) -> SafeString | str:
    return "Active" if is_active else format_html('<span class="{}">No longer active</span>', "word word-unknown")


class PersonTable(Table):  # type: ignore[misc]  # django-tables2 carries no types
    """By name; ``identity_count`` is annotated by the list's queryset, and teams are fetched with it."""

    name = Column("Person", order_by=("name", "id"))
    email = Column("E-mail address", order_by=("email",))
    roles = Column("Roles", orderable=False, empty_values=())
    teams = Column("Teams", orderable=False, empty_values=(), accessor="pk")
    identity_count = NumberColumn(verbose_name="Owns", order_by=("-identity_count", "name", "id"))
    is_active = Column("State", order_by=("-is_active", "name", "id"))
    last_login = TimeColumn("Signed in", order_by=("last_login", "id"), default="Never")

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: User) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("inventory:person_detail", args=[record.pk]), record)

    def render_roles(self, record: User) -> str:
        return role_words(record.roles)

    def value_roles(self, record: User) -> str:
        return " ".join(record.roles)

    def render_teams(self, record: User) -> str:
        return ", ".join(sorted(team.name for team in record.teams.all()))

    def value_teams(self, record: User) -> str:
        return self.render_teams(record)

    def render_is_active(self, value: bool) -> SafeString | str:
        return _state(value)

    def value_is_active(self, record: User) -> str:
        return "active" if record.is_active else "left"


class TeamTable(Table):  # type: ignore[misc]
    """By name; the counts are annotated by the list's queryset."""

    name = Column("Team", order_by=("name", "id"))
    email = Column("E-mail address", order_by=("email", "name", "id"), default="")
    aliases = Column("Aliases", orderable=False, empty_values=())
    member_count = NumberColumn(verbose_name="Members", order_by=("-member_count", "name", "id"))
    identity_count = NumberColumn(verbose_name="Owns", order_by=("-identity_count", "name", "id"))
    is_active = Column("State", order_by=("-is_active", "name", "id"))

    class Meta:
        template_name = "tables/table.html"

    def render_name(self, record: Team) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("inventory:team_detail", args=[record.pk]), record.name)

    def render_aliases(self, record: Team) -> str:
        return ", ".join(record.aliases)

    def value_aliases(self, record: Team) -> str:
        return ", ".join(record.aliases)

    def render_is_active(self, value: bool) -> SafeString | str:
        return _state(value)

    def value_is_active(self, record: Team) -> str:
        return "active" if record.is_active else "left"
