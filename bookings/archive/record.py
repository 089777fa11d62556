"""One archived booking: everything that is kept of it, as a line of a file.

Items are in DynamoDB's own JSON under their own schema versions, so that an Atlas of any later year reads them as it
reads old rows. What is about people, or was typed by people, is taken out and sealed (AES-256-GCM) under keys that
lie in the booking's index row alone: without the key nothing in Glacier, nor in any copy of it, can be read again.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from atlas import vault
from atlas.dynamo.table import Table
from bookings.rules.receipt_number import series_of
from bookings.tables import ArchivedBooking, Booking, BookingHistory, Notice, Quote, ReceiptNumber
from payments.tables import PaymentTransaction

PEOPLE, WORDS = "people", "words"
"""The two sealed parts: who rode and where, and what anybody typed."""

Wire = dict[str, Any]

STAMPS = frozenset({"schemaVersion", "createdAt", "updatedAt", "version"})
TABLES: Mapping[str, type[Table]] = {
    each.Meta.name: each for each in (Booking, BookingHistory, Quote, Notice, ReceiptNumber, PaymentTransaction)
}
CLEAR: Mapping[str, frozenset[str]] = {
    "bookings": frozenset(
        [
            "id",
            "reference",
            "conciergeId",
            "operatorId",
            "driverId",
            "vehicleId",
            "status",
            "type",
            "pickupAt",
            "pickupDay",
            "createdDay",
            "estimatedPrice",
            "estimate",
            "finalPrice",
            "sold",
            "currency",
            "selectedQuoteId",
            "paymentStatus",
            "transactionId",
            "deadline",
            "departureAlertedAt",
            "arrivedAt",
            "completedAt",
            "cancelledAt",
            "cancellationCode",
            "cancellationFee",
            "receiptNumber",
            "receiptedAt",
            "details.vehicleCategory",
            "details.date",
            "details.time",
            "details.timezone",
            "details.taxJurisdiction",
            "details.durationHours",
            "details.durationDays",
            "details.distanceKm",
            "details.passengerCount",
            "details.luggageCount",
        ]
    ),
    "booking-history": frozenset(["bookingId", "sequence", "action", "from", "to", "actor", "actorId"]),
    "quotes": frozenset(
        [
            "id",
            "bookingId",
            "operatorId",
            "vehicleId",
            "vehicleName",
            "vehicleCategory",
            "price",
            "currency",
            "eta",
            "status",
            "declineReason",
            "expiresAt",
        ]
    ),
    "notices": frozenset(
        ["bookingId", "id", "kind", "recipientId", "part", "driverId", "state", "round", "attempts", "sentAt"]
    ),
    "receipts": frozenset(["series", "sequence", "number", "bookingId"]),
    "transactions": frozenset(
        [
            "id",
            "bookingId",
            "payerId",
            "payeeId",
            "amount",
            "refunded",
            "currency",
            "status",
            "method",
            "purpose",
            "paymentGatewayId",
        ]
    ),
}
"""What stays readable by who has the file: the books. Whatever an item gets beside these is sealed."""
TYPED = frozenset({"note", "notes", "reason", "cancellationReason", "error", "operatorName"})
"""Goes into WORDS; all else that is sealed into PEOPLE."""
SUMMARY = frozenset({"transactions"})
"""Of these the clear part alone is archived: the row itself stays for ten years."""


@dataclass(frozen=True, slots=True)
class Keys:
    """None where somebody was forgotten since."""

    people: bytes | None
    words: bytes | None


def keys_of(secret: bytes, booking_id: str) -> Keys:
    """The keys of a record: of its file's secret while that is written, of its own row afterwards."""

    def key(part: str) -> bytes:
        return HKDF(SHA256(), 32, salt=None, info=f"{part}:{booking_id}".encode()).derive(secret)

    return Keys(key(PEOPLE), key(WORDS))


def key_text(key: bytes | None) -> str | None:
    return base64.b64encode(key).decode() if key is not None else None


def keys_in(row: ArchivedBooking) -> Keys:
    """What an index row still opens."""
    people, words = (base64.b64decode(key) if key else None for key in (row.people_key, row.words_key))
    return Keys(people, words)


