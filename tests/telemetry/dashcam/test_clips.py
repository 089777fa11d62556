"""A clip from the address to put it at to the one to look at it: with ffmpeg, without, and with trouble."""

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.conf import LazySettings
from django.test import Client

from atlas import objects as store
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.local.service import Service
from fleet.assignments.people import assign_vehicle
from telemetry.dashcam import looking, processing, uploading
from telemetry.dashcam.tables import Clip, ClipStatus
from telemetry.dashcam.uploading import Upload
from tests.bookings.stage import Cast, make_cast
from tests.fleet.members import member, org
from tests.telemetry.stage import tracked

pytestmark = pytest.mark.usefixtures("objects")

VIDEO = b"a video, nearly" * 100
FAKE = """#!/bin/sh
for last; do :; done
echo "$@" >> {log}
case "$last" in *{fails}*) exit 1;; esac
echo made > "$last"
"""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def pvin(cast: Cast) -> str:
    return tracked(cast).device.pvin


@pytest.fixture
def fake_ffmpeg(tmp_path: Path, settings: LazySettings) -> Callable[[str], Path]:
    """A program that makes its last argument, or fails where that has a word in it; the log of its calls."""

    def install(fails: str = "nothing") -> Path:
        log, program = tmp_path / "log", tmp_path / "ffmpeg"
        program.write_text(FAKE.format(log=log, fails=fails))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        settings.FFMPEG = str(program)
        return log

    return install


def asked(cast: Cast, pvin: str, **more: object) -> Upload:
    wanted = {"recorded_at": utc_now(), "size": len(VIDEO), "camera": "front", **more}
    return uploading.ask(user=cast.owner, pvin=pvin, **wanted)  # type: ignore[arg-type]


def uploaded(cast: Cast, pvin: str) -> Clip:
    """As a client does it: straight to the store."""
    place = asked(cast, pvin)
    answer = httpx.put(place.url, content=VIDEO, headers={"Content-Type": "video/mp4"})
    assert answer.status_code == 200, answer.text
    uploading.complete(user=cast.owner, clip_id=place.clip.id)
    return Clip.fetch(place.clip.id)


def read(key: str | None) -> bytes:
    assert key is not None
    with store.open(key) as body:
        return bytes(body.read())


@pytest.mark.slow
def test_the_whole_way(cast: Cast, pvin: str, fake_ffmpeg: Callable[[str], Path]) -> None:
    log = fake_ffmpeg("nothing")
    clip = uploaded(cast, pvin)
    assert clip.status is ClipStatus.READY
    assert clip.note is None
    assert clip.due_at is None
    assert read(clip.raw_key) == read(clip.archive_key) == VIDEO
    assert clip.archive_key == f"dashcam/archive/{pvin}/{clip.id}.mp4"
    assert clip.web_key == f"dashcam/webview/{pvin}/{clip.id}.mp4"
    assert clip.thumbnail_key == f"dashcam/webview/{pvin}/{clip.id}.jpg"
    assert read(clip.web_key) == b"made\n"
    assert all("-protocol_whitelist file -f mov" in line for line in log.read_text().splitlines())
    assert timedelta(days=179) < clip.expires_at - utc_now() < timedelta(days=181)


def test_without_ffmpeg_it_is_shown_as_it_was_recorded(cast: Cast, pvin: str, settings: LazySettings) -> None:
    settings.FFMPEG = "no-such-program"
    clip = uploaded(cast, pvin)
    assert (clip.status, clip.note) == (ClipStatus.READY, "no_ffmpeg")
    assert clip.web_key is None
    assert httpx.get(looking.open_token(looking.token_of(clip))).content == VIDEO
    assert looking.link_of(clip, looking.THUMBNAIL) is None


@pytest.mark.slow
@pytest.mark.parametrize("part", ["web", "thumbnail"])
def test_what_cannot_be_read_is_said(cast: Cast, pvin: str, fake_ffmpeg: Callable[[str], Path], part: str) -> None:
    fake_ffmpeg(part)
    clip = uploaded(cast, pvin)
    assert (clip.status, clip.note) == (ClipStatus.FAILED, "unreadable")
    assert clip.archive_key is None


