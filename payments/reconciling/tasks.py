"""The nightly run, asked for by beat (`atlas.celery`) more often than is needed: a day has one."""

from celery import shared_task

from atlas.dynamo.attributes import utc_now
from payments.reconciling.asking import start_nightly


@shared_task
def reconcile_yesterday() -> None:
    start_nightly(utc_now())
