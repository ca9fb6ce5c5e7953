"""Every write of this room: looking a row up, asking for data and deciding on it, correcting a row."""

from tongban.records.catalogue.actions.corrections import answer_correction, request_correction
from tongban.records.catalogue.actions.decisions import ask_more, decide, extend
from tongban.records.catalogue.actions.grants import provide, revoke
from tongban.records.catalogue.actions.looking_up import Answer, NoLiveGrant, fold_key, keep_row, look_up
from tongban.records.catalogue.actions.requests import answer_question, request_sharing, withdraw

__all__ = [
    "Answer",
    "NoLiveGrant",
    "answer_correction",
    "answer_question",
    "ask_more",
    "decide",
    "extend",
    "fold_key",
    "keep_row",
    "look_up",
    "provide",
    "request_correction",
    "request_sharing",
    "revoke",
    "withdraw",
]
