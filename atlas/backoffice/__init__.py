"""The back office: Django Admin on Atlas's tables, for staff. What it shows is registered by each app's `admin` module;
here is what belongs to no domain: the site, its navigation, its overview, its pages that say no.
"""
