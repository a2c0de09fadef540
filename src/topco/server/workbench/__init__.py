"""The workbench: pages for people. Every state is a link; everything works without a script."""
