"""Sends each user in a request of his own and gives every request its outcome.

client.py     one try over the network                 Reply, or NoAnswer
deciding.py   what a try's answer means                pure
retrying.py   how long to wait before the next try     pure
quota.py      when a request may go                    pure
ordering.py   whose turn it is among one user's rows   pure
canary.py     whether answers condemn the run        pure
reading_back.py  asks for users as they are kept
courier.py    one request's way through its tries
sender.py     the tasks that bring all of it together
"""

from importer.stages.sending.answers import NoAnswer, Reply
from importer.stages.sending.client import Client
from importer.stages.sending.loop import run_in_loop
from importer.stages.sending.reading_back import Profile, read_back
from importer.stages.sending.sender import Sender
from importer.stages.sending.traffic import Observer as SendingObserver
from importer.stages.sending.traffic import Traffic

__all__ = [
    "Client",
    "NoAnswer",
    "Profile",
    "Reply",
    "Sender",
    "SendingObserver",
    "Traffic",
    "read_back",
    "run_in_loop",
]
