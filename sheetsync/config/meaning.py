"""What the settings mean together: references, and the rules no single setting can break alone.

Each check reports what it finds and goes on; none relies on another having found nothing.
"""

from sheetsync.config.check_approvals import check_approvals
from sheetsync.config.check_decisions import check_decisions
from sheetsync.config.check_freeze import check_freeze
from sheetsync.config.check_generation import check_generation
from sheetsync.config.check_groups import check_exceptions, check_groups
from sheetsync.config.check_handoffs import check_handoffs, check_owners
from sheetsync.config.check_links import check_links
from sheetsync.config.check_notify import check_notify
from sheetsync.config.check_sources import check_sources
from sheetsync.config.check_tracking import check_tracking
from sheetsync.config.check_words import check_fields, check_words
from sheetsync.config.findings import Findings
from sheetsync.config.headers import check_headers
from sheetsync.config.scope import Scope
from sheetsync.config.shape import Shape


def check(shape: Shape, findings: Findings) -> Scope:
    """Report everything that makes no sense; the scope returned is what was looked at."""
    scope = Scope.of(shape, findings)
    check_fields(scope)
    check_words(scope)
    check_headers(scope)
    check_sources(scope)
    check_owners(scope)
    check_handoffs(scope)
    check_groups(scope)
    check_approvals(scope)
    check_exceptions(scope)
    check_freeze(scope)
    check_generation(scope)
    check_tracking(scope)
    check_links(scope)
    check_decisions(scope)
    check_notify(scope)
    return scope
