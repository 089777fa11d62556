"""Dashcam clips: from an upload straight to the object store, to something that can be looked at.

1 ask        a row and an address to put the file at                          uploading
2 uploaded   the client says so, or the sweep sees that it is there          uploading
3 process    kept in the archive, a thumbnail, a copy for the web             processing
4 look       addresses that live 15 minutes, and a token to pass on           looking
"""
