"""Users of the demo data who do something in it. All mail addresses end in ``example.com``."""

from __future__ import annotations

from typing import NamedTuple

from pysnow.sandbox.instance.passwords import hash_password
from pysnow.sandbox.seed.identity import sys_id_of
from pysnow.sandbox.seed.organization import HOME_COMPANY
from pysnow.sandbox.seed.rows import DemoRows

# Their password is their user name; the last two are refused all the same, being inactive and locked out. The others
# have none and cannot log in.
WITH_PASSWORD = frozenset({"admin", "itil", "employee", "abel.tuter", "vera.holloway", "simon.kessler"})


class Person(NamedTuple):
    """One user.

    Attributes:
        first_name: Given name.
        last_name: Family name.
        title: Job title.
        department: Name of the department; empty for none.
        location: Name of the location; empty for none.
        manager: User name of the manager; empty for none.
        user_name: Login name; ``first.last`` in lower case unless given.
        extra: Further columns.
    """

    first_name: str
    last_name: str
    title: str = ""
    department: str = ""
    location: str = ""
    manager: str = ""
    user_name: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def login(self) -> str:
        """The login name."""
        return self.user_name or f"{self.first_name}.{self.last_name}".lower()

    @property
    def name(self) -> str:
        """The display name, as the platform calculates it."""
        return f"{self.first_name} {self.last_name}".strip()


_GERMAN = (("time_zone", "Europe/Berlin"), ("date_format", "dd.MM.yyyy"), ("preferred_language", "de"))
_BRITISH = (("time_zone", "Europe/London"), ("date_format", "dd/MM/yyyy"))
_JAPANESE = (("time_zone", "Asia/Tokyo"), ("preferred_language", "ja"))
_VIP = (("vip", "true"),)

PEOPLE = (
    # Administrators and machines.
    Person(
        "System",
        "Administrator",
        "System Administrator",
        "IT",
        "San Diego",
        "",
        "admin",
        (("time_zone", "US/Pacific"),),
    ),
    Person("ITIL", "User", "Service Desk Agent", "Service Management", "San Diego", "owen.hartley", "itil"),
    Person("Joe", "Employee", "Account Coordinator", "Sales", "Denver", "marcus.oyelaran", "employee"),
    Person("Guest", "", "", "", "", "", "guest"),
    Person(
        "Monitoring",
        "Integration",
        "",
        "",
        "",
        "",
        "svc.monitoring",
        (("web_service_access_only", "true"), ("internal_integration_user", "true")),
    ),
    Person("Data", "Warehouse", "", "", "", "", "svc.warehouse", (("web_service_access_only", "true"),)),
    # Documentation samples speak of these three.
    Person("Abel", "Tuter", "Account Executive", "Product Management", "San Diego", "sofia.castellano"),
    Person("David", "Loo", "Infrastructure Manager", "Infrastructure", "Denver", "marta.quintero"),
    Person("Don", "Goodliffe", "Network Engineer", "Infrastructure", "Denver", "david.loo"),
    # Heads of departments.
    Person("Marta", "Quintero", "Chief Information Officer", "IT", "San Diego", "", "", _VIP),
    Person("Owen", "Hartley", "Service Desk Manager", "Service Management", "London", "marta.quintero", "", _BRITISH),
    Person("Priya", "Raman", "Head of Development", "Development", "Boston", "marta.quintero"),
    Person("Helena", "Brandt", "Chief Financial Officer", "Finance", "Köln", "", "", _GERMAN + _VIP),
    Person("Joanna", "Pike", "Director of People", "Human Resources", "Boston", "", "", _VIP),
    Person("Marcus", "Oyelaran", "Vice President Sales", "Sales", "London", "", "", _BRITISH + _VIP),
    Person("Sofia", "Castellano", "Product Director", "Product Management", "San Diego"),
    Person("Liam", "Okafor", "Customer Support Manager", "Customer Support", "Sydney"),
    # Service desk and support.
    Person("Nadia", "Ferreira", "Service Desk Agent", "Service Management", "San Diego", "owen.hartley"),
    Person("Tobias", "Weller", "Service Desk Agent", "Service Management", "Köln", "owen.hartley", "", _GERMAN),
    Person("Grace", "Mbeki", "Service Desk Agent", "Service Management", "London", "owen.hartley", "", _BRITISH),
    Person("Ivan", "Petrenko", "Network Engineer", "Infrastructure", "Utrecht", "david.loo"),
    Person("Keiko", "Tanabe", "Network Engineer", "Infrastructure", "Tokyo", "david.loo", "", _JAPANESE),
    Person("Ruben", "van Dijk", "Hardware Technician", "Infrastructure", "Utrecht", "david.loo", "ruben.vandijk"),
    Person("Carla", "Mendes", "Hardware Technician", "Infrastructure", "San Diego", "david.loo"),
    Person("Søren", "Aagaard", "Systems Engineer", "Infrastructure", "Utrecht", "david.loo", "soren.aagaard"),
    Person("Renée", "Dubois", "Database Administrator", "Infrastructure", "London", "david.loo", "renee.dubois"),
    Person("Arjun", "Mehta", "Database Administrator", "Infrastructure", "Denver", "david.loo"),
    Person("Elliot", "Stroud", "Software Engineer", "Development", "Boston", "priya.raman"),
    Person("Wanjiru", "Kamau", "Software Engineer", "Development", "London", "priya.raman"),
    Person("Mikael", "Sandberg", "Release Manager", "Development", "Utrecht", "priya.raman"),
    Person("Bronwyn", "Tully", "Change Manager", "Service Management", "Sydney", "owen.hartley"),
    Person("Hector", "Alvarado", "Problem Manager", "Service Management", "San Diego", "owen.hartley"),
    Person("Yusuf", "Demir", "Security Analyst", "IT", "Köln", "marta.quintero", "", _GERMAN),
    # Everybody else: those who call.
    Person("Annika", "Sørli", "Controller", "Finance", "Köln", "helena.brandt", "annika.sorli"),
    Person("Charlie", "Whitcombe", "Accountant", "Finance", "London", "helena.brandt"),
    Person("Beatriz", "Novais", "Payroll Specialist", "Finance", "Boston", "helena.brandt"),
    Person("Jürgen", "Köhler", "Auditor", "Finance", "Köln", "helena.brandt", "juergen.koehler", _GERMAN),
    Person("Tamsin", "O'Leary", "Recruiter", "Human Resources", "London", "joanna.pike", "tamsin.oleary"),
    Person("Felix", "Arnaud", "HR Business Partner", "Human Resources", "Utrecht", "joanna.pike"),
    Person("Rosa", "Delgado", "Account Executive", "Sales", "San Diego", "marcus.oyelaran"),
    Person("Patrick", "Nwosu", "Account Executive", "Sales", "London", "marcus.oyelaran"),
    Person("Hina", "Shimizu", "Account Executive", "Sales", "Tokyo", "marcus.oyelaran", "", _JAPANESE),
    Person("Gwen", "Abernathy", "Sales Operations Analyst", "Sales", "Denver", "marcus.oyelaran"),
    Person("Luca", "Bianchi", "Product Manager", "Product Management", "Köln", "sofia.castellano"),
    Person("Mei", "Lin", "Product Manager", "Product Management", "Sydney", "sofia.castellano"),
    Person("Oscar", "Tremblay", "Support Specialist", "Customer Support", "Sydney", "liam.okafor"),
    Person("Fatima", "Zahrani", "Support Specialist", "Customer Support", "London", "liam.okafor"),
    Person("Dale", "Ostrowski", "Support Specialist", "Customer Support", "Denver", "liam.okafor"),
    # Logins that must be refused.
    Person("Vera", "Holloway", "Former Accountant", "Finance", "London", "helena.brandt", "", (("active", "false"),)),
    Person("Simon", "Kessler", "Contractor", "Development", "Boston", "priya.raman", "", (("locked_out", "true"),)),
    # Samples of the Table API documentation speak of these two.
    Person("Beth", "Anglin", "Service Desk Agent", "Service Management", "San Diego", "owen.hartley"),
    Person("Fred", "Luddy", "Systems Architect", "IT", "San Diego", "marta.quintero"),
)

