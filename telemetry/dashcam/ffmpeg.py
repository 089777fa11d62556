"""ffmpeg, where there is one: a thumbnail, and a copy that every browser plays.

A clip comes from outside. ffmpeg is told which format it is, opens files alone (no playlist of a clip makes it fetch an
address), takes its time from one core, and is ended when it takes too long.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

SECONDS = 600.0
"""For each of the two files."""
HEIGHT = 720
LONGEST_CLIP = 900
"""Seconds; what is longer is cut in the copy. The archive has all of it."""


class Missing(Exception):
    """There is no ffmpeg here."""


class Unreadable(Exception):
    """It is no video that ffmpeg can read, or it took too long."""


class Made(NamedTuple):
    web: Path
    thumbnail: Path


def make(raw: Path, folder: Path) -> Made:
    """Both files, in `folder`. Raises `Missing`, `Unreadable`."""
    program = shutil.which(settings.FFMPEG)
    if program is None:
        raise Missing
    made = Made(folder / "web.mp4", folder / "thumbnail.jpg")
    source = ["-protocol_whitelist", "file", "-f", "mov", "-i", str(raw)]
    shrink = f"scale=-2:'min({HEIGHT},ih)'"
    picture = ["-map", "0:v:0", "-frames:v", "1", "-vf", f"thumbnail=60,{shrink}", "-q:v", "4"]
    video = ["-map", "0:v:0", "-map", "0:a:0?", "-t", str(LONGEST_CLIP), "-vf", shrink, "-c:v", "libx264"]
    video += ["-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "96k"]
    video += ["-map_metadata", "-1", "-movflags", "+faststart"]
    _run(program, [*source, *video, str(made.web)], made.web)
    _run(program, [*source, *picture, str(made.thumbnail)], made.thumbnail)
    return made


def _run(program: str, arguments: list[str], wanted: Path) -> None:
    whole = [program, "-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1", "-y", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 (no shell; the program is the administrator's)
            whole,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            env={"PATH": os.environ.get("PATH", "")},
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable from error
    if done.returncode != 0 or not wanted.is_file() or not wanted.stat().st_size:
        raise Unreadable
