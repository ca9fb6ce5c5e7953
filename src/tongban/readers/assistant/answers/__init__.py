"""A question answered in sentences taken from the pack in force, each with its ground.

    fold -> aspects (what is asked) -> topics (about what) -> sentences -> citations in force

No model, no generation: what is not published is not answered.
"""
