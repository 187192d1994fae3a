"""Callbacks to the user's receivers: events of recordings become messages, queued on disk and sent in order.

Source of bodies, headers and the schedule of attempts: the vendor's page "Cloud Recording and Web Page
Recording Webhooks".
"""
