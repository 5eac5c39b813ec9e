"""At-risk triage on the desk: the rules, who changed them, whom a person must call, and that it was done."""
