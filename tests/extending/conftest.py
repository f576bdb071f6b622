"""What the recipes of docs/extending.md share."""

from recipe_run import add, taught

__all__ = ["add", "taught"]
