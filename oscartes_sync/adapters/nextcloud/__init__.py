"""A Nextcloud as the ports see it: CalDAV and OCS on requests, every trap of the server met here.

Rooms of this house, from the wire up: `settings` and `address` (where), `transport` (HTTP),
`dav_xml` (bodies), `refusals` (statuses to errors), `discovery`, `calendars`, `shares`,
`resources` and `trash_bin` (what CalDAV does), `ocs` and `login_flow` (what it does not), then
`listing`, `looking` and `writing`, which `cloud` and `probe` put together.
"""