def test_a_killed_worker_is_followed_by_another(
    cast: Cast, pvin: str, fake_ffmpeg: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_ffmpeg("nothing")

    def die(_: Clip) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(processing, "_make", die)
        with pytest.raises(SystemExit):
            uploaded(cast, pvin)
    [clip] = looking.clips(user=cast.owner, vehicle=pvin).items
    assert (clip.status, clip.attempts) == (ClipStatus.UPLOADED, 1)
    processing.sweep()
    assert Clip.fetch(clip.id).attempts == 1, "it may be at work"
    processing.sweep(utc_now() + processing.LEASE)
    assert Clip.fetch(clip.id).status is ClipStatus.READY


def test_what_fails_again_and_again_is_given_up(cast: Cast, pvin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Clip) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(processing, "_make", fail)
    uploaded(cast, pvin)
    now = utc_now()
    for _ in range(processing.ATTEMPTS):
        now += processing.LEASE
        processing.sweep(now)
    [clip] = looking.clips(user=cast.owner, vehicle=pvin).items
    assert (clip.status, clip.note) == (ClipStatus.FAILED, "gave_up")


def test_an_upload_of_which_nobody_said_that_it_is_done(cast: Cast, pvin: str, settings: LazySettings) -> None:
    settings.FFMPEG = "no-such-program"
    sent, unsent = asked(cast, pvin).clip, asked(cast, pvin).clip
    store.write(sent.raw_key, [VIDEO], "video/mp4")
    with pytest.raises(Conflict):
        uploading.complete(user=cast.owner, clip_id=unsent.id)
    processing.sweep()
    assert Clip.fetch(sent.id).status is ClipStatus.UPLOADING
    processing.sweep(utc_now() + uploading.PATIENCE)
    assert Clip.fetch(sent.id).status is ClipStatus.READY
    assert (Clip.fetch(unsent.id).status, Clip.fetch(unsent.id).note) == (ClipStatus.FAILED, "never_uploaded")


def test_an_address_is_for_this_file_alone(cast: Cast, pvin: str, objects: Service) -> None:
    place = asked(cast, pvin)
    assert "content-length" in place.url
    assert place.clip.raw_key in place.url
    assert httpx.put(place.url.replace(place.clip.id, "another"), content=VIDEO).status_code == 403


def test_who_sees_it(cast: Cast, pvin: str, settings: LazySettings) -> None:
    settings.FFMPEG = "no-such-program"
    clip = uploaded(cast, pvin)
    viewer = member(cast, "viewer")
    with pytest.raises(NotFound):
        looking.clip(user=viewer, clip_id=clip.id)
    assign_vehicle(user=cast.owner, organization_id=org(cast), user_id=viewer.id, pvin=pvin)
    with pytest.raises(NotFound):
        looking.clip(user=viewer, clip_id=clip.id)  # of before they had it
    assert not looking.clips(user=viewer, vehicle=pvin).items
    later = uploaded(cast, pvin)
    assert [each.id for each in looking.clips(user=viewer, vehicle=pvin).items] == [later.id]
    assert looking.clip(user=viewer, clip_id=later.id).id == later.id
    with pytest.raises(Forbidden):
        uploading.ask(user=viewer, pvin=pvin, recorded_at=utc_now(), size=1, camera="front")
    with pytest.raises(Forbidden):
        looking.clips(user=viewer)
    assert {each.id for each in looking.clips(user=cast.manager).items} == {clip.id, later.id}
    with pytest.raises(NotFound):
        looking.clip(user=cast.rival, clip_id=clip.id)
    with pytest.raises(NotFound):
        looking.clips(user=viewer, vehicle="5f" * 32)
    assert not looking.clips(user=cast.rival, vehicle=pvin).items
    assert not looking.clips(user=cast.rival).items


def test_a_token_is_for_one_part_for_15_minutes(
    cast: Cast, pvin: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FFMPEG = "no-such-program"
    link = looking.link_of(uploaded(cast, pvin))
    assert link is not None
    client = Client()
    answer = client.get(link)
    assert answer.status_code == 302
    assert httpx.get(answer.headers["Location"]).content == VIDEO
    assert client.get(link[:-4] + "abc/").status_code == 404
    monkeypatch.setattr(looking, "LIFE", timedelta(seconds=-1))
    assert client.get(link).status_code == 410


@pytest.mark.slow
def test_not_of_a_clock_that_was_never_set_nor_of_the_future(cast: Cast, pvin: str) -> None:
    for moment in (utc_now() - timedelta(days=4000), utc_now() + timedelta(hours=1)):
        with pytest.raises(Invalid):
            asked(cast, pvin, recorded_at=moment)