CALLERS = tuple(
    person.login
    for person in PEOPLE
    if person.department in {"Finance", "Human Resources", "Sales", "Product Management", "Customer Support"}
    and ("active", "false") not in person.extra
)

NAMES = {person.login: person.name for person in PEOPLE}
LOCATION_OF = {person.login: person.location for person in PEOPLE}


def user_id(login: str) -> str:
    """Return the ``sys_id`` of a demo user."""
    return sys_id_of("sys_user", login)


def add_people(rows: DemoRows) -> None:
    """Add the users."""
    for position, person in enumerate(PEOPLE):
        add_person(rows, position, person)


def add_person(rows: DemoRows, position: int, person: Person) -> None:
    """Add one user.

    Args:
        rows: Where to add.
        position: Place among all users, which came one a day.
        person: The user.
    """
    created = rows.ago(800 - position)
    values = _profile(person) | {"employee_number": f"BW{1000 + position}"} | dict(person.extra)
    rows.add("sys_user", person.login, values, created=created, updated=rows.ago(30 + position % 20), mod_count=3)


def _profile(person: Person) -> dict[str, str | None]:
    login = person.login
    return {
        "user_name": login,
        "first_name": person.first_name,
        "last_name": person.last_name or None,
        "name": person.name,
        "email": None if login == "guest" else f"{login}@example.com",
        "title": person.title or None,
        "department": sys_id_of("cmn_department", person.department) if person.department else None,
        "location": sys_id_of("cmn_location", person.location) if person.location else None,
        "company": sys_id_of("core_company", HOME_COMPANY) if person.department else None,
        "manager": user_id(person.manager) if person.manager else None,
        # The salt is fixed so that two plantings write the same hash.
        "user_password": hash_password(login, salt=user_id(login)[:16]) if login in WITH_PASSWORD else None,
        "source": None,
    }
