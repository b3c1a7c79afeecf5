"""Holds MoEngage's facts as data; each table names where its facts come from.

Sources are named by what publishes them: "User API" is the specification that this project
implements; "Data API docs" are MoEngage's current public documentation pages; "observed" is what
public code that calls the API has met.  Where the specification speaks, it wins.
"""
