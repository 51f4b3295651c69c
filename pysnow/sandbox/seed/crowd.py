"""Everybody else of the company: the users who make a stock instance's list of them some six hundred long.

They work on nothing, lead nobody and cannot log in. Their names are combinations of given and family names.
"""

from __future__ import annotations

from collections.abc import Iterator

from pysnow.sandbox.seed.people import PEOPLE, Person, add_person
from pysnow.sandbox.seed.rows import DemoRows

GIVEN_NAMES = (
    *("Adele", "Bruno", "Camille", "Dmitri", "Esther", "Farid", "Greta", "Hugo", "Imani", "Jonas", "Kavya", "Lorenzo"),
    *("Miriam", "Nils", "Odette", "Pavel", "Quentin", "Ramona", "Stefan", "Talia", "Umar", "Violet", "Wesley", "Xenia"),
    "Yolanda",
)
FAMILY_NAMES = (
    *("Abbott", "Barros", "Castel", "Dahl", "Eklund", "Fontaine", "Garza", "Hollis", "Ibarra", "Jansen", "Kowalczyk"),
    *("Lindqvist", "Moretti", "Nakata", "Oduya", "Prescott", "Quigley", "Rossi", "Sandoval", "Thorne", "Ueda", "Varga"),
)

# title, department, manager
_POSITIONS = (
    ("Account Executive", "Sales", "marcus.oyelaran"),
    ("Accountant", "Finance", "helena.brandt"),
    ("Software Engineer", "Development", "priya.raman"),
    ("Support Specialist", "Customer Support", "liam.okafor"),
    ("Product Analyst", "Product Management", "sofia.castellano"),
    ("Recruiter", "Human Resources", "joanna.pike"),
    ("Systems Engineer", "Infrastructure", "david.loo"),
)
_LOCATIONS = ("San Diego", "London", "Boston", "Köln", "Denver", "Utrecht", "Sydney", "Tokyo")


def crowd() -> Iterator[Person]:
    """Give the users, always the same ones in the same order."""
    names = ((given, family) for family in FAMILY_NAMES for given in GIVEN_NAMES)
    for number, (given, family) in enumerate(names):
        title, department, manager = _POSITIONS[number % len(_POSITIONS)]
        yield Person(given, family, title, department, _LOCATIONS[number % len(_LOCATIONS)], manager)


def add_crowd(rows: DemoRows) -> None:
    """Add the users."""
    for position, person in enumerate(crowd(), len(PEOPLE)):
        add_person(rows, position, person)
