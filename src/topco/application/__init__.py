"""The application: one object for every face, answering with the same documents as the commands."""
