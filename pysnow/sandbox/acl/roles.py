"""Who has which roles: directly, through groups, and through roles that contain others. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

ADMIN = "admin"
"""The role that overrides rules."""
PUBLIC = "public"
"""The role of rules that hold for guests too."""
READ_ONLY = "snc_read_only"
"""The role whose users change nothing, unless a rule names it."""
NOBODY = "nobody"
"""The role that no user has."""
REST_ACCESS = "snc_platform_rest_api_access"
"""The role that some instances ask of callers of the platform's REST APIs."""


@dataclass(frozen=True, slots=True)
class RoleGraph:
    """How roles and groups hang together; all keys are sys_ids.

    Attributes:
        names: Name of each role.
        contained: Roles that a role contains.
        of_groups: Roles that the members of a group have.
        group_parents: Parent of each group that has one.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    contained: Mapping[str, Set[str]] = field(default_factory=dict)
    of_groups: Mapping[str, Set[str]] = field(default_factory=dict)
    group_parents: Mapping[str, str] = field(default_factory=dict)

    def held(self, roles: Iterable[str], groups: Iterable[str]) -> frozenset[str]:
        """Give the names of all roles that a user has.

        Args:
            roles: Roles given to the user.
            groups: Groups the user is a member of; a group has the roles of the groups above it.
        """
        inherited = [role for group in self._with_parents(groups) for role in self.of_groups.get(group, ())]
        everything = self._closure([*roles, *inherited])
        return frozenset(self.names[role] for role in everything if role in self.names)

    def _with_parents(self, groups: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for group in groups:
            above: str | None = group
            while above and above not in found:
                found.add(above)
                above = self.group_parents.get(above)
        return found

    def _closure(self, roles: list[str]) -> set[str]:
        found: set[str] = set()
        while roles:
            role = roles.pop()
            if role not in found:
                found.add(role)
                roles.extend(self.contained.get(role, ()))
        return found
