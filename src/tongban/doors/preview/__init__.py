"""A pack as its authors see it while they write: the portal's public pages and the questions, without a database.

Its settings are `config.preview`; the pack is the one that `watched` reads again at every change.
"""
