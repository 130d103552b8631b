"""A language model on a leash: it may read, choose and rephrase, and never states a contact. Nothing else imports this
room but whoever sets one (`ui/cli.py`)."""
