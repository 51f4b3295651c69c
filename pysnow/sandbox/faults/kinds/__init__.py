"""The kinds of faults, by what they break; each is one small class whose docstring is its documentation."""
