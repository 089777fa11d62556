"""What the PDF of a receipt says and cannot be made to do, and that it is the same every time."""

import re
import time
from decimal import Decimal
from io import BytesIO
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from atlas.errors import Unavailable
from atlas.typesetting import setting
from atlas.typesetting.text import LONGEST, printable
from bookings.receipts import pdf
from bookings.receipts.document import document
from bookings.receipts.reading import ReceiptFinal
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.pricing import Line, break_down
from bookings.rules.types import PaymentStatus
from tests.bookings.receipt_samples import IN_LONDON, days, pages, sample, squeezed, text

pytestmark = pytest.mark.slow

WAITING = break_down(
    [Line("waiting", "Waiting, hours", Decimal("0.5"), 9_500, 4_750)],
    tax_rate=Decimal("0.08875"),
    driver_commission_pct=Decimal("0.75"),
)
MARKUP = (
    '#panic("no")',
    '#read("/etc/passwd")',
    "$ x^2 $ *bold* _it_ @ref <label> `raw` = Heading - item",
    "\\u{48} \\n // a comment /* and more */ ~ --- ...",
    "<script>alert(1)</script> &amp; {{ settings }} {% now %}",
    '#image("receipt.typ") #import "@preview/x:1.0.0": *',
)
SCRIPTS = {
    "Latin": "Đặng Thị Ngọc Ánh Łukasz Ğönül Ñandú Œuvre",
    "Greek": "Γεώργιος Ανδρέου Ὀδυσσεύς",
    "Cyrillic": "Юрий Щербаков Ївга Ћирић",
    "Arabic": "محمد عبد الله",
    "Hebrew": "יעל כהן",
    "Thai": "สมชาย",
    "Devanagari": "अनिल शर्मा",
    "Han": "王小明 東京都千代田区",
    "Kana": "さくら サクラ",
    "Hangul": "김철수",
    "Emoji": "😀🚗✈",
}
WRITTEN_TO_THE_RIGHT = ("Latin", "Greek", "Cyrillic", "Han", "Kana", "Hangul")


def test_the_golden_figures() -> None:
    """500.00 in New York: tax 44.38, fee 25.00, 569.38 in all; 100.00 in the United Kingdom: 125.00."""
    (said,) = pages(pdf.render(sample()))
    for words in (
        "Subtotal $500.00",
        "Tax US-NY 8.875 % $44.38",
        "Platform fee $25.00",
        "Agreed price $569.38",
        "Paid $569.38 USD",
    ):
        assert words in said
    said = text(pdf.render(sample(**IN_LONDON)))
    for words in ("Subtotal £100.00", "Tax GB 20 % £20.00", "Platform fee £5.00", "Paid £125.00 GBP"):
        assert words in said


def test_it_says_everything_of_the_ride() -> None:
    said = text(pdf.render(sample()))
    for words in (
        "7K3M9Q-2026-000123",
        "ATL-7K3M9Q",
        "VISA •••• 5858",
        "Meridian Chauffeurs",
        "Licence TLC-40001",
        "Sofia Marchetti",
        "Ms. Abdi",
        "BMW i7",
        "MRD 1002",
        "Marcus Bell",
        "Grand Hotel, Maple Street 1",
        "Thu 24 Dec 2026, 18:30 EST",  # by the clock at the pick-up
        "Thu 24 Dec 2026, 19:15 EST",
        "24 December 2026",
        "Page 1 / 1",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["Paid"]),
        ({"amount_refunded": 10_000}, ["Refunded in part", "Charged to the card $569.38", "Refunded \u2212$100.00"]),
        ({"amount_refunded": 56_938, "payment_status": PaymentStatus.REFUNDED}, ["Refunded", "Paid $0.00 USD"]),
        (
            {"status": BookingStatus.CANCELLED, "cancellation_fee": 10_500, "amount_paid": 10_500},
            ["Cancellation fee paid", "Cancellation fee, instead of the agreed price $105.00", "Paid $105.00 USD"],
        ),
        (
            {"final": ReceiptFinal(50_000, "No traffic", None), "amount_paid": 50_000},
            [
                "Agreed price $569.38",
                "Less than agreed \u2212$69.38",
                "Final price: No traffic $500.00",
                "Paid $500.00 USD",
            ],
        ),
        (
            {"final": ReceiptFinal(62_348, "Waiting", WAITING), "tip": 2_000, "amount_paid": 64_348},
            [
                "Agreed price $569.38",
                "Waiting, hours \u00d7 0.5 $47.50",
                "$4.22",  # 8.875 % of it: 4.2156
                "$2.38",  # 5 %: 2.375, half to even
                "Final price: Waiting $623.48",
                "Tip for the driver $20.00",
                "Paid $643.48 USD",
            ],
        ),
        (
            {"number": None, "payment_status": PaymentStatus.AUTHORIZED, "amount_paid": 0},
            ["Statement ATL-7K3M9Q", "Payment pending", "Not paid yet", "Paid $0.00 USD"],
        ),
    ],
)
def test_how_it_stands_with_the_money(changes: dict[str, object], words: list[str]) -> None:
    said = text(pdf.render(sample(**changes)))
    for each in words:
        assert each in said


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_stays_text(markup: str) -> None:
    made = pdf.render(sample(passenger_name=markup, operator_name=markup, pickup_location=markup, card_brand=markup))
    assert squeezed(text(made)).count(squeezed(markup)) >= 3
    assert "/etc/passwd:" not in text(made)
    assert "root:" not in text(made)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_has_its_glyphs(script: str) -> None:
    """In fonts of ours: `\\x00` is what a sign without a glyph becomes in the text of a PDF."""
    made = pdf.render(sample(passenger_name=SCRIPTS[script]))
    assert "\x00" not in text(made)
    if script in WRITTEN_TO_THE_RIGHT:
        assert squeezed(SCRIPTS[script]) in squeezed(text(made))


