"""Holds the stages of a row's way, in order; no stage imports another.

stage       takes -> gives                              touches the world
reading     a source -> Block; Block -> Batch           files
mending     a mended row -> what a person meant         no
coercing    Batch -> Typed, Rejections                  no
validating  Typed -> Rejections                         no
enforcing   Typed -> Rejections, warnings               no
building    Typed -> ids and payload bytes              no
sending     Request -> Outcome                          the network
recording   Outcomes -> disk                            the state folder
reporting   a run -> report                             no
"""
