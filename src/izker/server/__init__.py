"""The upper floor: state, people, permissions, pages, messages. It calls the library below and nothing below calls it."""
