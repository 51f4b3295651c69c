"""Access control: which roles users have, which rules apply to a record or column, and which rows meet them.

Rules are the rows of ``sys_security_acl``, so that they can be read, added and changed like any other record. They are
evaluated as the product documentation describes ("Access control list rules"): the most specific name with a rule
decides, and a record and its column must both be allowed.
"""

from pysnow.sandbox.acl.evaluation import Evaluation
from pysnow.sandbox.acl.security import SOURCE_TABLES, Security
from pysnow.sandbox.acl.subject import Subject

__all__ = ["SOURCE_TABLES", "Evaluation", "Security", "Subject"]
