"""The people and companies of the demo. The first of each kind can be signed in as (README)."""

from dataclasses import dataclass
from uuid import NAMESPACE_DNS, uuid5

from accounts.rules.roles import StaffRole
from fleet.rules.types import VehicleCategory

DOMAIN = "demo.atlas.test"
PASSWORD = "atlas-demo-2026"  # noqa: S105 (of the demo only; production never has these users)


def demo_id(name: str) -> str:
    """The same id in every installation."""
    return str(uuid5(NAMESPACE_DNS, f"{name}.{DOMAIN}"))


@dataclass(frozen=True, slots=True)
class Car:
    category: VehicleCategory
    name: str
    plate: str
    passengers: int
    luggage: int
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Company:
    key: str
    """Sign-in name of its owner."""
    owner: str
    name: str
    license: str
    rating: float
    share: int
    """How many of ten rides it wins."""
    markup: float
    """Its prices, of the default rules."""
    drivers: tuple[str, ...]
    cars: tuple[Car, ...]
    approved: bool = True


SEDAN, SUV, SPRINTER, LIMO = VehicleCategory
COMFORT = ("Leather", "WiFi", "Bottled water")

STAFF = (
    ("admin", "Nora Feldmann", StaffRole.SUPERUSER),
    ("support", "Elena Brooks", StaffRole.SUPPORT),
    ("finance", "Tobias Kern", StaffRole.FINANCE),
    ("operations", "Kwame Asante", StaffRole.OPERATIONS),
)

CONCIERGES = (
    ("concierge", "Sofia Marchetti", "Grand Hotel"),
    ("james.whitfield", "James Whitfield", "The Alderman"),
    ("amara.okafor", "Amara Okafor", "Harbour House"),
    ("henri.lacroix", "Henri Lacroix", "Maison Lacroix Travel"),
)

COMPANIES = (
    Company(
        key="operator",
        owner="Eleanor Vance",
        name="Meridian Chauffeurs",
        license="TLC-B02914",
        rating=4.9,
        share=5,
        markup=1.08,
        drivers=(
            "Marcus Bell",
            "Yusuf Demir",
            "Tomás Herrera",
            "Grace Lindqvist",
            "Andre Baptiste",
            "Olena Kovalenko",
            "Samuel Adeyemi",
            "Isabel Duarte",
            "Ravi Menon",
        ),
        cars=(
            Car(SEDAN, "Mercedes-Benz S 580", "MRD 1001", 3, 3, (*COMFORT, "Massage seats")),
            Car(SEDAN, "BMW i7", "MRD 1002", 3, 3, (*COMFORT, "Electric", "Theatre screen")),
            Car(SEDAN, "Mercedes-Benz EQS", "MRD 1003", 3, 3, (*COMFORT, "Electric")),
            Car(SEDAN, "Lucid Air", "MRD 1004", 3, 3, (*COMFORT, "Electric")),
            Car(SEDAN, "Mercedes-Benz S 580", "MRD 1005", 3, 3, (*COMFORT, "Massage seats")),
            Car(SEDAN, "BMW i7", "MRD 1006", 3, 3, (*COMFORT, "Electric", "Theatre screen")),
            Car(SUV, "Cadillac Escalade ESV", "MRD 2001", 6, 6, (*COMFORT, "TV")),
            Car(SUV, "Range Rover LWB", "MRD 2002", 4, 5, COMFORT),
            Car(SUV, "Lincoln Navigator L", "MRD 2003", 6, 6, COMFORT),
            Car(SUV, "Rivian R1S", "MRD 2004", 6, 5, (*COMFORT, "Electric")),
            Car(SUV, "Cadillac Escalade IQ", "MRD 2005", 6, 6, (*COMFORT, "Electric", "TV")),
            Car(SPRINTER, "Mercedes-Benz Sprinter Jet", "MRD 3001", 12, 14, (*COMFORT, "TV", "Conference table")),
            Car(SPRINTER, "Mercedes-Benz Sprinter VIP", "MRD 3002", 10, 12, (*COMFORT, "Bar")),
            Car(LIMO, "Lincoln Stretch", "MRD 4001", 8, 4, (*COMFORT, "Bar", "Starlight roof")),
            Car(LIMO, "Rolls-Royce Phantom", "MRD 4002", 4, 3, (*COMFORT, "Champagne cooler")),
        ),
    ),
    Company(
        key="operator2",
        owner="Jonathan Ashcroft",
        name="Harbour & Crown",
        license="TLC-B01377",
        rating=4.7,
        share=4,
        markup=1.0,
        drivers=("Daniel Osei", "Mei Tanaka", "Pavel Novák", "Leila Haddad", "Connor Walsh", "Nadia Rahman"),
        cars=(
            Car(SEDAN, "Audi A8 L", "HBC 110", 3, 3, COMFORT),
            Car(SEDAN, "Mercedes-Benz E 450", "HBC 111", 3, 3, COMFORT),
            Car(SEDAN, "Genesis G90", "HBC 112", 3, 3, COMFORT),
            Car(SEDAN, "Mercedes-Benz EQE", "HBC 113", 3, 3, (*COMFORT, "Electric")),
            Car(SEDAN, "Audi e-tron GT", "HBC 114", 3, 2, (*COMFORT, "Electric")),
            Car(SUV, "Chevrolet Suburban", "HBC 210", 6, 6, COMFORT),
            Car(SUV, "BMW X7", "HBC 211", 5, 5, COMFORT),
            Car(SPRINTER, "Mercedes-Benz Sprinter", "HBC 310", 12, 12, COMFORT),
            Car(SPRINTER, "Ford Transit Executive", "HBC 311", 11, 12, COMFORT),
            Car(LIMO, "Chrysler 300 Stretch", "HBC 410", 8, 4, (*COMFORT, "Bar")),
            Car(LIMO, "Bentley Flying Spur", "HBC 411", 4, 3, COMFORT),
        ),
    ),
    Company(
        key="northline",
        owner="Priya Raman",
        name="Northline Executive",
        license="TLC-B04482",
        rating=4.4,
        share=1,
        markup=0.94,
        drivers=("Victor Almeida", "Hannah Schulz"),
        cars=(
            Car(SEDAN, "Volvo S90", "NRT 501", 3, 3, COMFORT),
            Car(SEDAN, "Polestar 4", "NRT 503", 3, 3, (*COMFORT, "Electric")),
            Car(SUV, "Kia EV9", "NRT 504", 5, 5, (*COMFORT, "Electric")),
            Car(SUV, "Volvo EX90", "NRT 502", 5, 5, (*COMFORT, "Electric")),
        ),
    ),
    Company(
        key="bluegate",
        owner="Oscar Lindholm",
        name="Bluegate Limousines",
        license="TLC-B05120",
        rating=0.0,
        share=0,
        markup=1.0,
        drivers=(),
        cars=(),
        approved=False,
    ),
)

DEMO_DRIVER = "Marcus Bell"
"""Signs in as `driver@`; kept free, so that a visitor can be assigned and drive."""

GUESTS = (
    "Ms. Chen",
    "Mr. Al-Rashid",
    "The Hartmann family",
    "Dr. Okonkwo",
    "Mrs. Delacroix",
    "Mr. Svensson",
    "Ms. Petrova",
    "Señor Ibáñez",
    "Mr. Nakamura",
    "Ms. O'Connell",
    "Prof. Weiss",
    "Mr. Castellano",
    "Ms. Abdi",
    "Mr. & Mrs. Laurent",
    "Ms. Kapoor",
    "Mr. Beaumont",
)
