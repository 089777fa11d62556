"""E-mails to the parties of a booking: what they are told (`wording`), and that they are told once (`sending`).

Which follow from what stands in `bookings.rules.notices`. A change of a booking puts `NoticesDue` into the outbox with
itself; the job that delivers it stores a `Notice` for each recipient and sends it. So nothing is told that did not
happen, and nothing is lost by a crash. A mail server gives no transaction: a worker killed between its "accepted" and
our note of it sends that one message again, under the same Message-ID, by which mailboxes know it.
"""
