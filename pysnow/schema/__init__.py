"""The dictionary of an instance as a value: tables, columns, choices, relations."""
