"""What an operator was owed and paid in a period: every posting as a line, from the balance before to the one after.

A statement is not kept but made: postings never change, and none is posted into a day that is over, so the same period
gives the same document, byte for byte, whoever asks and whenever.
"""
