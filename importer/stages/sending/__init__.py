"""Sends each user in a request of his own and gives every request its outcome.

client.py     one try over the network                 Reply, or NoAnswer
deciding.py   what a try's answer means                pure
retrying.py   how long to wait before the next try     pure
quota.py      when a request may go                    pure
ordering.py   whose turn it is among one user's rows   pure
canary.py     whether the first answers condemn a run  pure
sender.py     the tasks that bring all of it together
"""
