"""Business rules of a stock instance, as small functions in the order in which they run."""

from pysnow.sandbox.instance.rules import access, authentication, data_policies, platform, task
from pysnow.sandbox.instance.rules.aborting import refuse_aborted
from pysnow.sandbox.instance.rules.registry import Rule, run_rules

__all__ = ["RULES", "Rule", "refuse_aborted", "run_rules"]

# Data policies look at the row that the rules leave behind: the state mirror must have run.
RULES: tuple[Rule, ...] = (*task.RULES, *platform.RULES, *access.RULES, *authentication.RULES, *data_policies.RULES)
