"""What the sandbox takes for Google's behaviour with no document or recording to rest on: each guess by its name.

Nothing that we promise to people hangs on these; what hangs on them is how far a sandbox can stand in for Google. The
sandbox names them where it relies on them: `[believed: name]`.
"""

from sheetsync.adapters.google_probe.assumed import drive_files, drive_sharing, editing, refusals, typed

BELIEFS = (
    *editing.BELIEFS,
    *typed.BELIEFS,
    *refusals.BELIEFS,
    *drive_files.BELIEFS,
    *drive_sharing.BELIEFS,
)
