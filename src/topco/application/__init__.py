"""The application: one object for every face (REST, workbench, agents, notebooks), the same documents as the commands."""
