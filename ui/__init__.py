"""From an answer to what a person sees: the terminal, the chat page, the API."""