def gather(booking: Booking) -> dict[str, list[Wire]]:
    """The booking and all that hangs on it, read anew. A few small reads."""
    rows: list[Table] = [booking, *BookingHistory.query(booking.id, consistent_read=True)]
    rows += Quote.booking_index.query(booking.id)
    rows += Notice.query(booking.id, consistent_read=True)
    rows += PaymentTransaction.booking_index.query(booking.id)
    if booking.receipt_number and (receipt := _receipt(booking)):
        rows.append(receipt)
    found: dict[str, list[Wire]] = {name: [] for name in TABLES}
    for row in rows:
        found[row.Meta.name].append(row.serialize())
    return found


def _receipt(booking: Booking) -> ReceiptNumber | None:
    """Its row in the register, whose key is in the number itself."""
    _, year, sequence = str(booking.receipt_number).rsplit("-", 2)
    return ReceiptNumber.find(series_of(str(booking.operator_id), int(year)), int(sequence))


def as_line(booking: Booking, items: Mapping[str, list[Wire]], keys: Keys) -> bytes:
    """One line of JSON, without its end."""
    clear: dict[str, list[Wire]] = {}
    sealed: dict[str, list[Any]] = {PEOPLE: [], WORDS: []}
    for table, rows in items.items():
        clear[table] = []
        for number, row in enumerate(rows):
            kept, taken = _split(table, row)
            clear[table].append(kept)
            if table not in SUMMARY:
                for path, value in taken:
                    sealed[WORDS if path[-1] in TYPED else PEOPLE].append([[table, number, *path], value])
    record = {
        "id": booking.id,
        "reference": booking.reference,
        "version": int(booking.version or 0),
        "items": clear,
        "sealed": {
            part: base64.b64encode(
                vault.encrypt(key, json.dumps(sealed[part]).encode(), _context(booking.id, part))
            ).decode()
            for part, key in ((PEOPLE, keys.people), (WORDS, keys.words))
            if key is not None
        },
    }
    return json.dumps(record, separators=(",", ":"), sort_keys=True).encode()


def opened(record: Mapping[str, Any], keys: Keys) -> dict[str, list[Wire]]:
    """The items of a record by table, as far as there are keys. Raises `vault.Unsealable` for tampered ones."""
    items: dict[str, list[Wire]] = {table: [dict(row) for row in rows] for table, rows in record["items"].items()}
    for part, key in ((PEOPLE, keys.people), (WORDS, keys.words)):
        if key is None or part not in record["sealed"]:
            continue
        text = vault.decrypt(key, base64.b64decode(record["sealed"][part]), _context(record["id"], part))
        for (table, number, *path), value in json.loads(text):
            _put(items[table][number], path, value)
    return items


def _split(table: str, row: Wire) -> tuple[Wire, list[tuple[list[str], Wire]]]:
    clear = CLEAR[table] | STAMPS
    kept: Wire = {}
    taken: list[tuple[list[str], Wire]] = []
    for name, value in row.items():
        inner = {each.partition(".")[2] for each in clear if each.startswith(f"{name}.")}
        if name in clear:
            kept[name] = value
        elif inner and "M" in value:
            kept[name] = {"M": {member: each for member, each in value["M"].items() if member in inner}}
            taken += [([name, member], each) for member, each in value["M"].items() if member not in inner]
        else:
            taken.append(([name], value))
    return kept, taken


def _put(row: Wire, path: list[str], value: Wire) -> None:
    if len(path) == 1:
        row[path[0]] = value
    else:
        row[path[0]] = {"M": {**row[path[0]]["M"], path[1]: value}}


def _context(booking_id: str, part: str) -> str:
    return f"archive:{booking_id}:{part}"


def schema() -> dict[str, Any]:
    """What a file says of its own contents: every table in it, with its keys and the types of its attributes."""
    return {name: dict(_described(table)) for name, table in sorted(TABLES.items())}


def _described(table: type[Table]) -> Iterator[tuple[str, Any]]:
    yield "schemaVersion", table.Meta.version
    keys = [each for each in (table._hash_keyname, table._range_keyname) if each]
    attributes = table.get_attributes()
    yield "key", [attributes[each].attr_name for each in keys]
    yield "attributes", {each.attr_name: each.attr_type for each in attributes.values()}
    yield "clear", sorted(CLEAR[table.Meta.name] | STAMPS)
