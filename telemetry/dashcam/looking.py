"""Looking at clips: for who sees the vehicle, and for who was given a token, for 15 minutes."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.users import CurrentUser
from atlas import objects
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import NotFound
from atlas.jobs.downloads import Gone, LinkExpired
from telemetry.dashcam.tables import Clip
from telemetry.tenancy import sees_fleet, sight_of

LIFE = timedelta(minutes=15)
VIDEO, THUMBNAIL = "video", "thumbnail"
_SALT = "dashcam-clip"
_LONGEST_TOKEN = 1000


def clip(*, user: CurrentUser, clip_id: str) -> Clip:
    """Of one's organization and, where one has some vehicles only, of those since one has them. Raises `NotFound`."""
    found = Clip.find(clip_id, consistent=True)
    sight = sight_of(user)
    if found is None or found.organization_id != sight.organization_id or found.expires_at <= utc_now():
        raise NotFound
    since = sight.since(found.pvin)
    if since is not None and found.recorded_at < since:
        raise NotFound
    return found


def clips(*, user: CurrentUser, vehicle: str | None = None, cursor: str | None = None, limit: int = 50) -> Page[Clip]:
    """Newest first: of a fleet (owner, admin, manager), or of a vehicle that one has.

    Raises `Forbidden`, `NotFound`.
    """
    if vehicle is None:
        organization_id = sees_fleet(user).organization_id
        keys = read_page(
            Clip.organization_index.query,
            organization_id,
            scan_index_forward=False,
            scope=scope("clips", organization_id),
            cursor=cursor,
            limit=limit,
        )
        return Page(_of(keys.items, organization_id), keys.next)
    sight = sight_of(user)
    since = sight.since(vehicle)
    keys = read_page(
        Clip.vin_index.query,
        vehicle,
        None if since is None else Clip.recorded_at >= since,
        scan_index_forward=False,
        scope=scope("clips-of-vehicle", sight.organization_id, vehicle, since),
        cursor=cursor,
        limit=limit,
    )
    return Page(_of(keys.items, sight.organization_id), keys.next)


def token_of(found: Clip, part: str = VIDEO) -> str:
    """Gives this one part of this one clip to whoever has it, for `LIFE`."""
    return signing.dumps([found.id, part], key=settings.TOKEN_KEY, salt=_SALT)


def link_of(found: Clip, part: str = VIDEO) -> str | None:
    """A path of ours that leads to the file; None where there is none."""
    return reverse("clip_file", args=[token_of(found, part)]) if _key(found, part) else None


def open_token(token: str) -> str:
    """The store's address of the file, for as long as a token lives. Raises `NotFound`, `LinkExpired`, `Gone`."""
    if len(token) > _LONGEST_TOKEN:
        raise NotFound
    try:
        clip_id, part = signing.loads(token, key=settings.TOKEN_KEY, salt=_SALT, max_age=LIFE)
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    found = Clip.find(clip_id, consistent=True)
    key = _key(found, part) if found is not None else None
    if found is None or key is None:
        raise Gone
    return objects.url(key, f"{found.recorded_at:%Y%m%d-%H%M%S}-{found.camera}{key[-4:]}", LIFE)


def _key(found: Clip, part: str) -> str | None:
    """Of the copy for the web; without one, of what was recorded, from the archive."""
    if part == THUMBNAIL:
        return found.thumbnail_key
    return found.web_key or found.archive_key


def _of(keys: Iterable[Clip], organization_id: str) -> list[Clip]:
    now = utc_now()
    found = get_many(*((Clip, key.id) for key in keys))
    return [
        each for each in found if each is not None and each.organization_id == organization_id and each.expires_at > now
    ]