COPTIC = "".join(map(chr, range(0x3E2, 0x3F0)))
EUROPEAN = st.characters(min_codepoint=0x21, max_codepoint=0x24F) | st.characters(
    min_codepoint=0x370, max_codepoint=0x52F, exclude_categories=("Mn", "Me", "Cn"), exclude_characters=COPTIC
)


@settings(max_examples=25, deadline=None)
@given(st.text(EUROPEAN, min_size=1, max_size=60))
def test_no_european_name_has_a_hole(name: str) -> None:
    assert "\x00" not in text(pdf.render(sample(passenger_name=name, driver_name=name, pickup=None)))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=400), st.text(max_size=200), st.text(max_size=60))
def test_any_text_makes_a_receipt(name: str, where: str, brand: str) -> None:
    """Nothing that can be stored breaks it, and the figures stay."""
    named = {"passenger_name": name, "dropoff_location": where, "card_brand": brand, "vehicle_name": name}
    made = pdf.render(sample(**named, pickup=None))
    assert "Agreed price $569.38" in text(made)


@given(st.text(max_size=500))
def test_text_is_one_bounded_line(value: str) -> None:
    said = printable(value)
    assert len(said) <= LONGEST
    assert said == said.strip()
    assert not set(said) & set("\n\r\t\x00\u202e\u2066\ufeff")
    assert printable(said) == said


def test_nothing_that_turns_the_text_around() -> None:
    assert printable("Anna\u202egnp.exe\u2069 \x07B\u2028C") == "Annagnp.exe B C"


def test_several_days_over_several_pages() -> None:
    made = pages(pdf.render(sample(itinerary=days(60))))
    assert len(made) > 1
    for number in range(60):
        assert any(f"Villa Rosa {number} " in page for page in made)
    assert f"Page 1 / {len(made)}" in made[0]
    assert sum("Day Start Places Hours" in page for page in made) >= 2, "the heading is repeated"


def test_paper_by_country() -> None:
    def size(**changes: object) -> tuple[int, int]:
        box = PdfReader(BytesIO(pdf.render(sample(**changes)))).pages[0].mediabox
        return round(box.width), round(box.height)

    letter, a4 = (612, 792), (595, 842)
    assert size() == letter
    assert size(**IN_LONDON) == a4
    assert size(tax_jurisdiction="") == letter
    assert size(tax_jurisdiction="", timezone="Asia/Dubai") == a4


def test_without_coordinates_there_is_no_map() -> None:
    with_map, without = pdf.render(sample()), pdf.render(sample(pickup=None))
    assert len(with_map) > len(without) + 10_000
    assert text(with_map) == text(without)
    assert len(pdf.render(sample(dropoff=None))) > len(without)


def test_the_same_receipt_gives_the_same_bytes() -> None:
    made = pdf.render(sample())
    time.sleep(1.1)
    assert pdf.render(sample()) == made
    assert pdf.render(sample(amount_refunded=1)) != made


def test_it_names_itself_and_can_be_read_aloud() -> None:
    reader = PdfReader(BytesIO(pdf.render(sample())))
    assert reader.metadata is not None
    assert reader.metadata.title == "Receipt 7K3M9Q-2026-000123"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "en"  # type: ignore[index]
    assert "/StructTreeRoot" in root  # type: ignore[operator]
    assert pdf.filename(sample()) == "receipt-7K3M9Q-2026-000123.pdf"


def test_it_holds_no_script_link_or_file() -> None:
    made = pdf.render(sample(passenger_name="https://example.com/ javascript:alert(1)"))
    assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|URI|OpenAction)\b", made)


def test_the_longest_receipt_is_bounded_in_time_and_size() -> None:
    words = "漢字かな交じり文" * 60
    longest = sample(
        itinerary=days(60, words),
        **dict.fromkeys(("passenger_name", "concierge_name", "operator_name", "dropoff_location"), words),
    )
    started = time.process_time()
    made = pdf.render(longest)
    assert time.process_time() - started < 5
    assert len(made) < 2_000_000


def test_too_many_at_once_are_asked_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setting, "_LONGEST_WAIT", 0.05)
    with setting._AT_ONCE, setting._AT_ONCE, pytest.raises(Unavailable):
        pdf.render(sample())
    assert pdf.render(sample())


def test_threads_do_not_disturb_each_other() -> None:
    made: dict[int, bytes] = {}

    def make(number: int) -> None:
        made[number] = pdf.render(sample(passenger_name=f"Passenger {number}"))

    threads = [Thread(target=make, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert all(f"Passenger {number}" in text(made[number]) for number in range(8))


def test_page_and_pdf_say_the_same() -> None:
    """Both are made of one document; the PDF leaves no amount out."""
    receipt = sample(amount_refunded=12_345)
    said = squeezed(text(pdf.render(receipt)))
    for row in document(receipt).rows:
        assert squeezed(row.label + row.amount) in said
